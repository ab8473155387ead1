"""The project's own judge of pictures, and how it was trained."""
