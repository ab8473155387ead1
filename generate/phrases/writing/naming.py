"""Names made of words: for a beast, from its picture, and for the place it writes from."""

from __future__ import annotations

import random
from collections import Counter

from generate.phrases.language.clashes import is_clean
from generate.phrases.language.language import Language, Name
from generate.phrases.language.phonemes import syllables
from generate.phrases.writing.subject import Subject
from generate.recipe import derive_seed

# English names for the places of each habitat.
KINDS = {
    "river": ("Bend", "Bank", "Ford", "Ferry"),
    "branch": ("Heights", "Bough", "Landing", "Loft"),
    "meadow": ("Glade", "Green", "Clearing", "Lawn"),
    "cave": ("Hollow", "Mouth", "Echo", "Cellar"),
    "swamp": ("Mire", "Fen", "Shallows", "Sink"),
    "tent": ("Camp", "Halt", "Rest", "Post"),
    "waterfall": ("Falls", "Leap", "Spray", "Basin"),
    "ruin": ("Gate", "Steps", "Court", "Arches"),
    "shore": ("Strand", "Cove", "Point"),
    "lake": ("Water", "Mere", "Deeps"),
    "hill": ("Hill", "Rise", "Top"),
    "forest": ("Wood", "Thicket", "Corner", "Edge"),
}
PLACE_ADJECTIVES = (
    "quiet warm soft sweet deep slow lost good wet old bright empty famous polite wild sleepy "
    "ticklish gold green blue white red round thin proud curious lonely strange late merry pink"
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


def name_beast(
    language: Language, subject: Subject, seed: int, taken: set[str], told: Counter[str]
) -> Name:
    """A name that is not in ``taken``, such as "moss-striped-one", and rather a short one.

    ``told`` counts the roots of earlier names, which are avoided; it learns those of this name.
    """
    rng = random.Random(derive_seed("name", seed))
    gaps = subject.gaps
    looks = [gaps[g] for g in ("coat", "colour", "feeling") if g in gaps and gaps[g] != "plain"]
    looks += rng.sample(QUALITIES, 4)
    firsts = [gaps[g].rstrip("+") for g in ("habitat", "weather", "feature", "hour")]
    firsts = [c for c in firsts if c not in language.derived] + rng.sample(COMPANY, 8)
    options: list[tuple[float, str, Name, tuple[str, str]]] = []
    kind = rng.choice(("NMLZ", "NMLZ", "DIM", "AUG"))
    for pair in [(a, b) for a in firsts for b in looks]:
        found = _fit(language, (*pair, kind), taken)
        if found:
            shown = 0.6 * (pair[0] in firsts[:4]) + 0.8 * (pair[1] in gaps.values())
            worn = 1.2 * told[pair[0]] + 0.8 * told[pair[1]]
            cost = 0.7 * _length(found) + worn - shown + rng.random()
            options.append((cost, found.form, found, pair))
    if options:
        _, _, best, pair = min(options, key=lambda option: option[:2])
        told.update(pair)
        return best
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


def list_places(language: Language) -> dict[str, list[tuple[Name, str]]]:
    """The places of each habitat, each with its English: ("Sosemula", "Soft Fern Bend").

    They are the same for all cards, so that beasts have neighbours.
    """
    rng = random.Random(derive_seed("places", language.digest))
    pairs = [(a, n) for a in PLACE_ADJECTIVES for n in PLACE_NOUNS]
    rng.shuffle(pairs)
    told: Counter[str] = Counter()
    used: set[str] = set()
    places: dict[str, list[tuple[Name, str]]] = {}
    for habitat, kinds in KINDS.items():
        for kind in kinds:
            found = None
            while found is None:
                # Words used least come first, so that no two places sound alike.
                pairs.sort(key=lambda pair: told[pair[0]] + told[pair[1]])
                pair = pairs.pop(0)
                found = _fit(language, (*pair, "PLC"), used)
            used.add(found.form)
            told.update(pair)
            words = [language.concepts[concept].english.title() for concept in pair]
            places.setdefault(habitat, []).append((found, " ".join([*words, kind])))
    return places


def choose_place(
    every: dict[str, list[tuple[Name, str]]], subject: Subject, seed: int
) -> tuple[Name, str]:
    """The place that a beast writes from, with its English, chosen from `list_places`."""
    places = every.get(subject.gaps["habitat"], every["forest"])
    return places[derive_seed("place", seed) % len(places)]
