"""Check site/ and put it on the web."""
