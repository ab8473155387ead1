"""The structured mode: ask a model for meanings, and let the grammar say them; reads nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from generate.phrases.chat.form import (
    Postcard,
    check_phrase,
    clean_english,
    list_words,
    make_schema,
    read_cards,
    write_form,
)
from generate.phrases.language.language import Language
from generate.phrases.language.message import Mistake, read_message
from generate.phrases.writing.offline import Choice

if TYPE_CHECKING:
    from generate.phrases.writing.writer import Brief

# Picture, message, mood, and the card's back.
EXAMPLES = (
    (
        "night | a spotted blue frog with a frill, in a swamp",
        "s=moon v=borrow.PST o=my_drum ; so s=I v=hum",
        "wistful",
        "The moon has my drum again and says it needs the practice. Until it comes back I do the "
        "drumming with my throat. The swamp has complained, but in tune.",
    ),
    (
        "dawn | a shaggy gold quadruped with horns by the river, mist",
        "s=mist v=swallow.PST o=my_foot+ at=river",
        "alarm",
        "I went down to wash and the mist took all four feet, socks included. I can still feel "
        "them walking about somewhere on the other bank. Please look in your cupboard.",
    ),
    (
        "day | a small green bird with a crest on a branch",
        "v=polish.IMP o=your_ladder ; because s=guest+ p=round",
        "joyful",
        "Do come, and bring somebody heavy: we have been told the branch can take it. I have "
        "combed my crest in four directions, so as to be sure of yours.",
    ),
)
RULES = """\
You decide what animals that do not exist say on their postcards. Each says one short thing in
{language}, their own language. You choose the meaning; a grammar puts it into {language}. So in
"clauses" use none but the words listed below, spelt as they are there.

- One clause, or two that "join" links (the first has join null). 3 to 9 words in all: a noun with
  two describing words counts as three, but "my", "your", "our", "their", "its" and "little" cost
  nothing.
- A clause has a subject and either a verb, or a quality (what the subject is like), or an identity
  (what the subject is). A command has no subject.
- Mind what a verb needs: see the list. "to" names the one who receives; "that" joins the clause
  of a verb that needs one, and no other.
- marks: past, future, not, again, and one of command, wish, question; an empty list is the plain
  present.
- around: at, to, from, with, like, each once at most. call: an exclamation before the clause.
- Let the picture and the hour be felt, and let something small and odd happen. No two cards alike:
  vary subjects, verbs and shapes.
- "back": 40 to 70 words of plain English by the same animal to a friend, as dry as it is warm, on
  the same matter; no headings, links or tags. Name no kind of animal that the picture does not.

Answer with JSON alone: {{"cards": [{{"card": number, "mood": "statement", "joyful", "wistful",
"alarm" or "question", "clauses": [...], "back": "..."}}]}}, a card for each number asked.

{words}"""
VALENCIES = {
    "intransitive": "verbs without object",
    "transitive": "verbs with object",
    "ditransitive": 'verbs with object and around "to"',
    "sentential": 'verbs before a clause that "that" joins',
}


def describe(brief: Brief) -> str:
    """Hour and caption of a card in one line of at most 300 letters."""
    caption = " ".join(brief.caption.split())[:300]
    return f"{brief.hour} | {caption or 'an animal'}"


class Messages:
    """Asks for clauses of concepts, at most 25 cards at a time; ``taken`` holds known phrases."""

    size = 25

    def __init__(self, language: Language, taken: set[str]) -> None:
        self.language, self.taken = language, taken
        self.schema = make_schema(language)

    def ask(self, briefs: Sequence[Brief]) -> list[dict[str, str]]:
        """The conversation that asks for ``briefs``, with a worked example."""
        rules = RULES.format(language=self.language.name, words=self.tell_words())
        shown, answered = [], []
        for number, (picture, note, mood, back) in enumerate(EXAMPLES, 1):
            shown.append(f"{number} | {picture}")
            clauses = write_form(read_message(note))
            answered.append({"card": number, "mood": mood, "clauses": clauses, "back": back})
        asked = [f"{number} | {describe(brief)}" for number, brief in enumerate(briefs, 1)]
        example = json.dumps({"cards": answered}, separators=(",", ":"))
        return [
            {"role": "system", "content": rules},
            {"role": "user", "content": tell_cards(shown)},
            {"role": "assistant", "content": example},
            {"role": "user", "content": tell_cards(asked)},
        ]

    def tell_words(self) -> str:
        """The words to choose from, a line to a class, verbs by what they need."""
        words = list_words(self.language)
        verbs = words.pop("verb")
        modifiers = set(words.pop("modifier")) - set(words["adjective"])
        words["noun"] = [noun for noun in words["noun"] if noun not in words["pronoun"]]
        lines = [f"{name}s: {' '.join(found)}" for name, found in words.items()]
        for group, told in VALENCIES.items():
            chosen = [verb for verb in verbs if self.language.concepts[verb].group == group]
            lines.append(f"{told}: {' '.join(chosen)}")
        return "\n".join([*lines, f"described: any adjective, or {' '.join(sorted(modifiers))}"])

    def read(
        self, text: str, briefs: Sequence[Brief], only: Collection[int] = ()
    ) -> tuple[dict[int, Choice], dict[int, str]]:
        """What the answer gives for each brief by its number from 1, and what is wrong with others.

        ``only`` limits it to some numbers. Phrases that will do count as taken from here on.
        """
        asked = sorted(only) or range(1, len(briefs) + 1)
        cards = read_cards(text, asked)
        choices: dict[int, Choice] = {}
        faults: dict[int, str] = {}
        for number in asked:
            card = cards.get(number, "is missing")
            try:
                if isinstance(card, str):
                    raise Mistake(card)
                choices[number] = self.realise(card)
            except Mistake as mistake:
                faults[number] = str(mistake)
        return choices, faults

    def realise(self, card: Postcard) -> Choice:
        """The card in the language; raises `Mistake`."""
        message = card.read(self.language)
        phrase = self.language.realise(message)
        check_phrase(self.language, phrase, self.taken)
        parsed = self.language.parse(phrase.text)
        if parsed is None or parsed.gloss != phrase.gloss:
            raise Mistake("it can be read in two ways; say it more simply")
        back = clean_english(card.back)
        if len(back.split()) < 5:
            raise Mistake("its back is empty")
        self.taken.add(phrase.text)
        mood = "question" if phrase.translation.endswith("?") else card.mood
        return Choice(message.concepts, phrase, mood, back)

    def complain(self, faults: dict[int, str], briefs: Sequence[Brief]) -> str:
        """The turn that asks once more for the cards that will not do."""
        lines = [f"{at} | {describe(briefs[at - 1])} — {fault}" for at, fault in faults.items()]
        return "\n".join(
            [
                "These cards will not do. Write them anew, same numbers, same form, and no others:",
                *lines,
            ]
        )


def tell_cards(lines: Sequence[str]) -> str:
    """The turn that asks for cards."""
    return "\n".join(["Cards to write (number, hour, picture):", *lines])
