"""The generative second part: paint a sampled picture of 64 pixels anew at 256."""
