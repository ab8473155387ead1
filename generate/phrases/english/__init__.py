"""English for what the language says."""
