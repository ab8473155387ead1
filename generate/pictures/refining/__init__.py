"""The second stage: enlarge a sampled picture four times."""
