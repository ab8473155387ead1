"""The gallery: reads cards, templates and the language; writes site/ and nothing else."""
