"""What tools for annotation write."""
