"""Keys: those of version 0.1.0 as long as nothing that it did not know is asked for."""

import json
from pathlib import Path

import pytest

from generate.cards import Bundle
from generate.freshness import decide
from generate.freshness.judge import weigh
from generate.settings import Pictures, Section
from tests.jungles import ROOT

KEYS = json.loads((ROOT / "tests/fixtures/keys-0.1.0.json").read_text())


def make_bundle(front=None):
    asked = KEYS["bundle"]
    return Bundle(
        Path("x"), asked["number"], asked["seed"], dict(asked["card"]), front or {}, False
    )


@pytest.mark.parametrize("case", KEYS["cases"])
def test_keys_are_those_of_0_1_0(write_settings, case):
    expected = KEYS["cases"][case]
    settings, language = write_settings(expected["settings"]), KEYS["bundle"]["language"]
    own = make_bundle({"phrase": "moru sali"})
    assert {
        "settings": expected["settings"],
        "picture": decide.decide_picture(settings, 3).key,
        "phrase": decide.decide_phrase(settings, make_bundle(), language).key,
        "by hand": decide.decide_phrase(settings, own, language).key,
        "sound": decide.decide_sound(settings, make_bundle()).key,
    } == expected


class Weather(Section):
    """[pictures.flow] and [pictures.ddpm] of a later version."""

    rain: int = 3


class Later(Pictures):
    """[pictures] of a later version."""

    sharpness: float = 1.0


def test_new_settings_count_where_they_are_not_at_their_defaults(write_settings):
    settings = write_settings("")

    def ask(**values):
        return settings.model_copy(update={"pictures": Later(**values)})

    usual = decide.decide_picture(settings, 1)
    of_another, usual_own = {"ddpm": Weather(rain=9)}, {"flow": Weather(rain=3)}
    for same in (ask(), ask(tables=of_another), ask(tables=usual_own)):
        assert decide.decide_picture(same, 1).key == usual.key
        assert decide.decide_model(same).key == decide.decide_model(settings).key
    for values, told in (
        ({"sharpness": 2.0}, "sharpness unset → 2.0"),
        ({"tables": {"flow": Weather(rain=4)}}, "flow.rain unset → 4"),
    ):
        other = decide.decide_picture(ask(**values), 1)
        assert other.key != usual.key
        assert decide.decide_model(ask(**values)).key != decide.decide_model(settings).key
        assert weigh(other, usual.record).causes == (told,)
        assert weigh(usual, other.record).state == "stale"
        assert weigh(other, other.record).state == "fresh"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[pictures]\nminutes = 1.0", ("minutes 4.0 → 1.0",)),
        ("[pictures]\nexposures = 9", ("exposures unset → 9",)),
        ("seed = 8\n[pictures]\nsteps = 9", ("seed 7 → 8", "steps 16 → 9")),
    ],
)
def test_what_was_asked_is_recorded_so_that_changes_are_named(write_settings, text, told):
    made = json.loads(json.dumps(decide.decide_picture(write_settings(""), 1).record))
    assert weigh(decide.decide_picture(write_settings(text), 1), made).causes == told


def test_a_long_value_is_named_without_it(write_settings):
    made = decide.decide_phrase(write_settings(""), make_bundle(), "a" * 64).record
    other = make_bundle()
    other.card["caption"] = "A toad"
    assert weigh(decide.decide_phrase(write_settings(""), other, "b" * 64), made).causes == (
        "caption",
        "language",
    )
