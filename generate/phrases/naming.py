"""Names that mean something: for a beast, from its picture, and for the places it writes from."""

from __future__ import annotations

import random

from generate.phrases.clashes import is_clean
from generate.phrases.language import Language, Name
from generate.phrases.phonemes import syllables
from generate.phrases.subject import Subject
from generate.recipe import derive_seed

# What a place of some kind is called in English.
KINDS = {
    "river": ("Bend", "Bank", "Ford"),
    "branch": ("Heights", "Bough", "Landing"),
    "meadow": ("Glade", "Green", "Clearing"),
    "cave": ("Hollow", "Mouth", "Echo"),
    "swamp": ("Mire", "Fen", "Shallows"),
    "tent": ("Camp", "Halt", "Rest"),
    "waterfall": ("Falls", "Leap", "Spray"),
    "ruin": ("Gate", "Steps", "Court"),
    "shore": ("Strand", "Cove", "Point"),
    "lake": ("Water", "Mere", "Basin"),
    "hill": ("Hill", "Rise", "Top"),
    "forest": ("Wood", "Thicket", "Corner"),
}
PLACE_ADJECTIVES = (
    "quiet warm soft sweet deep slow lost good wet old bright empty famous polite wild sleepy "
    "ticklish gold green blue white red round"
).split()
PLACE_NOUNS = (
    "fern moss reed stone leaf root soup drum hat moon rain mist star nut bell shell thorn honey "
    "shadow song cloud feather egg seed"
).split()
COMPANY = (
    "fern moss river rain mist moon star dew leaf reed stone wind cloud seed honey shadow root "
    "bell drum nut vine light"
).split()
QUALITIES = (
    "soft quiet warm slow bright late proud polite curious round sleepy brave strange tall"
).split()


def name_beast(language: Language, subject: Subject, seed: int, taken: set[str]) -> Name:
    """A name nobody in ``taken`` bears, such as "moss-striped-one", short where it can be."""
    rng = random.Random(derive_seed("name", seed))
    gaps = subject.gaps
    looks = [gaps[g] for g in ("coat", "colour", "feeling") if g in gaps and gaps[g] != "plain"]
    looks += rng.sample(QUALITIES, 3)
    firsts = [gaps["habitat"], gaps["weather"], gaps["feature"].rstrip("+"), gaps["hour"]]
    firsts = [c for c in firsts if c not in language.derived] + rng.sample(COMPANY, 5)
    options: dict[str, tuple[float, Name]] = {}
    kind = rng.choice(("NMLZ", "NMLZ", "DIM", "AUG"))
    for pair in [(a, b) for a in firsts for b in looks]:
        found = _fit(language, (*pair, kind), taken)
        if found:
            shown = 0.6 * (pair[0] in gaps.values()) + 0.8 * (pair[1] in gaps.values())
            options[found.form] = (_length(found) - shown + rng.random(), found)
    if options:
        return min(options.values(), key=lambda option: (option[0], option[1].form))[1]
    roots = [n for n, c in language.concepts.items() if c.word_class in ("noun", "adjective")]
    roots = [n for n in roots if n in language.roots]
    while True:
        found = _fit(language, (*rng.sample(roots, 2), "NMLZ"), taken)
        if found:
            return found


def _length(name: Name) -> float:
    return len(syllables(name.form)) + 0.15 * len(name.form)


def _fit(language: Language, parts: tuple[str, ...], taken: set[str]) -> Name | None:
    if len(set(parts)) < len(parts) or any(p in language.derived for p in parts):
        return None
    name = language.name_from(*parts)
    if name is None or name.form in taken or not is_clean(name.form.lower()):
        return None
    return name


def list_places(language: Language, habitat: str) -> list[tuple[Name, str]]:
    """The named places of one kind of country, each with its English: ("Sosemula", "Soft Fern
    Bend"); the same for all cards, so that beasts have neighbours."""
    rng = random.Random(derive_seed("places", language.digest, habitat))
    places: list[tuple[Name, str]] = []
    used: set[str] = set()
    for kind in KINDS.get(habitat, KINDS["forest"]):
        while True:
            adjective, noun = rng.choice(PLACE_ADJECTIVES), rng.choice(PLACE_NOUNS)
            found = _fit(language, (adjective, noun, "PLC"), used)
            if found:
                used.add(found.form)
                words = [language.concepts[n].english.title() for n in (adjective, noun)]
                places.append((found, " ".join([*words, kind])))
                break
    return places


def name_place(language: Language, subject: Subject, seed: int) -> tuple[Name, str]:
    """The place a beast writes from, with its English."""
    places = list_places(language, subject.gaps["habitat"])
    return places[derive_seed("place", seed) % len(places)]
