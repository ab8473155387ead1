"""What a jungle's language can speak of: concepts with class, valency and their English.

Tables of words, one class to a table, read once into `CONCEPTS`. Notation: ``leaf/leaves`` gives
an irregular plural, ``rain~`` a mass noun (no article), ``moon!`` a thing there is one of (always
"the"), ``sing/sang`` a past tense, ``run/ran/running`` also the -ing form; ``wake_up`` is two
English words. Earlier words of a table are commoner and tend to get shorter forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WordClass = Literal[
    "noun", "verb", "adjective", "adverb", "pronoun", "determiner", "conjunction", "exclamation"
]

NOUNS = {
    "sky": "moon! sun! star rain~ sky! wind! cloud mist~ storm thunder~ dew~ rainbow shadow light~",
    "land": (
        "water~ river! stone hill forest! mud~ path island swamp! sand~ cave shore! lake! meadow!"
        " sea! fire smoke~ dust~ hole puddle waterfall! snow~ ruin"
    ),
    "plant": (
        "leaf/leaves tree root branch fern moss~ flower petal seed vine fruit"
        " mushroom bark~ grass~ thorn reed"
    ),
    "body": (
        "eye foot/feet tail ear horn wing tooth/teeth tongue nose belly/bellies heart neck back"
        " feather scale fin fur~ shell whisker crest tusk mane frill feeler"
        " bone egg stripe spot"
    ),
    "food": "soup~ honey~ nut berry/berries breakfast~ salt~ cake supper~",
    "thing": (
        "hat nest drum letter boat tent door blanket mirror bell ladder bag knot lamp stamp basket"
        " home"
    ),
    "kin": (
        "friend mother sister brother child/children aunt cousin father grandmother uncle stranger"
        " neighbour guest beast family/families"
    ),
    "mind": "name song dream secret word joke luck~ silence~ story/stories plan promise noise",
    "time": (
        "night! day! dawn! dusk! morning! evening! year season birthday holiday noon! summer!"
        " winter!"
    ),
}
VERBS = {
    # One actor and nothing else.
    "intransitive": (
        "go/went sleep/slept come/came sing/sang dance laugh wait sit/sat/sitting run/ran/running"
        " fall/fell grow/grew glow swim/swam/swimming fly/flew hide/hid weep/wept"
        " hum/hummed/humming stay wake_up/woke_up yawn sneeze blush burn shine/shone"
        " return rest listen grumble whisper exist float wobble snore behave live"
        " knock creak"
    ),
    # An actor and an undergoer, which must be there.
    "transitive": (
        "see/saw eat/ate love know/knew want have/had find/found hear/heard"
        " need carry lose/lost forget/forgot/forgetting remember like miss drink/drank"
        " greet follow fear wear/wore hold/held keep/kept smell touch count call lick steal/stole"
        " borrow guard polish swallow tickle bury paint climb taste bite/bit ask obey admire visit"
        " marry trust invite wash open make/made"
        " write/wrote mend tease leave/left read/read"
    ),
    # An actor, an object, and one who receives it (case ALL).
    "ditransitive": "give/gave tell/told bring/brought send/sent show sell/sold lend/lent",
    # An actor, and a clause of its own that "that" joins.
    "sentential": "say/said think/thought hope believe suspect swear/swore",
}
ADJECTIVES = {
    "size": "big small long short tall round thin heavy deep",
    "colour": "red green blue gold white brown black orange violet pink teal grey yellow",
    "coat": (
        "striped spotted patched ringed speckled smooth scaly furry feathered shaggy spiky plain"
        " dappled shiny banded pale zigzag"
    ),
    "feeling": (
        "happy sad afraid proud shy hungry sleepy angry lonely brave calm jealous curious merry"
        " grumpy"
    ),
    "quality": (
        "good warm cold wet soft old new quiet loud sweet bright dark slow quick strange lost empty"
        " full bitter famous polite late clean ripe true wild sorry free busy important"
        " ticklish delicious"
    ),
}
ADVERBS = {
    "when": "now tonight yesterday tomorrow always today again soon often never long_ago still",
    "where": "here there everywhere far_away above below",
    "how": "together alone slowly quietly loudly gladly politely backwards almost maybe",
    "ask": "where why how",
}
PRONOUNS = {
    "person": "I you it we they everyone nobody",
    "ask": "who what",
    "thing": "something nothing",
}
DETERMINERS = "this one two three many every no some seven"
CONJUNCTIONS = "and but because when if so that until"
EXCLAMATIONS = {
    "call": "oh hush hello farewell alas please thanks behold yes",
    "sound": "splash thump rustle glimmer drip whoosh crunch plop flutter boom",
}

# Words made of words: of two roots, or of a root and a derivational affix.
DERIVED: dict[str, tuple[str, str]] = {
    "island": ("stone", "water"),
    "rainbow": ("rain", "stripe"),
    "waterfall": ("water", "thunder"),
    "swamp": ("mud", "lake"),
    "breakfast": ("dawn", "soup"),
    "supper": ("dusk", "soup"),
    "birthday": ("egg", "day"),
    "mushroom": ("moss", "hat"),
    "lamp": ("night", "fire"),
    "mirror": ("water", "eye"),
    "grandmother": ("moss", "mother"),
    "noon": ("sun", "day"),
    "whisker": ("nose", "reed"),
    "family": ("tree", "friend"),
    "letter": ("word", "leaf"),
    "neighbour": ("shore", "friend"),
    "cake": ("honey", "stone"),
    "holiday": ("day", "DIM"),
    "puddle": ("rain", "DIM"),
    "nest": ("egg", "PLC"),
    "ruin": ("silence", "PLC"),
    "story": ("say", "NMLZ"),
    "guest": ("visit", "NMLZ"),
    "beast": ("grumble", "NMLZ"),
}


@dataclass(frozen=True)
class Concept:
    """One thing the language has a word for.

    name: its English lemma, unique, without spaces; also its Leipzig gloss.
    group: the table it stands in, such as "food"; for a verb its valency.
    english: lemma; past and ing: of a verb; plural: of a noun.
    article: of a noun, "count", "mass" or "unique".
    """

    name: str
    word_class: WordClass
    group: str
    english: str
    past: str = ""
    plural: str = ""
    ing: str = ""
    article: str = "count"


def make_noun(token: str, group: str = "added") -> Concept:
    """A noun from its notation; the plural is regular unless given."""
    article = {"~": "mass", "!": "unique"}.get(token[-1], "count")
    name, _, plural = token.rstrip("~!").partition("/")
    english = name.replace("_", " ")
    regular = english + "s"
    if english.endswith(("s", "sh", "ch", "x")):
        regular = english + "es"
    elif english.endswith("y") and english[-2:-1] not in "aeiou":
        regular = english[:-1] + "ies"
    return Concept(name, "noun", group, english, plural=plural or regular, article=article)


def make_verb(token: str, group: str = "intransitive") -> Concept:
    """A verb from its notation; past and -ing are regular unless given."""
    name, *irregular = token.split("/")
    head, *particle = name.split("_")
    past = head + ("d" if head.endswith("e") else "ed")
    if head.endswith("y") and head[-2:-1] not in "aeiou":
        past = head[:-1] + "ied"
    ing = (head[:-1] if head.endswith("e") and not head.endswith("ee") else head) + "ing"
    forms = [form.split("_")[0] for form in irregular] + ["", ""]
    past, ing = forms[0] or past, forms[1] or ing
    lemma, past, ing = (" ".join([form, *particle]) for form in (head, past, ing))
    return Concept(name, "verb", group, lemma, past=past, ing=ing)


def make_plain(name: str, word_class: WordClass, group: str = "added") -> Concept:
    """A concept whose English does not change."""
    return Concept(name, word_class, group, name.replace("_", " "))


def _read_tables() -> dict[str, Concept]:
    found: list[Concept] = []
    for group, tokens in NOUNS.items():
        found += [make_noun(token, group) for token in tokens.split()]
    for group, tokens in VERBS.items():
        found += [make_verb(token, group) for token in tokens.split()]
    tables: list[tuple[WordClass, dict[str, str]]] = [
        ("adjective", ADJECTIVES),
        ("adverb", ADVERBS),
        ("pronoun", PRONOUNS),
        ("determiner", {"determiner": DETERMINERS}),
        ("conjunction", {"conjunction": CONJUNCTIONS}),
        ("exclamation", EXCLAMATIONS),
    ]
    for word_class, groups in tables:
        for group, tokens in groups.items():
            found += [make_plain(token, word_class, group) for token in tokens.split()]
    return {concept.name: concept for concept in found}


CONCEPTS = _read_tables()
