"""A phrase of a person's own, before a build has spoken it."""

import re
import shutil

import pytest

from generate.bundles.merged import merge_card
from generate.gallery.site.render import open_session, render_site
from generate.phrases.language.file import read_language
from generate.phrases.language.message import read_message
from generate.settings import read_settings
from tests.jungles import ROOT

NOTE = "The voice does not speak this phrase yet."


@pytest.fixture
def home(tmp_path):
    shutil.copytree(ROOT / "tests/fixtures/jungle-0.1.0", tmp_path / "content")
    return tmp_path


@pytest.fixture
def language(home):
    return read_language(home / "content/language.toml")


def write(home, text):
    (home / "content/postcards/beast-001/postcard.md").write_text(f"---\n{text}\n---\nHi\n")


def test_a_new_phrase_is_read_at_once_and_its_old_voice_is_marked(home, language):
    settings = read_settings(home)
    session = open_session(settings)
    page = home / "site/cards/beast-001.html"
    render_site(settings, session=session)
    before = merge_card(home / "content/postcards/beast-001")
    assert NOTE not in page.read_text() and before.translation in page.read_text()
    assert "data-start" in page.read_text()
    phrase = language.realise(read_message("s=moon v=see o=river"))
    write(home, f"phrase: {phrase.text}")
    for again in (session, None):
        render_site(settings, session=again)
        text = page.read_text()
        assert phrase.translation in text and before.translation not in text
        assert NOTE in text and 'class="word" data-word="0" data-start' not in text
        for word in phrase.words:
            assert word.meaning in text
    write(home, f"phrase: {phrase.text}\ntranslation: Mine own")
    render_site(settings)
    assert "Mine own" in page.read_text() and phrase.translation not in page.read_text()
    # A recording of the person's own says what they say it says.
    shutil.copy(
        home / "content/postcards/beast-002/sound.flac",
        home / "content/postcards/beast-001/sound.flac",
    )
    render_site(settings)
    assert NOTE not in page.read_text()
    write(home, "title: As before")
    render_site(settings)
    assert before.translation in page.read_text()


def test_a_new_word_in_the_language_reads_the_phrase_anew(home, language):
    settings = read_settings(home)
    river, moon = (language.speller.roots[name] for name in ("river", "moon"))
    write(home, f"phrase: {river}")
    render_site(settings)
    page = home / "site/cards/beast-001.html"
    assert re.findall('<p class="meaning"[^>]*>(.*?)</p>', page.read_text()) == ["river"]
    path = home / "content/language.toml"
    swap = {river: moon, moon: river}
    line = re.compile(r'^(river|moon) = "(.*?)"', re.MULTILINE)
    path.write_text(line.sub(lambda m: f'{m[1]} = "{swap[m[2]]}"', path.read_text()))
    render_site(settings)
    assert re.findall('<p class="meaning"[^>]*>(.*?)</p>', page.read_text()) == ["moon"]


def test_what_is_no_word_has_no_gloss(home):
    settings = read_settings(home)
    write(home, "phrase: qqq xyzzy")
    render_site(settings)
    text = (home / "site/cards/beast-001.html").read_text()
    assert "qqq" in text and "? …" not in text and '<p class="meaning"' not in text
    assert 'class="translation"' not in text
