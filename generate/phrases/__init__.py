"""The jungle's one language: its sounds, words, grammar and script, and the phrases on the cards."""
