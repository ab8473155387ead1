"""The captioner: a network that learns to say what a picture shows."""
