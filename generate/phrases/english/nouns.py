"""Say the noun phrases of a message in English, with articles and prepositions."""

from __future__ import annotations

from collections.abc import Mapping

from generate.phrases.language.concepts import Concept
from generate.phrases.language.message import NounPhrase

OBJECT = {"I": "me", "we": "us", "they": "them"}
OWNER = {"I": "my", "you": "your", "it": "its", "we": "our", "they": "their"}
OWNED = {"I": "mine", "you": "yours", "we": "ours", "they": "theirs", "it": "its own"}
# Determiners before an owner: for count nouns, and for mass nouns.
SHARES = {"every": ("each", "all"), "no": ("none", "none"), "one": ("one", "part")}
MANY = ("two", "three", "seven", "many")
BARE_TIMES = ("dawn", "dusk", "night", "noon", "breakfast", "supper")
NEVER_THE = ("dawn", "dusk", "noon", "breakfast", "supper", "home")
BY = ("river", "lake", "sea", "waterfall", "fire", "door")
IN = frozenset(
    "river forest mud swamp sand cave lake meadow sea fire smoke dust hole puddle waterfall snow"
    " ruin water rain mist sky wind storm cloud shadow light grass fern moss soup honey salt hat"
    " nest boat blanket mirror bag basket family dream secret story song silence morning evening"
    " year season summer winter drum lamp belly heart mane fur eye ear shell egg noise tree"
    " tent petal".split()
)
ON = frozenset(
    "moon sun star hill path island shore leaf flower fruit stone back tail horn wing nose ladder"
    " birthday day holiday branch crest foot neck tongue cake letter stamp".split()
)


def say_noun(phrase: NounPhrase, concepts: Mapping[str, Concept], role: str = "o") -> str:
    """A noun phrase in English; ``role`` decides its article: "s", "o", "p" or a circumstance."""
    noun = phrase.noun
    concept = concepts[noun]
    if concept.word_class == "pronoun":
        return noun if role == "s" else OBJECT.get(noun, noun)
    if phrase == NounPhrase("day", determiner="this"):
        return "today"
    counted = phrase.determiner in MANY
    plural = (phrase.plural or counted) and concept.article != "mass"
    plural = plural and phrase.determiner not in ("every", "one")
    words = [a.replace("_", " ") for a in spread_adjectives(phrase.adjectives)]
    words += ["little"] if phrase.small else []
    owned = bool(phrase.owner)
    if owned and phrase.determiner:
        plural = concept.article != "mass" and (
            plural or phrase.determiner in ("every", "one", "no")
        )
    words.append(concept.plural if plural else concept.english)
    owner = f"the {concepts[phrase.owner].english}'s" if owned else ""
    owner = OWNER.get(phrase.owner, owner)
    if phrase.determiner in ("this", "some") and owned:
        lead = _lead(phrase, plural, concept)
        return " ".join([lead, *words, "of", OWNED.get(phrase.owner, owner)])
    if phrase.determiner:
        share = SHARES.get(phrase.determiner, ()) if owned else ()
        lead = share[concept.article == "mass"] if share else _lead(phrase, plural, concept)
        return " ".join([lead, "of", owner, *words] if owned else [lead, *words])
    words = [owner, *words] if owned else words
    if phrase.owner:
        return " ".join(words)
    definite = role in ("s", "at", "to", "from") or concept.article == "unique"
    definite = definite or (role == "with" and concept.group == "sky")
    if noun in NEVER_THE and len(words) == 1 and not plural:
        return words[0]
    if definite:
        return " ".join(["the", *words])
    if plural or concept.article == "mass":
        return " ".join(words)
    return " ".join(["an" if words[0][0] in "aeiou" else "a", *words])


def _lead(phrase: NounPhrase, plural: bool, concept: Concept) -> str:
    """The determiner in the form that English wants before this noun."""
    if phrase.determiner == "some":
        return "certain" if plural or concept.article == "mass" else "a certain"
    if phrase.determiner == "many" and concept.article == "mass":
        return "much"
    return "these" if phrase.determiner == "this" and plural else phrase.determiner


def spread_adjectives(adjectives: tuple[str, ...]) -> list[str]:
    """Adjectives in English; the mark "!" becomes "very"."""
    return [f"very {a[:-1]}" if a.endswith("!") else a for a in adjectives]


def say_around(role: str, phrase: NounPhrase, concepts: Mapping[str, Concept]) -> str:
    """A circumstance in English, with its preposition."""
    if role == "to" and phrase == NounPhrase("home"):
        return "home"
    if role != "at":
        return f"{role} {say_noun(phrase, concepts, role)}"
    bare = not (phrase.adjectives or phrase.owner or phrase.determiner)
    if phrase.noun in BARE_TIMES and bare:
        return f"at {concepts[phrase.noun].english}"
    if phrase.determiner == "every" and concepts[phrase.noun].group == "time":
        return say_noun(phrase, concepts, role)
    if phrase.noun in BARE_TIMES or phrase.noun in ("door", "home"):
        preposition = "at"
    elif phrase.noun in BY:
        preposition = "by"
    else:
        preposition = "in" if phrase.noun in IN else "on" if phrase.noun in ON else "beside"
    return f"{preposition} {say_noun(phrase, concepts, role)}"
