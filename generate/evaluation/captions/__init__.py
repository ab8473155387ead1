"""How good captions are: figures beside two anchors."""
