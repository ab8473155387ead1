"""Text-to-audio models that others trained: opened, asked, and what they may be asked for."""
