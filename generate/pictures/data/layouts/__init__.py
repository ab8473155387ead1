"""The ways in which sets lay words beside their pictures, one a file."""
