"""Compare sets of pictures: features, scores, anchors."""
