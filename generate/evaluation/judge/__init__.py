"""The network that judges pictures, and its training."""
