"""A phrase is answered by the grammar, and a voice is heard, before either is kept."""

import io

import numpy as np
import pytest
import soundfile

from generate.phrases.language.file import make_or_read_language
from generate.settings import read_settings
from tests.gallery.conftest import HOSTILE


@pytest.fixture(scope="module")
def language(studio):
    return make_or_read_language(read_settings(studio.home), write=False)


def hear(studio, **said):
    status, data, headers = studio.post("hear", {"slug": "beast-001", **said})
    assert status == 200, data
    assert headers["Content-Type"] == "audio/wav"
    return soundfile.read(io.BytesIO(data))


def test_the_grammar_answers(studio, language):
    moon, river = language.spell("moon"), language.spell("river")
    told = studio.post("phrase", {"text": f"{moon} {river}"})[1]
    assert "moon" in told["gloss"].lower() and "river" in told["gloss"].lower()
    assert told["unknown"] == [] and told["translation"]
    told = studio.post("phrase", {"text": f"{moon}x zzq river"})[1]
    assert any(moon in word for word in told["unknown"])  # a near one is offered
    assert told["english"] == {"river": river}
    assert studio.post("phrase", {"text": HOSTILE[:300]})[0] == 200
    assert studio.post("phrase", {"text": ""})[1]["unknown"] == []
    for wrong in ({"text": "x" * 301}, {"text": 1}, {}, {"text": "a", "more": 1}):
        assert studio.post("phrase", wrong)[0] == 400
    assert not (studio.home / "content/language.toml").exists()  # nothing is written for it


def test_a_message_is_answered_word_by_word(studio, language):
    moon, river = language.spell("moon"), language.spell("river")
    told = studio.post("message", {"text": f"The moon! Over {river}, and zzq. {HOSTILE}"})[1]
    assert told["english"]["moon"] == moon and "river" in told["words"][river]
    assert "zzq" not in told["words"]
    many = " ".join(language.spell(name) for name in sorted(language.concepts)[:60])
    assert len(studio.post("message", {"text": many})[1]["words"]) == 12
    assert studio.post("message", {"text": "x" * 5001})[0] == 400


def test_another_phrase_is_one_of_the_language_and_another_each_time(studio, language):
    asked = {"slug": "beast-001", "turn": 1}
    first = studio.post("again", asked)[1]
    assert first == studio.post("again", asked)[1] and first["translation"]
    found = {studio.post("again", asked | {"turn": turn})[1]["phrase"] for turn in range(1, 7)}
    assert len(found) >= 5 and all(language.parse(text) for text in found)
    for wrong in ({"turn": 0}, {"turn": "1"}, {"slug": "../x"}, {"more": 1}):
        assert studio.post("again", asked | wrong)[0] == 400


def test_a_phrase_is_heard_in_a_voice(studio, language):
    text = f"{language.spell('moon')} {language.spell('river')}"
    plain, rate = hear(studio, text=text)
    again, _ = hear(studio, text=text)
    assert np.array_equal(plain, again) and 0.3 < len(plain) / rate < 8
    assert np.abs(plain).max() > 0.05
    slow, _ = hear(studio, text=text, voice={"pace": 0.5})
    fast, _ = hear(studio, text=text, voice={"pace": 2})
    assert len(slow) > 1.2 * len(fast)
    large, _ = hear(studio, text=text, voice={"mass": 500})
    small, _ = hear(studio, text=text, voice={"mass": 0.05})
    assert bright(small, rate) > 1.5 * bright(large, rate)


def bright(sound, rate):
    """The middle of a sound's spectrum in hertz."""
    mono = sound if sound.ndim == 1 else sound.mean(1)
    power = np.abs(np.fft.rfft(mono)) ** 2
    return float((power * np.fft.rfftfreq(len(mono), 1 / rate)).sum() / power.sum())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"text": ""}, "has no phrase yet"),
        ({"slug": "../x"}, "no card is called"),
        ({"voice": {"pitch": 9}}, "pitch"),
        ({"voice": {"family": "singr"}}, "did you mean singer"),
        ({"text": "x" * 301}, "text: "),
        ({"more": 1}, "more: "),
    ],
)
def test_what_cannot_be_heard_is_said(studio, wrong, told):
    status, answer, _ = studio.post("hear", {"slug": "beast-001", "text": "mora", **wrong})
    assert status == 400 and told in answer["fault"]
