"""What summoned beasts are called and say: a table of the grammar, written when the site is made.

A name joins what is around a beast with what it looks like ("night-striped-one"), by the roots that
the model's words mean. A phrase is one of those that the offline writer has for the beast's hour.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from generate.gallery.speaking.bodies import table_bodies
from generate.phrases.language.clashes import is_clean
from generate.phrases.language.language import Language
from generate.phrases.writing.choosing import Memory
from generate.phrases.writing.naming import name_beast
from generate.phrases.writing.offline import Brief, write_offline
from generate.phrases.writing.subject import Subject, read_subject

# Groups of the model's words, and the gap of a subject that each fills.
LOOKS = {"coat": "coat", "colour": "colour", "mood": "feeling"}
AROUND = {"habitat": "habitat", "weather": "weather", "hour": "hour"}
HOURS = ("dawn", "day", "dusk", "night")
PHRASES = 12  # of each hour
NAMES = 64  # for beasts of whose words none makes a name


def write_sayings(language: Language, tokens: Sequence[str], groups: Sequence[str]) -> bytes:
    """JSON: "pairs" {look: {around: [form, meaning]}}, "names" [[form, meaning]], "phrases"
    {hour: [[[[form, gloss], …], translation]]}, and whose voice says them (`table_bodies`).
    ``tokens`` and ``groups`` are the model's words.
    """
    said = [(token, group) for token, group in zip(tokens, groups, strict=True)]
    looks = {token: find_concept(token, group, LOOKS) for token, group in said if group in LOOKS}
    near = {token: find_concept(token, group, AROUND) for token, group in said if group in AROUND}
    pairs: dict[str, dict[str, list[str]]] = {}
    taken: set[str] = set()
    for look, second in looks.items():
        for around, first in near.items():
            if first and second and (found := join(language, first, second, taken)):
                pairs.setdefault(look, {})[around] = found
    told: Counter[str] = Counter()
    names = []
    for seed in range(NAMES):
        subject = read_subject("", {}, HOURS[seed % len(HOURS)], seed)
        name = name_beast(language, without_hour(subject), seed, taken, told)
        taken.add(name.form)
        names.append([name.form, name.meaning])
    table = {"pairs": pairs, "names": names, "phrases": write_phrases(language)}
    table |= table_bodies(tokens, groups)
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()


def find_concept(token: str, group: str, gaps: dict[str, str]) -> str | None:
    """The concept that a word of the model means, None where the language has none for it."""
    hour = token if group == "hour" else "day"
    plain = read_subject("", {}, "day", 0).gaps.get(gaps[group])
    found = read_subject("", {group: token}, hour, 0).gaps.get(gaps[group])
    told = group == "hour" and token in HOURS
    return found.rstrip("+") if found and (told or found != plain) else None


def join(language: Language, first: str, second: str, taken: set[str]) -> list[str] | None:
    """[form, meaning] of a name of two concepts; None where it would not do."""
    if first == second or not {first, second} <= language.concepts.keys():
        return None
    if {first, second} & set(language.derived):
        return None
    name = language.name_from(first, second, "NMLZ")
    if name is None or name.form in taken or not is_clean(name.form.lower()):
        return None
    taken.add(name.form)
    return [name.form, name.meaning]


def without_hour(subject: Subject) -> Subject:
    """``subject`` for a beast of any hour: its name says nothing of where and when it is."""
    gaps = {gap: concept for gap, concept in subject.gaps.items() if gap not in AROUND}
    return Subject({**gaps, "habitat": "moss", "weather": "song", "hour": "stone"}, frozenset(), "")


def write_phrases(language: Language) -> dict[str, list[Any]]:
    """`PHRASES` of each hour, no two of them alike."""
    memory = Memory()
    phrases: dict[str, list[Any]] = {hour: [] for hour in HOURS}
    for number in range(PHRASES * len(HOURS)):
        hour = HOURS[number % len(HOURS)]
        brief = Brief(number + 1, "", number, "", {}, hour)
        phrase = write_offline(language, brief, memory).phrase
        words = [[word.form, word.gloss] for word in phrase.words]
        phrases[hour].append([words, phrase.translation])
    return phrases
