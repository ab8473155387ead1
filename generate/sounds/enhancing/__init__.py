"""Make a recording or a clip cleaner before it is cut and mastered, where a person wants it."""
