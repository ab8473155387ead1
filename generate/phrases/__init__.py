"""The jungle's one language: sounds, words, grammar, script, and the phrases on the cards."""
