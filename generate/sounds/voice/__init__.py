"""The voice: a body, a plan in time, a source, a tract."""

REVISION = 1  # raise it when every beast should speak anew
