"""Voices in a visitor's browser: the script that speaks there, and what it must know."""
