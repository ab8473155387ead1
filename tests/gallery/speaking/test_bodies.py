"""Whose voice speaks in a browser: a card's own beast, and bodies of a model's words."""

from pathlib import Path

import pytest

from generate.cards import Card
from generate.gallery.site.render import render_site
from generate.gallery.speaking.bodies import find_voice, table_bodies
from generate.gallery.speaking.script import strip_comments
from generate.phrases.language.file import write_language
from generate.phrases.language.language import make_language
from generate.sounds.voice.body import BODIES, imagine_beast
from tests.bundles import make_jungle


def make_card(**keys):
    return Card(slug="beast-001", folder=Path(), seed=7, **keys)


def test_a_card_speaks_as_its_sound_does():
    beast = {"seed": 9, "mass_kg": 40.0, "family": "singer", "higher": 1.2, "pitch_hz": 300.0}
    found = find_voice(make_card(made={"sound": {"beast": beast}}))
    assert found == {"seed": 9, "mass": 40.0, "family": "singer", "higher": 1.2}


@pytest.mark.parametrize("made", [{}, {"sound": {}}, {"sound": "x"}, {"sound": {"beast": [1]}}])
def test_a_card_with_another_sound_has_the_voice_of_its_words(made):
    found = find_voice(make_card(made=made, caption="A huge frog", traits={"plan": "frog"}))
    beast = imagine_beast(7, {"plan": "frog"}, "A huge frog")
    assert found == {"seed": 7, "mass": beast.mass_kg, "family": beast.family}


def test_only_words_that_say_what_a_beast_is_have_bodies():
    tokens = ["frog", "bat wings", "great dane", "night", "tiny", "river"]
    groups = ["plan", "feature", "class", "hour", "size", "habitat"]
    found = table_bodies(tokens, groups)
    assert [*found["bodies"]] == ["frog", "great dane"]
    assert tuple(found["bodies"]["frog"]) == BODIES["frog", "toad", "newt"]
    assert found["bodies"]["great dane"][:2] == (4.0, 60.0)
    assert found["sizes"] == {"tiny": 0.12}


def test_comments_and_indents_are_left_out():
    text = '// What it is.\nconst a = "//";\n\n  // more\n  f(a); // beside\n'
    assert [*strip_comments(text)] == ['const a = "//";', "f(a); // beside"]


def test_a_jungle_may_have_a_part_of_its_own(tmp_path):
    settings = make_jungle(tmp_path, 1, 'title = "A test jungle"\ncount = 1\n', seconds=0.2)
    write_language(make_language(7, "Mossish", "soft"), tmp_path / "content" / "language.toml")
    render_site(settings)
    script = tmp_path / "site" / "assets" / "speak.js"
    assert "layOut" in script.read_text() and "own()" not in script.read_text()
    (tmp_path / "templates" / "speaking").mkdir(parents=True)
    (tmp_path / "templates" / "speaking" / "speak.js").write_text("own();\n")
    render_site(settings)
    assert "layOut" in script.read_text() and "own();" in script.read_text()
    assert not (tmp_path / "site" / "speaking").exists()
    (tmp_path / "content" / "language.toml").unlink()
    render_site(settings)
    assert not script.exists()
    assert "data-beast" not in (tmp_path / "site" / "cards" / "beast-001.html").read_text()
