"""The letters of the language, as a font."""
