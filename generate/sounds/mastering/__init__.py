"""Bring sounds to one loudness, and write them to files."""
