"""The voice: a body, a plan in time, a source, a tract."""
