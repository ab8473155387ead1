"""What a run of training brought: the same beasts before and after it, and one sentence."""
