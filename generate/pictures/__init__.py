"""Pictures: from a training set through an image model to one picture for each beast."""
