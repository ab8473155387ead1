"""The kinds of image model: one file each, one protocol, one registry."""
