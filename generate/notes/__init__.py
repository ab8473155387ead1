"""Field notes: a paragraph of natural history beside each card, notes.md in its folder.

Raise REVISION when what the built-in naturalist writes should be written anew.
"""

REVISION = 1
