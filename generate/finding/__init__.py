"""Find cards by words: `make find QUERY="someone shy by the water"`."""
