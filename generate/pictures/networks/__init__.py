"""The networks that the families train, and how weights move from one to another."""
