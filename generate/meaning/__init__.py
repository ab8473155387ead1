"""What words and sentences mean: vectors of all-MiniLM-L6-v2, where its package is installed."""
