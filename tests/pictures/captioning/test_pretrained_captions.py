"""Image-text models of transformers: of three kinds, from a folder, alone or in a batch."""

import pytest

from generate.errors import Refusal
from generate.pictures.captioning.pretrained import open_reader, read_pictures, tell_by_model
from generate.settings import Settings
from tests.pictures.tiny_readers import make_pictures, save_tiny_reader


@pytest.fixture(scope="module", params=["blip", "git", "pair"])
def folder(request, tmp_path_factory):
    return save_tiny_reader(request.param, tmp_path_factory.mktemp(request.param) / "model")


def test_a_caption_is_the_same_alone_and_in_a_batch(folder):
    """Captions of a batch end at different places, and what fills them up must change nothing."""
    reader = open_reader(str(folder))
    pictures = make_pictures(5)
    together = read_pictures(reader, pictures)
    assert together == [read_pictures(reader, [picture])[0] for picture in pictures]
    assert len(set(together)) > 1, "the pictures count for nothing"
    assert len({len(text.split()) for text in together}) > 1, "none was padded"
    assert all(text and "[" not in text for text in together)


def test_a_named_model_tells_what_it_says(folder, tmp_path):
    settings = Settings(home=folder.parent)
    picture = make_pictures(1)[0]
    (told,) = tell_by_model(settings, "model", [picture])
    assert told.text == read_pictures(open_reader(str(folder)), [picture])[0]
    assert told.how == "learned" and told.hour


def test_what_is_no_model_is_refused_in_one_line(tmp_path):
    (tmp_path / "empty").mkdir()
    settings = Settings(home=tmp_path)
    with pytest.raises(Refusal, match=r"pictures\.captions: .*empty cannot be loaded") as found:
        tell_by_model(settings, "empty", make_pictures(1))
    assert "\n" not in str(found.value)
    with pytest.raises(Refusal, match="no such folder gone"):
        tell_by_model(settings, "gone", make_pictures(1))
