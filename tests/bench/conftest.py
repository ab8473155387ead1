"""The tiny training set and networks of the pictures' tests."""

from tests.pictures.conftest import fix_plan, jungle, one_thread, tiny_shapes

__all__ = ["fix_plan", "jungle", "one_thread", "tiny_shapes"]
