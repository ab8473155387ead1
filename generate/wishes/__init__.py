"""What a person asks of one card by keys of its front matter, checked."""
