"""The built-in writer: what a beast says, its name, its card's title and back."""

REVISION = 2  # raise it when cards should be written anew
