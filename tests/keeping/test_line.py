"""One line of front matter is written, and every other byte stays."""

import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.cards import TEXTS
from generate.errors import Refusal
from generate.front_matter import split_front_matter
from generate.keeping import line
from generate.keeping.line import find_seen, trim, write_line
from generate.keeping.trash import list_trash
from generate.recipe import digest_bytes


@pytest.fixture
def home(tmp_path):
    (tmp_path / "content/postcards/beast-001").mkdir(parents=True)
    return tmp_path


def place(home):
    return home / "content/postcards/beast-001/postcard.md"


def write(home, data, key, value):
    """The bytes of postcard.md that held ``data`` after a line was written."""
    path = place(home)
    if data is not None:
        path.write_bytes(data)
    write_line(home, path, key, value, find_seen(path))
    return path.read_bytes()


@pytest.mark.parametrize(
    ("before", "key", "value", "after"),
    [
        (None, "take", 2, b"---\ntake: 2\n---\n"),
        (b"", "take", 2, b"---\ntake: 2\n---\n"),
        (b"Hi", "take", 2, b"---\ntake: 2\n---\n\nHi"),
        (b"Hi\r\nyou", "keep", True, b"---\r\nkeep: true\r\n---\r\n\r\nHi\r\nyou"),
        (b"\xef\xbb\xbfHi", "take", 2, b"\xef\xbb\xbf---\ntake: 2\n---\n\nHi"),
        (b"---\n---\nHi", "take", 2, b"---\ntake: 2\n---\nHi"),
        (b"---\ntake: 1\n---", "take", 2, b"---\ntake: 2\n---"),
        (b"---\ntitle: Owls\n...\n\nHi", "keep", True,
         b"---\ntitle: Owls\nkeep: true\n...\n\nHi"),
        (b"---\ntitle: Owls\n...\n\nHi\n\n---\nyou", "keep", True,
         b"---\ntitle: Owls\nkeep: true\n...\n\nHi\n\n---\nyou"),
        (b"---\ntake:   1   # one\nx: y\n---", "take", 3, b"---\ntake: 3   # one\nx: y\n---"),
        (b"---\r\ntake: 1\r\n---\r\n", "take", 2, b"---\r\ntake: 2\r\n---\r\n"),
        (b"---\r\na: 'x'\r\n---\r\nB", "take", 2, b"---\r\na: 'x'\r\ntake: 2\r\n---\r\nB"),
        (b"---\ntake:\t1\n---\n", "take", 2, b"---\ntake: 2\n---\n"),
        (b"---\ntake:\t1  # one\n---\n", "take", 2, b"---\ntake: 2  # one\n---\n"),
        ("---\ntake:\u00a01\nmood\uff1acalm\n---\n".encode(), "take", 2,
         "---\ntake: 2\nmood\uff1acalm\n---\n".encode()),
        ("---\r\nmood\uff1acalm\r\n---\r\n".encode(), "mood", "sad",
         "---\r\nmood\uff1a sad\r\n---\r\n".encode()),
        (b"---\ntitle: Night: two\n---\n", "keep", True,
         b"---\ntitle: Night: two\nkeep: true\n---\n"),
        (b"---\r\ntitle: 'It's late'\r\nx: 1\r\n---\r\n", "title", "b",
         b"---\r\ntitle: b\r\nx: 1\r\n---\r\n"),
        (b"---\ntake:\n---\n", "take", 2, b"---\ntake: 2\n---\n"),
        (b"---\ntake: # which\n---\n", "take", 2, b"---\ntake: 2 # which\n---\n"),
        (b'---\n"take": 1\n---\n', "take", 2, b'---\n"take": 2\n---\n'),
        (b"---\ntitle: 'a: b' # mine\n---\n", "title", "c", b"---\ntitle: c # mine\n---\n"),
        (b"---\ntake: 1\nx: 1\n---\nHi", "take", None, b"---\nx: 1\n---\nHi"),
        (b"---\ntake: 1\n---\nHi", "take", None, b"---\n---\nHi"),
        (b"---\nx: 1\n---\nHi", "take", None, b"---\nx: 1\n---\nHi"),
        (b"---\nkeep: yes\n---\n", "keep", True, b"---\nkeep: yes\n---\n"),
        (b"---\nvoice:\n  mass: 3\n  mood: sad\nx: 1\n---\n", "voice", {"mass": 4},
         b"---\nvoice: {mass: 4}\nx: 1\n---\n"),
        (b"---\nmine:\n- a\n- b\n---\n", "mine", ["c"], b"---\nmine: [c]\n---\n"),
        (b"---\nmine: |\n  a\n\n---\nHi", "take", 2, b"---\nmine: |\n  a\n\ntake: 2\n---\nHi"),
        ("---\ntitle: Ä\n---\nÖ\u2028".encode(), "title", "🐸: # no",
         '---\ntitle: "🐸: # no"\n---\nÖ\u2028'.encode()),
        (b"---\nx: 1\n---\n", "parents", ["beast-007", "a b"],
         b'---\nx: 1\nparents: [beast-007, "a b"]\n---\n'),
        (b"---\nx: 1\n---\n", "prompt", "007", b'---\nx: 1\nprompt: "007"\n---\n'),
        (b"---\nx: 1\n---\n", "prompt", "null", b"---\nx: 1\nprompt: null\n---\n"),
        (b"---\nx: 1\n---\n", "order", 2.5, b"---\nx: 1\norder: 2.5\n---\n"),
    ],
)  # fmt: skip
def test_one_line_changes(home, before, key, value, after):
    assert write(home, before, key, value) == after
    assert split_front_matter(place(home), TEXTS)[0].get(key) == value


KEYS = st.sampled_from(["title", "phrase", "mine", "notes"])
VALUES = st.sampled_from(
    ["a", "'it''s'", '"q\\"s"', "7", "[1, {a: 2}]", "|\n  b\n  c", "", "x # y", ">-\n  f\n  g"]
)
REMARKS = st.sampled_from(["# a remark", "", "   # take: 9"])
NEW = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
    st.sampled_from(["a: b", "a # b", "- x", "'", '"', "true", "~", "1", " x ", "é — ö", "{a}"]),
)


@given(
    lines=st.lists(st.tuples(KEYS, VALUES, REMARKS), max_size=4, unique_by=lambda row: row[0]),
    old=st.sampled_from([None, "1", "'one'", "two # why"]),
    at=st.integers(0, 4),
    new=NEW,
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.booleans(),
    body=st.sampled_from(["", "Hi", "Hi\n", "\nHi\n---\nprompt: no\n", "a\r\nb"]),
)
@settings(max_examples=300, deadline=None)
def test_whatever_else_stands_there_stays(tmp_path_factory, lines, old, at, new, end, mark, body):
    home = tmp_path_factory.mktemp("home")
    (home / "content/postcards/beast-001").mkdir(parents=True)
    rows = [f"{key}: {value}\n{remark}" for key, value, remark in lines]
    above, below = rows[:at], rows[at:]
    own = [] if old is None else [f"prompt: {old}"]
    text = "\n".join(["---", *above, *own, *below, "---"]) + "\n"
    text = ("\ufeff" if mark else "") + text.replace("\n", end) + body
    place(home).write_bytes(text.encode())
    front, read = split_front_matter(place(home), TEXTS)
    made = write(home, None, "prompt", new).decode()
    now, rest = split_front_matter(place(home), TEXTS)
    assert now.pop("prompt") == new and rest == read
    front.pop("prompt", None)
    assert trim(now) == trim(front)
    # All lines but one are the very same.
    was, became = text.split("\n"), made.split("\n")
    if old is None:
        lines_of = [row for row in became if not row.startswith("prompt: ")]
        assert lines_of == [row for row in was if not row.startswith("prompt: ")]
        assert len(became) == len(was) + 1
    else:
        differ = [(a, b) for a, b in zip(was, became, strict=True) if a != b]
        assert len(differ) <= 1
        assert all(b.endswith("# why" + end[:-1]) for a, b in differ if "# why" in a)


@pytest.mark.parametrize(
    ("before", "key", "value", "said"),
    [
        (b"---\nvoice:\n  mass: 3 # heavy\n  mood: sad\n---\n", "voice", {"mass": 4}, "a form"),
        (b"---\nprompt: |\n  a\n---\n", "prompt", "b", "a form"),
        (b"---\n{take: 1, x: 2}\n---\n", "take", None, "a form"),
        (b"---\n{x: 2}\n---\n", "take", 1, "a form"),
        (b"---\nx: &a 1\ny: *a\n---\n", "x", 2, "a form"),
        (b"---\nx: 1\n", "take", 2, "no closing ---"),
        (b"---\nx: [\n---\n", "take", 2, "front matter at line"),
        (b"\xff\xfe", "take", 2, "is not UTF-8"),
        (b"+++\nx = 1\n+++\n", "take", 2, "is TOML"),
    ],
)
def test_what_cannot_be_changed_by_itself_is_left_as_it_is(home, before, key, value, said):
    with pytest.raises(Refusal, match=said) as refusal:
        write(home, before, key, value)
    assert str(place(home)) in str(refusal.value)
    assert place(home).read_bytes() == before
    assert os.listdir(place(home).parent) == ["postcard.md"]


def test_a_file_that_was_changed_meanwhile_is_left_as_it_is(home, monkeypatch):
    path = place(home)
    path.write_bytes(b"Hi")
    seen = find_seen(path)
    path.write_bytes(b"Hello")
    with pytest.raises(Refusal, match="was changed since it was read"):
        write_line(home, path, "take", 2, seen)
    with pytest.raises(Refusal, match="was changed since it was read"):
        write_line(home, path, "take", 2, None)
    assert path.read_bytes() == b"Hello"
    path.unlink()
    with pytest.raises(Refusal, match="was changed since it was read"):
        write_line(home, path, "take", 2, seen)
    assert not path.exists()
    # At the last moment, right before the rename.
    path.write_bytes(b"Hi")
    read_back = line.read_back

    def be_faster(*given):
        path.write_bytes(b"Mine")
        return read_back(*given)

    monkeypatch.setattr(line, "read_back", be_faster)
    with pytest.raises(Refusal, match="was changed since it was read"):
        write_line(home, path, "take", 2, digest_bytes(b"Hi"))
    assert path.read_bytes() == b"Mine"


def test_what_was_there_lies_in_the_trash_and_rights_stay(home):
    path = place(home)
    path.write_bytes(b"Hi")
    path.chmod(0o640)
    write_line(home, path, "take", 2, find_seen(path))
    (entry,) = list_trash(home)
    assert entry.sha256 == digest_bytes(b"Hi") and not entry.ours
    assert entry.why == "take: was written into it"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_is_named(home):
    (home / "content/other.md").write_text("Hi")
    place(home).symlink_to(home / "content/other.md")
    with pytest.raises(Refusal, match="is a link; change the file that it leads to"):
        write_line(home, place(home), "take", 2, find_seen(place(home)))
    assert (home / "content/other.md").read_text() == "Hi"
