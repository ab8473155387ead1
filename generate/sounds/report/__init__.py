"""Measure sounds, and show what was measured."""
