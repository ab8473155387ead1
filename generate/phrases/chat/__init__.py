"""The writer that asks a language model."""
