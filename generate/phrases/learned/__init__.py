"""The writer that learns a tongue of a person's own, from lines in content/corpus.txt."""

REVISION = 1  # raise it when the same corpus should give other lines
