"""The tiny networks and the sketches of other rooms' tests."""

from tests.keeping.sketches import sketched
from tests.pictures.conftest import jungle, one_thread, tiny_shapes

__all__ = ["jungle", "one_thread", "sketched", "tiny_shapes"]
