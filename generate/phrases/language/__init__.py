"""The language itself: sounds, words, grammar, and content/language.toml."""
