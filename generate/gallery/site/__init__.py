"""Bring site/ up to date: what it is made from, what it holds, what to write."""
