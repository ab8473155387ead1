"""What the machine offers: arithmetic, memory, processes."""
