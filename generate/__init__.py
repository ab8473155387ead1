"""Postcards from a jungle that does not exist: pictures, voices, phrases and the gallery."""

__version__ = "0.1.0"
