"""The language itself: its sounds, words and grammar, and content/language.toml."""
