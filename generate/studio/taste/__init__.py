"""Taste: what a person likes and discards teaches a small model that says what it believes.

What was chosen lies in content/taste/choices.jsonl, what is wished in content/taste/wishes.toml.
"""
