"""Say a message in natural English: the translation on the card; reads and writes nothing.

Everything follows from the message alone, so the phrase and its translation cannot part ways.
The language has no articles; English gets "the" for subjects, places and things there is one of,
"a" for other objects.
"""

from __future__ import annotations

from collections.abc import Mapping

from generate.phrases.concepts import Concept
from generate.phrases.message import Clause, Message, NounPhrase

SUBJECT = {"you": "you", "I": "I", "it": "it", "we": "we", "they": "they"}
OBJECT = {"I": "me", "we": "us", "they": "them"}
OWNER = {"I": "my", "you": "your", "it": "its", "we": "our", "they": "their"}
MANY = ("two", "three", "seven", "many")
BEFORE_VERB = ("always", "often", "never", "still", "almost", "gladly")
CLOSE = ("together", "alone", "backwards", "slowly", "quietly", "loudly", "politely")
QUESTIONS = ("where", "why", "how")
RECEIVERS = ("I", "you", "we", "it", "they")
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
CALLS = {"behold": "Behold:", "hello": "Hello!", "farewell": "Farewell!", "oh": "Oh,"}


def say(message: Message, concepts: Mapping[str, Concept]) -> str:
    """The message as one English sentence."""
    text, subject = "", None
    for clause in message.clauses:
        spoken = _say_clause(clause, subject, concepts)
        if clause.join:
            ordered = clause.join == "because" and message.clauses[0].mood == "IMP"
            comma = "," if clause.join in ("but", "so") or _new_subject(clause) or ordered else ""
            link = "" if clause.join == "that" and text.endswith(SILENT_THAT) else clause.join
            text = " ".join(part for part in (text + comma, link, spoken) if part)
        else:
            text = spoken
        subject = clause.subject or subject
    first = message.clauses[0]
    if first.exclamation:
        group = concepts[first.exclamation].group
        word = first.exclamation.replace("_", " ").capitalize()
        call = CALLS.get(first.exclamation, word + ("!" if group == "sound" else ","))
        text = f"{call} {text[0].upper() + text[1:] if call[-1] == '!' else text}"
    mark = "?" if any(_asks(clause) for clause in message.clauses[:1]) else "."
    return text[0].upper() + text[1:] + mark


SILENT_THAT = ("think", "thinks", "thought", "hope", "hopes", "hoped", "say", "says", "said")


def _new_subject(clause: Clause) -> bool:
    return clause.join == "and" and (clause.subject is not None or clause.mood == "IMP")


def _asks(clause: Clause) -> bool:
    named = [p.noun for p in (clause.subject, clause.object, clause.identity) if p]
    return clause.mood == "Q" or bool({"who", "what", *QUESTIONS} & {*named, *clause.adverbs})


def say_noun(phrase: NounPhrase, concepts: Mapping[str, Concept], role: str = "o") -> str:
    """A noun phrase in English; ``role`` "s", "o", "p" or a circumstance decides its article."""
    noun = phrase.noun
    concept = concepts[noun]
    if concept.word_class == "pronoun":
        return noun if role == "s" else OBJECT.get(noun, noun)
    if phrase == NounPhrase("day", determiner="this"):
        return "today"
    counted = phrase.determiner in MANY
    plural = (phrase.plural or counted) and concept.article != "mass"
    plural = plural and phrase.determiner not in ("every", "one")
    words = [a.replace("_", " ") for a in _spread(phrase.adjectives)]
    words += ["little"] if phrase.small else []
    words.append(concept.plural if plural else concept.english)
    if phrase.owner in OWNER:
        words.insert(0, OWNER[phrase.owner])
    elif phrase.owner:
        words.insert(0, f"the {concepts[phrase.owner].english}'s")
    if phrase.determiner:
        some = "certain" if plural or concept.article == "mass" else "a certain"
        leads = {"this": "these" if plural else "this", "some": some}
        lead = leads.get(phrase.determiner, phrase.determiner)
        if lead == "many" and concept.article == "mass":
            lead = "much"
        of = " of" if phrase.owner else ""
        return " ".join([lead + of, *words])
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


def _spread(adjectives: tuple[str, ...]) -> list[str]:
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


def _number(phrase: NounPhrase | None, concepts: Mapping[str, Concept]) -> str:
    """Which form of "be" the subject takes: "am", "is" or "are"."""
    if phrase is None:
        return "are"
    if phrase.noun == "I":
        return "am"
    if phrase.noun in ("you", "we", "they"):
        return "are"
    mass = concepts[phrase.noun].article == "mass"
    many = (phrase.plural or phrase.determiner in MANY) and phrase.determiner not in (
        "every",
        "one",
    )
    return "are" if many and not mass else "is"


def third_person(lemma: str) -> str:
    """The form after she: "goes", "carries", "wakes up"."""
    head, *rest = lemma.split(" ")
    if head == "have":
        head = "has"
    elif head.endswith(("s", "sh", "ch", "x", "o")):
        head += "es"
    elif head.endswith("y") and head[-2] not in "aeiou":
        head = head[:-1] + "ies"
    else:
        head += "s"
    return " ".join([head, *rest])


def _say_clause(clause: Clause, before: NounPhrase | None, concepts: Mapping[str, Concept]) -> str:
    """One clause without capital or full stop; ``before`` is the subject to go on with."""
    command = clause.mood == "IMP"
    subject = clause.subject or (None if command else before)
    be = _number(subject, concepts)
    named = say_noun(clause.subject, concepts, "s") if clause.subject else ""
    early = [a for a in clause.adverbs if a in BEFORE_VERB]
    wh = [a for a in clause.adverbs if a in QUESTIONS]
    late = [a for a in clause.adverbs if a not in (*early, *wh, "maybe")]
    around = list(clause.around)
    receiver = next((p for role, p in around if role == "to" and p.noun in RECEIVERS), None)
    given = clause.verb and concepts[clause.verb].group == "ditransitive"
    if given and receiver and clause.object and clause.object.noun != "what":
        around.remove(("to", receiver))
    rest = [say_around(role, phrase, concepts) for role, phrase in around]
    close = [a for a in late if a in CLOSE]
    rest = [*close, *rest, *(a.replace("_", " ") for a in late if a not in CLOSE)]
    obj = say_noun(clause.object, concepts) if clause.object else ""
    if len(around) < len(clause.around) and receiver:
        obj = f"{say_noun(receiver, concepts)} {obj}"
    asked = clause.object is not None and clause.object.noun == "what"
    if asked:
        wh, obj = ["what"], ""
    if clause.verb == "exist" and clause.subject:
        named, obj = "there", say_noun(clause.subject, concepts, "o")
    invert = (clause.mood == "Q" or bool(wh)) and not command
    if clause.subject and clause.subject.noun in ("who", "what"):
        invert = False
    auxiliary, verb = _say_verb(clause, be, invert, concepts)
    if clause.quality:
        obj = _spread((clause.quality,))[0].replace("_", " ")
    elif clause.identity:
        obj = say_noun(clause.identity, concepts, "p")
    if auxiliary.endswith("n't") and early:
        middle = [auxiliary, *early, verb]
    elif auxiliary:
        middle = [auxiliary, *early, verb]
    elif clause.quality or clause.identity or clause.verb == "exist":
        middle = [verb, *early]
    else:
        middle = [*early, verb]
    if invert:
        core = [*wh, middle[0], named, *middle[1:], obj]
    elif clause.mood == "OPT":
        core = ["may", named, *middle, obj]
    else:
        core = [named, *middle, obj]
    lead = ["maybe"] if "maybe" in clause.adverbs else []
    return " ".join(word for word in [*lead, *core, *rest] if word)


def _say_verb(
    clause: Clause, be: str, invert: bool, concepts: Mapping[str, Concept]
) -> tuple[str, str]:
    """Auxiliary ("" where none) and verb, in tense, number and polarity."""
    is_be = not clause.verb or clause.verb == "exist"
    lemma = "be" if is_be else concepts[clause.verb].english
    tail = ""
    if clause.again and not is_be:
        lemma, tail = "keep", " " + concepts[clause.verb].ing
    if clause.mood == "IMP":
        return ("don't" if clause.negative else ""), lemma + tail
    if clause.mood == "OPT":
        return ("not" if clause.negative else ""), lemma + tail
    if clause.tense == "FUT":
        return ("won't" if clause.negative else "will"), lemma + tail
    if is_be:
        form = be
        if clause.tense == "PST":
            form = "were" if be == "are" else "was"
        if clause.negative:
            form = "am not" if form == "am" else form + "n't"
        return (form, "") if invert else ("", form)
    past = clause.tense == "PST"
    if clause.negative or invert:
        do = "did" if past else ("does" if be == "is" else "do")
        return do + ("n't" if clause.negative else ""), lemma + tail
    if past:
        return "", ("kept" if tail else concepts[clause.verb].past) + tail
    return "", (third_person(lemma) if be == "is" else lemma) + tail
