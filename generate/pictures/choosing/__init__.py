"""Judge sampled pictures: which candidate to keep, and whether it copies a training picture."""
