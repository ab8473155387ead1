"""Whose voice speaks in a browser: a card's own beast, and bodies of a model's words."""

from pathlib import Path

import pytest

from generate.cards import Card
from generate.gallery.speaking.bodies import find_voice, table_bodies
from generate.gallery.speaking.script import strip_comments
from generate.sounds.voice.body import BODIES, imagine_beast


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
