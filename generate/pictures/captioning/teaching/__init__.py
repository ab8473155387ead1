"""Teach the captioner: on the field guide without end, and on sets of people's own."""
