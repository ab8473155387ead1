"""Training pictures: found, opened, made plain, and written to work/dataset/."""

REVISION = 1  # raise it when the same source should give other training pictures
