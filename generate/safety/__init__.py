"""Read files that strangers may have written, and know the look of secret keys."""
