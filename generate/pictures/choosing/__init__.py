"""Judge sampled pictures: which candidate to keep, and what it copies."""
