"""The embedded training set: a painted bestiary in a jungle, drawn from seeds, with captions.

Reads nothing and writes nothing: scene.py's `draw(seed, size)` returns a picture, its caption and
its tags.
"""

# Raise it when a drawing changes by a pixel or a caption by a letter.
REVISION = 1
