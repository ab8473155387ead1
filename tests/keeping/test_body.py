"""The message of a card is written, and every byte of its front matter stays."""

import pytest

from generate.errors import Refusal
from generate.keeping.body import write_body
from generate.keeping.line import find_seen


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "content/postcards/beast-001"
    folder.mkdir(parents=True)
    return folder / "postcard.md"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"---\ntitle: Owls\n---\n\nHi", b"---\ntitle: Owls\n---\n\nBye\n"),
        (b"---\ntitle: Owls\n...\n\nHi", b"---\ntitle: Owls\n...\n\nBye\n"),
        (b"---\ntitle: Owls\n...\n\nHi\n\n---\nyou", b"---\ntitle: Owls\n...\n\nBye\n"),
        (b"---\r\ntitle: Owls\r\n...\r\nHi", b"---\r\ntitle: Owls\r\n...\r\n\r\nBye\r\n"),
    ],
)
def test_what_is_below_front_matter_is_written_anew(tmp_path, path, before, after):
    path.write_bytes(before)
    write_body(tmp_path, path, "Bye", find_seen(path))
    assert path.read_bytes() == after


def test_a_file_that_changed_is_left_alone(tmp_path, path):
    path.write_bytes(b"Hi")
    seen = find_seen(path)
    path.write_bytes(b"Hello")
    with pytest.raises(Refusal, match="was changed since it was read"):
        write_body(tmp_path, path, "Bye", seen)
    assert path.read_bytes() == b"Hello"
