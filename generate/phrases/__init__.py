"""The language of a jungle: sounds, words, grammar, script, and the phrases on the cards."""
