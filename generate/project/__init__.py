"""A jungle's own folder and its environment: write a new one, install what stages need."""
