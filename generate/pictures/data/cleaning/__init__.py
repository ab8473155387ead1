"""Say before training which pictures of a set would teach little, and show them on a sheet."""
