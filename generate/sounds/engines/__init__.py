"""Where calls come from other than the voice: recordings and sound models."""
