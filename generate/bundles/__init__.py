"""Which folder holds which card, and the card that its files make together."""
