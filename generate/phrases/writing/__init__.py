"""The built-in writer: what a beast says, its name, its card's title and back."""
