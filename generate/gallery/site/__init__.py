"""Bring site/ up to date: compose its files from the catalogue, write feeds and service worker."""
