"""The animals of the field guide: bodies, coats and features."""
