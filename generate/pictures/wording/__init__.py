"""New words of a model: each is learnt from pictures that a person likes, as one column."""
