"""What a browser must know to let a beast speak: families of voices, mouths, moods."""

import json
from dataclasses import asdict
from typing import Any

from generate.phrases.language import phonemes
from generate.sounds.voice.articulation import articulate
from generate.sounds.voice.body import SCALE
from generate.sounds.voice.kinds import FAMILIES, Family
from generate.sounds.voice.prosody import MOODS, Mood


def write_tables() -> str:
    """JSON: "usual" {value: [from, to]}, "families" {name: what is not as usual}, "sounds"
    [{symbol, …}] in the order of the pool, "moods" [{words, …}], the plain one last, "nearest"
    {letter: symbol}, and "scale", semitones."""
    plain = asdict(Family())
    tables = {
        "usual": plain,
        "families": {name: tell_family(asdict(kind), plain) for name, kind in FAMILIES.items()},
        "sounds": [tell_sound(sound) for sound in phonemes.PHONEMES.values()],
        "moods": [
            *(tell_mood(names, mood) for names, mood in MOODS.items()),
            tell_mood((), Mood()),
        ],
        "nearest": phonemes.NEAREST,
        "scale": [12 * step for step in SCALE],
    }
    return json.dumps(shorten(tables), ensure_ascii=False, separators=(",", ":"))


def shorten(value: Any) -> Any:
    """``value`` with numbers of at most three decimals, whole ones without any."""
    if isinstance(value, dict):
        return {name: shorten(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [shorten(one) for one in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 3)
    return value


def tell_family(kind: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
    """The ranges of a family that are not those of `Family` itself."""
    return {name: value for name, value in kind.items() if value != plain[name]}


def tell_mood(names: tuple[str, ...], mood: Mood) -> dict[str, Any]:
    """A mood with the words of feeling that call for it."""
    return {"words": names, **asdict(mood)}


def tell_sound(sound: phonemes.Phoneme) -> dict[str, Any]:
    """How a mouth makes a phoneme, and how it joins others in a syllable, without zeros."""
    made = {name: value for name, value in asdict(articulate(sound)).items() if value}
    if not made.keys() & {"hiss", "burst"}:
        del made["noise"]
    joins = {
        "vowel": sound.is_vowel,
        "opens": sound.kind in phonemes.OPENERS,
        "glides": sound.kind in phonemes.GLIDERS,
    }
    return {"symbol": sound.symbol, **made, **{name: 1 for name, holds in joins.items() if holds}}
