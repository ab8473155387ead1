"""The structured mode: a model chooses the meaning, and the grammar says it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from generate.phrases.chat.dialogue import EXAMPLES, Dialogue
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
from generate.phrases.writing.choosing import Choice
from generate.phrases.writing.offline import Brief

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


class Structured(Dialogue):
    """Asks for clauses of concepts as JSON."""

    size = 25
    mark = " | "
    again = "These cards will not do. Write them anew, same numbers, same form, and no others:"

    def __init__(self, language: Language, taken: set[str]) -> None:
        super().__init__(language, taken)
        self.schema = make_schema(language)

    def ask(self, briefs: Sequence[Brief]) -> list[dict[str, str]]:
        rules = RULES.format(language=self.language.name, words=self.tell_words())
        shown, answered = [], []
        for number, (picture, note, mood, back) in enumerate(EXAMPLES, 1):
            shown.append(f"{number}{self.mark}{picture}")
            clauses = write_form(read_message(note))
            answered.append({"card": number, "mood": mood, "clauses": clauses, "back": back})
        example = json.dumps({"cards": answered}, separators=(",", ":"))
        return [
            {"role": "system", "content": rules},
            {"role": "user", "content": tell_cards(shown)},
            {"role": "assistant", "content": example},
            {"role": "user", "content": tell_cards(self.list_cards(dict(enumerate(briefs, 1))))},
        ]

    def tell_words(self) -> str:
        """The words to choose from, one line for each class, and for each valency of verbs."""
        words = list_words(self.language)
        verbs = words.pop("verb")
        modifiers = set(words.pop("modifier")) - set(words["adjective"])
        words["noun"] = [noun for noun in words["noun"] if noun not in words["pronoun"]]
        lines = [f"{name}s: {' '.join(found)}" for name, found in words.items()]
        for group, told in VALENCIES.items():
            chosen = [verb for verb in verbs if self.language.concepts[verb].group == group]
            lines.append(f"{told}: {' '.join(chosen)}")
        return "\n".join([*lines, f"described: any adjective, or {' '.join(sorted(modifiers))}"])

    def split(self, text: str) -> dict[int, Postcard | str]:
        return read_cards(text)

    def accept(self, part: Postcard | str | None) -> Choice:
        if part is None or isinstance(part, str):
            raise Mistake(part or "is missing")
        message = part.read(self.language)
        phrase = self.language.realise(message)
        check_phrase(self.language, phrase, self.taken)
        parsed = self.language.parse(phrase.text)
        if parsed is None or parsed.gloss != phrase.gloss:
            raise Mistake("it can be read in two ways; say it more simply")
        back = clean_english(part.back)
        if len(back.split()) < 5:
            raise Mistake("its back is empty")
        mood = "question" if phrase.translation.endswith("?") else part.mood
        return Choice(message.concepts, phrase, mood, back)


def tell_cards(lines: Sequence[str]) -> str:
    """The turn that asks for cards."""
    return "\n".join(["Cards to write (number, hour, picture):", *lines])
