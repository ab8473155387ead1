"""The jungle around the beasts."""
