"""What a phrase means: clauses of concepts, before they are words of any language.

The grammar and English both say the same message, so a translation always fits its phrase.
`read_message` reads a message from one line of notation, and `Message.note` gives that line:
``s=I v=forget.PST o=my_blue_hat at=river ; but s=river v=forget.NEG o=I``.

- ``s`` subject, ``o`` object, ``v`` verb, ``p`` what the subject is (adjective or noun phrase),
  ``at to from with like`` circumstances, ``a`` adverbs, ``x`` an exclamation before the clause;
- a noun phrase is ``determiner_adjective_owner_noun``; the owner is ``my`` or ``moon's``; a noun
  takes ``+`` for plural and ``.dim`` for small, an adjective ``!`` for "very";
- a verb or predicate takes ``.PST .FUT .NEG .ITER .IMP .OPT .Q``; ``;`` separates clauses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generate.phrases.language.concepts import CONCEPTS, Concept

ROLES = ("at", "to", "from", "with", "like")
OWNERS = {"my": "I", "your": "you", "our": "we", "their": "they", "its": "it"}
TENSES, MOODS = ("PST", "FUT"), ("IMP", "OPT", "Q")


@dataclass(frozen=True)
class NounPhrase:
    """A noun or pronoun with its modifiers; ``owner`` is a pronoun or a noun without modifiers."""

    noun: str
    plural: bool = False
    small: bool = False
    determiner: str = ""
    adjectives: tuple[str, ...] = ()
    owner: str = ""

    @property
    def note(self) -> str:
        """The notation of this phrase."""
        owner = {v: k for k, v in OWNERS.items()}.get(self.owner, f"{self.owner}'s")
        parts = [self.determiner, owner if self.owner else "", *self.adjectives]
        tail = self.noun + (".dim" if self.small else "") + ("+" if self.plural else "")
        return "_".join([part for part in parts if part] + [tail])


@dataclass(frozen=True)
class Clause:
    """Who does what to whom, or who is what.

    join: the conjunction before it, "" for the first. verb: a verb, or "" where ``quality`` (an
    adjective) or ``identity`` says what the subject is. tense: "", "PST" or "FUT". mood: "",
    "IMP" (command), "OPT" (wish) or "Q" (question). around: circumstances, each a role and a
    noun phrase.
    """

    subject: NounPhrase | None = None
    verb: str = ""
    object: NounPhrase | None = None
    quality: str = ""
    identity: NounPhrase | None = None
    around: tuple[tuple[str, NounPhrase], ...] = ()
    adverbs: tuple[str, ...] = ()
    exclamation: str = ""
    tense: str = ""
    negative: bool = False
    again: bool = False
    mood: str = ""
    join: str = ""

    @property
    def note(self) -> str:
        """The notation of this clause."""
        flags = [
            self.tense,
            "NEG" if self.negative else "",
            "ITER" if self.again else "",
            self.mood,
        ]
        marks = "".join(f".{flag}" for flag in flags if flag)
        parts = [self.join, f"x={self.exclamation}" if self.exclamation else ""]
        parts += [f"a={adverb}" for adverb in self.adverbs]
        parts += [f"s={self.subject.note}" if self.subject else ""]
        parts += [f"v={self.verb}{marks}" if self.verb else ""]
        parts += [f"p={self.quality}{marks}" if self.quality else ""]
        parts += [f"p={self.identity.note}{marks}" if self.identity else ""]
        parts += [f"o={self.object.note}" if self.object else ""]
        parts += [f"{role}={phrase.note}" for role, phrase in self.around]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Message:
    """One to three clauses."""

    clauses: tuple[Clause, ...]

    @property
    def note(self) -> str:
        """The notation of the message; `read_message` gives an equal message back."""
        return " ; ".join(clause.note for clause in self.clauses)

    @property
    def concepts(self) -> frozenset[str]:
        """Names of all concepts in it."""
        words = self.note
        for mark in ("=", "_", "+", "!", ".", "'s", ";"):
            words = words.replace(mark, " ")
        return frozenset(name for name in words.split() if name in CONCEPTS)


class Mistake(ValueError):
    """A message that cannot be said: an unknown concept, a wrong class or valency."""


def read_noun_phrase(text: str) -> NounPhrase:
    """The noun phrase of a notation such as ``two_red!_moon's_leaf+``."""
    *before, noun = text.split("_")
    plural, small = noun.endswith("+"), ".dim" in noun
    noun = noun.removesuffix("+").removesuffix(".dim")
    determiner = owner = ""
    adjectives: list[str] = []
    for word in before:
        if word in OWNERS:
            owner = OWNERS[word]
        elif word.endswith("'s"):
            owner = word[:-2]
        elif (known := CONCEPTS.get(word)) and known.word_class == "determiner":
            determiner = word
        else:
            adjectives.append(word)
    return NounPhrase(noun, plural, small, determiner, tuple(adjectives), owner)


def read_message(text: str) -> Message:
    """The message of a line of notation; raises `Mistake` for an unknown role."""
    clauses = []
    for part in text.split(" ; "):
        fields: dict = {"around": [], "adverbs": []}
        for token in part.split():
            key, equals, value = token.partition("=")
            if not equals:
                fields["join"] = key
            elif key in ("v", "p"):
                value, *flags = value.replace(".dim", "~").split(".")
                _read_head(fields, key, value.replace("~", ".dim"))
                fields["tense"] = next((f for f in flags if f in TENSES), "")
                fields["mood"] = next((f for f in flags if f in MOODS), "")
                fields["negative"], fields["again"] = "NEG" in flags, "ITER" in flags
            elif key in ("s", "o"):
                fields["subject" if key == "s" else "object"] = read_noun_phrase(value)
            elif key == "a":
                fields["adverbs"].append(value)
            elif key == "x":
                fields["exclamation"] = value
            elif key in ROLES:
                fields["around"].append((key, read_noun_phrase(value)))
            else:
                raise Mistake(f"unknown role {key}= in: {text}")
        fields["around"], fields["adverbs"] = tuple(fields["around"]), tuple(fields["adverbs"])
        clauses.append(Clause(**fields))
    return Message(tuple(clauses))


def _read_head(fields: dict, key: str, value: str) -> None:
    known = CONCEPTS.get(value.rstrip("!"))
    if key == "v":
        fields["verb"] = value
    elif known and known.word_class == "adjective":
        fields["quality"] = value
    else:
        fields["identity"] = read_noun_phrase(value)


def check_message(message: Message, concepts: Mapping[str, Concept] = CONCEPTS) -> None:
    """Raise `Mistake` for a message that cannot be said, with the first reason found."""

    def need(name: str, *classes: str) -> None:
        known = concepts.get(name)
        if known is None:
            raise Mistake(f"no such concept: {name}")
        if known.word_class not in classes:
            raise Mistake(f"{name} is a {known.word_class}, not a {' or '.join(classes)}")

    def need_phrase(phrase: NounPhrase) -> None:
        need(phrase.noun, "noun", "pronoun")
        dressed = phrase.plural or phrase.small or phrase.determiner or phrase.owner
        if concepts[phrase.noun].word_class == "pronoun" and (dressed or phrase.adjectives):
            raise Mistake(f"the pronoun {phrase.noun} takes no modifiers")
        for adjective in phrase.adjectives:
            need(adjective.rstrip("!"), "adjective")
        if phrase.determiner:
            need(phrase.determiner, "determiner")
        if phrase.owner:
            need(phrase.owner, "noun", "pronoun")

    if not 1 <= len(message.clauses) <= 3:
        raise Mistake("a message has one to three clauses")
    for index, clause in enumerate(message.clauses):
        heads = [bool(clause.verb), bool(clause.quality), clause.identity is not None]
        if sum(heads) != 1:
            raise Mistake("a clause has either a verb or one thing that its subject is")
        if bool(clause.join) != bool(index):
            raise Mistake("each clause but the first begins with a conjunction")
        if clause.join:
            need(clause.join, "conjunction")
        if clause.subject is None and index == 0 and clause.mood != "IMP":
            raise Mistake("the first clause needs a subject unless it is a command")
        if clause.mood == "IMP" and clause.subject is not None:
            raise Mistake("a command has no subject")
        if clause.verb:
            _check_verb(message, index, concepts)
            need(clause.verb, "verb")
        elif clause.object is not None:
            raise Mistake("only a verb takes an object")
        if clause.quality:
            need(clause.quality.rstrip("!"), "adjective")
        phrases = [clause.subject, clause.object, clause.identity, *dict(clause.around).values()]
        for phrase in phrases:
            if phrase is not None:
                need_phrase(phrase)
        for adverb in clause.adverbs:
            need(adverb, "adverb")
        if clause.exclamation:
            need(clause.exclamation, "exclamation")


def _check_verb(message: Message, index: int, concepts: Mapping[str, Concept]) -> None:
    """Raise `Mistake` for a verb that lacks what its valency needs, or has what it cannot take."""
    clause = message.clauses[index]
    verb = concepts.get(clause.verb)
    if verb is None:
        raise Mistake(f"no such concept: {clause.verb}")
    following = message.clauses[index + 1].join if index + 1 < len(message.clauses) else ""
    takes_object = verb.group in ("transitive", "ditransitive")
    if takes_object and clause.object is None:
        raise Mistake(f"{clause.verb} needs an object")
    if not takes_object and clause.object is not None:
        raise Mistake(f"{clause.verb} takes no object")
    if verb.group == "ditransitive" and "to" not in dict(clause.around):
        raise Mistake(f"{clause.verb} needs one who receives (to)")
    if verb.group == "sentential" and following != "that":
        raise Mistake(f"{clause.verb} needs a clause that begins with that")
    if following == "that" and verb.group != "sentential":
        raise Mistake(f"{clause.verb} cannot be followed by that")
