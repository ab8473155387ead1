"""What a model is asked and may answer: concepts by class, in a strict schema; reads nothing.

The model chooses meaning alone. Its clauses become a `Message`, and the grammar says that; so a
phrase cannot drift from the language, nor its translation from the phrase.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence
from typing import Annotated, Any, ClassVar, Literal

import nh3
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
)

from generate.phrases.chat.answers import find_cards
from generate.phrases.chat.loose import Loose, find_concept, lower
from generate.phrases.language.clashes import is_clean
from generate.phrases.language.language import Language, Phrase
from generate.phrases.language.message import OWNERS, Clause, Message, Mistake, NounPhrase
from generate.phrases.writing.choosing import LONGEST, SHORTEST

LITTLE = "little"
MARKS = {"past": "PST", "future": "FUT", "command": "IMP", "wish": "OPT", "question": "Q"}
BACK = 600  # letters that a card's back has room for

MOODS = ("statement", "joyful", "wistful", "alarm", "question")


def read_mood(mood: Any) -> str:
    """A mood as it is spelt here; a statement's for one that is not known."""
    mood = mood[0] if isinstance(mood, list) and mood else mood
    return next((known for known in MOODS if known == str(mood).strip().lower()), MOODS[0])


Mark = Annotated[
    Literal["past", "future", "not", "again", "command", "wish", "question"], BeforeValidator(lower)
]
Role = Annotated[Literal["at", "to", "from", "with", "like"], BeforeValidator(lower)]
Mood = Annotated[
    Literal["statement", "joyful", "wistful", "alarm", "question"], BeforeValidator(read_mood)
]
# A word class stands for the list of its words until `make_schema` knows the language.
Noun = Annotated[str, WithJsonSchema({"enum": "noun"})]
Verb = Annotated[str, WithJsonSchema({"enum": "verb"})]
Adjective = Annotated[str, WithJsonSchema({"enum": "adjective"})]
Adverb = Annotated[str, WithJsonSchema({"enum": "adverb"})]
Conjunction = Annotated[str, WithJsonSchema({"enum": "conjunction"})]
Exclamation = Annotated[str, WithJsonSchema({"enum": "exclamation"})]
Modifier = Annotated[str, WithJsonSchema({"enum": "modifier"})]


class Thing(Loose):
    """A noun with what describes it."""

    noun: Noun
    plural: bool = False
    described: list[Modifier] = Field(default_factory=list, max_length=4)

    def read(self, language: Language) -> NounPhrase:
        determiner = owner = ""
        adjectives = []
        for told in self.described:
            word = lower(told) if lower(told) in (*OWNERS, LITTLE) else find_concept(told, language)
            concept = language.concepts.get(word)
            if word in OWNERS:
                owner = OWNERS[word]
            elif concept and concept.word_class == "determiner":
                determiner = word
            elif word != LITTLE:
                adjectives.append(word)
        if owner and determiner:
            raise Mistake(f"{self.noun} takes an owner or a {determiner}, not both")
        small = LITTLE in map(lower, self.described)
        noun = find_concept(self.noun, language)
        plural = self.plural or (
            noun != self.noun and language.concepts[noun].plural == lower(self.noun)
        )
        return NounPhrase(noun, plural, small, determiner, tuple(adjectives), owner)


class Around(Loose):
    """Where, whither, whence, with what, like what."""

    role: Role
    thing: Thing


class Part(Loose):
    """One clause."""

    join: Conjunction | None = None
    call: Exclamation | None = None
    subject: Thing | None = None
    verb: Verb | None = None
    object: Thing | None = None
    quality: Adjective | None = None
    identity: Thing | None = None
    marks: list[Mark] = Field(default_factory=list, max_length=4)
    around: list[Around] = Field(default_factory=list, max_length=3)
    adverbs: list[Adverb] = Field(default_factory=list, max_length=2)

    def read(self, language: Language, first: bool) -> Clause:
        marks = {MARKS[mark] for mark in self.marks if mark in MARKS}
        if len({"PST", "FUT"} & marks) > 1 or len({"IMP", "OPT", "Q"} & marks) > 1:
            raise Mistake(f"marks {', '.join(self.marks)} do not go together")
        roles = [part.role for part in self.around]
        if len(set(roles)) < len(roles):
            raise Mistake("each role of around may stand once")
        mood = next((mark for mark in ("IMP", "OPT", "Q") if mark in marks), "")
        subject = self.subject.read(language) if self.subject else None
        if mood == "IMP" and subject == NounPhrase("you"):
            subject = None
        return Clause(
            subject=subject,
            verb=find_concept(self.verb, language),
            object=self.object.read(language) if self.object else None,
            quality=find_concept(self.quality, language),
            identity=self.identity.read(language) if self.identity else None,
            around=tuple((part.role, part.thing.read(language)) for part in self.around),
            adverbs=tuple(find_concept(word, language) for word in self.adverbs),
            exclamation=find_concept(self.call, language),
            tense=next((mark for mark in ("PST", "FUT") if mark in marks), ""),
            negative="not" in self.marks,
            again="again" in self.marks,
            mood=mood,
            join="" if first else find_concept(self.join, language) or "and",
        )


class Postcard(Loose):
    """One card: the number it was asked under, what is said, and English for its back."""

    others: ClassVar[dict[str, str]] = dict.fromkeys(("message", "text", "body", "letter"), "back")

    card: int
    mood: Mood = "statement"
    clauses: list[Part] = Field(min_length=1, max_length=3)
    back: str = ""

    def read(self, language: Language) -> Message:
        """The message; raises `Mistake` for what `language` would not say."""
        parts = self.clauses
        return Message(tuple(part.read(language, not at) for at, part in enumerate(parts)))


class Sheet(BaseModel):
    """All cards of one answer."""

    cards: list[Postcard]


def list_words(language: Language) -> dict[str, list[str]]:
    """The words of each class that a model may choose from; coined ones are left to free mode."""
    words: dict[str, list[str]] = {}
    for name, concept in language.concepts.items():
        if name not in language.coined:
            words.setdefault(concept.word_class, []).append(name)
    modifiers = [*OWNERS, LITTLE, *words.pop("determiner", []), *words["adjective"]]
    return {**words, "noun": words["noun"] + words.pop("pronoun", []), "modifier": modifiers}


def make_schema(language: Language) -> dict[str, Any]:
    """The JSON schema of a `Sheet`, in the strict subset that OpenAI's servers enforce.

    That subset wants every property required and no others allowed; what is optional may be null.
    """
    words = {name: {"type": "string", "enum": enum} for name, enum in list_words(language).items()}
    schema = _tighten(Sheet.model_json_schema())
    schema["$defs"] |= words
    return schema


def _tighten(node: Any) -> Any:
    if isinstance(node, list):
        return [_tighten(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("enum"), str):
        return {"$ref": f"#/$defs/{node['enum']}"}
    dropped = ("title", "default", "description")
    tight = {key: _tighten(value) for key, value in node.items() if key not in dropped}
    if tight.get("type") == "object":
        tight |= {"required": list(tight["properties"]), "additionalProperties": False}
    return tight


def write_form(message: Message) -> list[dict[str, Any]]:
    """The clauses of ``message`` as a model is to write them."""

    def thing(phrase: NounPhrase | None) -> dict[str, Any] | None:
        if phrase is None:
            return None
        owner = [word for word, person in OWNERS.items() if person == phrase.owner]
        described = [*owner, LITTLE if phrase.small else "", phrase.determiner, *phrase.adjectives]
        described = [word for word in described if word]
        return {"noun": phrase.noun, "plural": phrase.plural, "described": described}

    def part(clause: Clause) -> dict[str, Any]:
        said = (clause.tense, clause.mood)
        marks = [mark for mark, label in MARKS.items() if label in said]
        marks += ["not"] * clause.negative + ["again"] * clause.again
        return {
            "join": clause.join or None,
            "call": clause.exclamation or None,
            "subject": thing(clause.subject),
            "verb": clause.verb or None,
            "object": thing(clause.object),
            "quality": clause.quality or None,
            "identity": thing(clause.identity),
            "marks": marks,
            "around": [{"role": role, "thing": thing(noun)} for role, noun in clause.around],
            "adverbs": list(clause.adverbs),
        }

    return [part(clause) for clause in message.clauses]


def read_cards(text: str, asked: Sequence[int] = ()) -> dict[int, Postcard | str]:
    """Cards of an answer by number, or what is wrong with each; empty where none can be found.

    The first that will do counts. Cards that bear no number, or none of those ``asked`` for, are
    taken in order where they are as many.
    """
    found: dict[int, Postcard | str] = {}
    nameless: list[Postcard | str] = []
    for number, fields in find_cards(text):
        card: Postcard | str
        try:
            card = Postcard.model_validate({**fields, "card": number or 0})
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            card = f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
        if number is None:
            nameless += [card] if card not in nameless else []
        elif number not in found or (isinstance(found[number], str) and isinstance(card, Postcard)):
            found[number] = card
    cards = [*found.values()] or nameless
    if asked and len(cards) == len(asked) and not found.keys() & set(asked):
        return dict(zip(asked, cards, strict=True))
    return found


def check_phrase(language: Language, phrase: Phrase, taken: Collection[str]) -> None:
    """Raise `Mistake` for a phrase too short or long, met before, or unlucky in its sounds."""
    count = len(phrase.words)
    if not SHORTEST <= count <= LONGEST:
        raise Mistake(f"it has {count} words; {SHORTEST} to {LONGEST} are wanted")
    if phrase.text in taken:
        raise Mistake("another card says this already")
    for word in phrase.words:
        if not is_clean(word.form):
            raise Mistake(f"choose another word than {word.meaning}, which sounds wrong here")


def clean_english(text: str, most: int = BACK) -> str:
    """Plain text in one paragraph: no tags, links or images, at most ``most`` letters."""
    text = text[: 8 * BACK]
    text = re.sub(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)", r"\1", text)
    text = re.sub(r"\[[^\]]*\]\s*:\s*\S+|https?://\S+", "", text)
    bare = nh3.clean(text.replace("\0", ""), tags=set(), clean_content_tags={"script", "style"})
    # Unescaped once more only where no tag can come of it.
    plain = re.sub(r"[<>]", "", html.unescape(bare))
    plain = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    plain = plain.lstrip("#>-*+=|`~ ")
    if len(plain) <= most:
        return plain
    whole = re.match(rf"(?s).{{1,{most - 1}}}[.!?](?= )", plain)
    return whole[0] if whole else plain[: most - 1].rsplit(" ", 1)[0] + "…"
