"""The second stage: enlarge a sampled picture four times."""

REVISION = 1  # raise it when the refiner, or its weights, should make every picture anew
