"""A small captioner that has learnt three kinds, for the tests of the captions."""

import pytest

from generate.pictures.captioning.learned.confidence import Scale
from generate.pictures.captioning.learned.model import save_caption_model
from tests.pictures.captioning.kinds import teach


@pytest.fixture(scope="session")
def taught():
    return teach()[0]


@pytest.fixture(scope="session")
def captioner(taught, tmp_path_factory):
    """Its file; it is sure of what it sees."""
    path = tmp_path_factory.mktemp("captioner") / "captioner.safetensors"
    taught.scale = Scale(2.0, 0.0)
    save_caption_model(taught, path)
    return path
