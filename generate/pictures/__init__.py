"""Pictures: from a training set through an image model to one picture for each beast."""

from pathlib import Path

# The weights that the project ships.
STARTER = Path(__file__).parent / "starter"
