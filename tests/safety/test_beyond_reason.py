"""Numbers without end, values nested without end, pages without end: one line each."""

import json
import os
import resource
import subprocess
import sys

import pytest

from generate.cards import read_card
from generate.errors import Refusal
from generate.files import is_deep
from generate.gallery.pages import long_markdown
from generate.gallery.site.render import render_site
from generate.phrases.language.file import write_language
from generate.phrases.language.language import make_language
from generate.phrases.language.validation import read_language
from generate.settings import read_settings
from tests.bundles import make_jungle

ENDLESS = "0x" + "f" * 9000


@pytest.fixture
def home(tmp_path):
    make_jungle(tmp_path, 2, size=24, frames=0, seconds=0.1)
    return tmp_path


def refuse(home, *told):
    """The site is refused in one line; the other card goes on where a card is at fault."""
    with pytest.raises(Refusal) as refusal:
        render_site(read_settings(home))
    said = str(refusal.value)
    assert "\n" not in said and len(said) < 1000 and all(text in said for text in told), said


@pytest.mark.parametrize("form", ['{{"a":{}}}', "[{}]"])
@pytest.mark.parametrize("depth", [60, 300, 900])
def test_a_card_nested_without_end_is_named(home, depth, form):
    """Python follows such values by functions that call themselves, up to a thousand times."""
    path = home / "content/postcards/beast-001/card.json"
    inner = "1"
    for _ in range(depth):
        inner = form.format(inner)
    path.write_text(path.read_text().replace('"made": {', f'"made": {{"odd": {inner},'))
    refuse(home, "beast-001/card.json: nested too deeply")
    assert render_site(read_settings(home), keep_going=True).cards == 1


def test_what_cards_hold_is_not_deep(home):
    card = read_card(home / "content/postcards/beast-001")
    assert not is_deep(card, 5) and is_deep(card, 1)
    assert not is_deep(1, 0) and is_deep([], -1)


@pytest.mark.parametrize("number", [ENDLESS, "0o" + "7" * 9000])
def test_a_number_without_end_in_front_matter_is_named_with_its_line(home, number):
    path = home / "content/postcards/beast-001/postcard.md"
    path.write_text(f"---\nmood: calm\nmine: {number}\n---\nHi")
    refuse(home, "postcard.md: front matter at line 3: a number of 9,002 digits; quote the value?")
    path.write_text(f"---\nmine: 0x{'f' * 200}\n---\nHi")
    assert render_site(read_settings(home)).cards == 2


@pytest.mark.parametrize(
    "text",
    [
        "seed = {}",
        "count = -{}",
        "[pictures]\nminutes = {}",
        "[site.words]\nback = {}",
        "zzz = [1, {{a = {}}}]",
    ],
)
@pytest.mark.parametrize("number", ["0x" + "f" * 9000, "0b" + "1" * 60_000, "9" * 400])
def test_a_number_without_end_in_settings_is_named(home, text, number):
    number = number if number[0] == "9" or "-" not in text else "9" * 400
    (home / "content/jungle.toml").write_text(text.format(number))
    with pytest.raises(Refusal, match=r"jungle\.toml: holds a number of too many digits"):
        read_settings(home)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("seed = 7", f"seed = {ENDLESS}", "holds a number of too many digits"),
        ('name = "Mossish"', 'name = "' + "M" * 101 + '"', "name: must be one line of up to 100"),
        ('name = "Mossish"', 'name = "Moss\\u0000ish"', "name: must be one line of up to 100"),
        ('Q = "', 'Q = "' + "ma" * 51, "particles.Q: is longer than 100 letters; shorten it"),
        ("[nouns]", "[nouns]\n" + "a" * 9000 + " = 5", "must be text in quotes"),
    ],
)
def test_a_language_beyond_reason_is_named(home, old, new, told):
    path = home / "content/language.toml"
    write_language(make_language(7, "Mossish", "soft"), path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(Refusal, match=r"language\.toml: ") as refusal:
        read_language(path)
    assert told in str(refusal.value) and len(str(refusal.value)) < 800


def test_an_address_that_is_referred_to_often_makes_no_gigabytes(home):
    """Two hundred thousand letters, three hundred times: sixty megabytes from one page."""
    address = "y" * 200_000
    (home / "content/pages/many.md").write_text(
        f"[a]: https://x.example/{address}\n\n" + "[a] " * 300
    )
    refuse(home, "pages/many.md: the text becomes too large a page; simplify it")


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
@pytest.mark.parametrize("work", ["bytearray(2**31)", "'y' * 2**31", "print(len(bytes(2**20)))"])
def test_the_process_that_renders_gets_no_more_memory_than_it_needs(work):
    code = f"from generate.gallery.pages.long_markdown import limit_room\nlimit_room()\n{work}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=long_markdown.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ("MemoryError" in done.stderr) is ("31" in work), done.stderr
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != long_markdown.ROOM


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
@pytest.mark.parametrize(
    ("name", "told"), [("postcards/beast-001/card.json", ""), ("jungle.toml", "is no file")]
)
def test_a_pipe_is_not_waited_for(home, name, told):
    path = home / "content" / name
    path.unlink()
    os.mkfifo(path)
    code = (
        "import sys; from pathlib import Path; from generate.settings import read_settings\n"
        "from generate.gallery.site.render import render_site\n"
        "print(render_site(read_settings(Path(sys.argv[1]))).cards)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)],
        cwd=long_markdown.ROOT, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.stdout.strip() == "2" if not told else told in done.stderr


def test_json_that_is_written_is_read_again(home):
    """What guards the reading of cards must not catch what the stages write."""
    folder = home / "content/postcards/beast-002"
    assert read_card(folder) == json.loads((folder / "card.json").read_text())
