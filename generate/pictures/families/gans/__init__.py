"""Families of adversaries: a maker draws from noise and words, and a critic learns to tell."""
