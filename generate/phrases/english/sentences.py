"""Say a message in natural English: the translation on the card.

The message alone decides, so the translation always means what the phrase means. The language has
no articles; English gets "the" for subjects, for places and for things of which there is one, and
"a" for other objects.
"""

from __future__ import annotations

from collections.abc import Mapping

from generate.phrases.english.nouns import MANY, say_around, say_noun, spread_adjectives
from generate.phrases.language.concepts import Concept
from generate.phrases.language.message import Clause, Message, NounPhrase

BEFORE_VERB = ("always", "often", "never", "still", "almost", "gladly")
CLOSE = ("together", "alone", "backwards", "slowly", "quietly", "loudly", "politely")
QUESTIONS = ("where", "why", "how")
RECEIVERS = ("I", "you", "we", "it", "they")
# Verbs after which English leaves out "that".
SILENT_THAT = ("think", "thinks", "thought", "hope", "hopes", "hoped", "say", "says", "said")
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


def _new_subject(clause: Clause) -> bool:
    return clause.join == "and" and (clause.subject is not None or clause.mood == "IMP")


def _asks(clause: Clause) -> bool:
    named = [p.noun for p in (clause.subject, clause.object, clause.identity) if p]
    return clause.mood == "Q" or bool({"who", "what", *QUESTIONS} & {*named, *clause.adverbs})


def _number(phrase: NounPhrase | None, concepts: Mapping[str, Concept]) -> str:
    """The form of "be" for a subject: "am", "is" or "are"."""
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
    """The third person singular: "goes", "carries", "wakes up"."""
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
    """One clause without capital or full stop; ``before`` is the subject of the clause before."""
    command = clause.mood == "IMP"
    subject = clause.subject or (None if command else before)
    be = _number(subject, concepts)
    named = say_noun(clause.subject, concepts, "s") if clause.subject else ""
    early = [a for a in clause.adverbs if a in BEFORE_VERB]
    wh = [a for a in clause.adverbs if a in QUESTIONS]
    late = [a for a in clause.adverbs if a not in (*early, *wh, "maybe")]
    around = list(clause.around)
    receiver = next((p for role, p in around if role == "to" and p.noun in RECEIVERS), None)
    given = bool(clause.verb) and concepts[clause.verb].group == "ditransitive"
    if not given or clause.object is None or clause.object.noun == "what":
        receiver = None
    if receiver:
        around.remove(("to", receiver))
    alike = next((p for role, p in around if role == "like"), None)
    if not clause.quality or clause.quality.endswith("!"):
        alike = None
    if alike:
        around.remove(("like", alike))
    rest = [say_around(role, phrase, concepts) for role, phrase in around]
    close = [a for a in late if a in CLOSE]
    rest = [*close, *rest, *(a.replace("_", " ") for a in late if a not in CLOSE)]
    obj = say_noun(clause.object, concepts) if clause.object else ""
    if receiver:
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
        obj = spread_adjectives((clause.quality,))[0].replace("_", " ")
        if alike:
            obj = f"as {obj} as {say_noun(alike, concepts, 'like')}"
    elif clause.identity:
        obj = say_noun(clause.identity, concepts, "p")
    if auxiliary:
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
    """Auxiliary ("" where there is none) and verb, in tense, number and polarity."""
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
