"""Measure sounds and show the measurements."""
