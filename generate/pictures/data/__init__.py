"""Training pictures: found, opened, made plain, and written to work/dataset/."""
