"""What a model is asked and may answer: concepts by class, in a strict schema; reads nothing.

The model chooses meaning alone. Its clauses become a `Message`, and the grammar says that; so a
phrase cannot drift from the language, nor its translation from the phrase.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection
from typing import Annotated, Any, Literal

import nh3
from pydantic import BaseModel, Field, ValidationError, WithJsonSchema

from generate.phrases.language.clashes import is_clean
from generate.phrases.language.language import Language, Phrase
from generate.phrases.language.message import OWNERS, Clause, Message, Mistake, NounPhrase
from generate.phrases.writing.choosing import LONGEST, SHORTEST

LITTLE = "little"
MARKS = {"past": "PST", "future": "FUT", "command": "IMP", "wish": "OPT", "question": "Q"}
BACK = 600  # letters that a card's back has room for

Mark = Literal["past", "future", "not", "again", "command", "wish", "question"]
# A word class stands for the list of its words until `make_schema` knows the language.
Noun = Annotated[str, WithJsonSchema({"enum": "noun"})]
Verb = Annotated[str, WithJsonSchema({"enum": "verb"})]
Adjective = Annotated[str, WithJsonSchema({"enum": "adjective"})]
Adverb = Annotated[str, WithJsonSchema({"enum": "adverb"})]
Conjunction = Annotated[str, WithJsonSchema({"enum": "conjunction"})]
Exclamation = Annotated[str, WithJsonSchema({"enum": "exclamation"})]
Modifier = Annotated[str, WithJsonSchema({"enum": "modifier"})]


class Thing(BaseModel):
    """A noun with what describes it."""

    noun: Noun
    plural: bool = False
    described: list[Modifier] = Field(default_factory=list, max_length=4)

    def read(self, language: Language) -> NounPhrase:
        determiner = owner = ""
        adjectives = []
        for word in self.described:
            concept = language.concepts.get(word)
            if word in OWNERS:
                owner = OWNERS[word]
            elif concept and concept.word_class == "determiner":
                determiner = word
            elif word != LITTLE:
                adjectives.append(word)
        if owner and determiner:
            raise Mistake(f"{self.noun} takes an owner or a {determiner}, not both")
        small = LITTLE in self.described
        return NounPhrase(self.noun, self.plural, small, determiner, tuple(adjectives), owner)


class Around(BaseModel):
    """Where, whither, whence, with what, like what."""

    role: Literal["at", "to", "from", "with", "like"]
    thing: Thing


class Part(BaseModel):
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
            verb=self.verb or "",
            object=self.object.read(language) if self.object else None,
            quality=self.quality or "",
            identity=self.identity.read(language) if self.identity else None,
            around=tuple((part.role, part.thing.read(language)) for part in self.around),
            adverbs=tuple(self.adverbs),
            exclamation=self.call or "",
            tense=next((mark for mark in ("PST", "FUT") if mark in marks), ""),
            negative="not" in self.marks,
            again="again" in self.marks,
            mood=mood,
            join="" if first else self.join or "and",
        )


class Postcard(BaseModel):
    """One card: the number it was asked under, what is said, and English for its back."""

    card: int
    mood: Literal["statement", "joyful", "wistful", "alarm", "question"] = "statement"
    clauses: list[Part] = Field(min_length=1, max_length=3)
    back: str

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


def read_cards(text: str) -> dict[int, Postcard | str]:
    """Cards of an answer by number, or what is wrong with each; empty where it is no JSON.

    What some models put around the JSON (a fence, their thoughts) is passed over.
    """
    text = text.rpartition("</think>")[2]
    start, end = text.find("{"), text.rfind("}")
    try:
        data = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return {}
    cards = data.get("cards") if isinstance(data, dict) else None
    found: dict[int, Postcard | str] = {}
    for item in cards if isinstance(cards, list) else []:
        number = item.get("card") if isinstance(item, dict) else None
        if not isinstance(number, int) or number in found:
            continue
        try:
            found[number] = Postcard.model_validate(item)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            found[number] = f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
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
