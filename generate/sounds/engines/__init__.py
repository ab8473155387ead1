"""Other makers of calls: recordings, and sound models."""
