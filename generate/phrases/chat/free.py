"""The classic mode: a model continues a list of phrases, sixteen at a time, in its own spelling.

Its words are checked like any others: those that the lexicon knows are read by it, new ones must
be sayable and free, and enter content/language.toml as coined.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generate.phrases.chat.form import check_phrase, clean_english
from generate.phrases.chat.messages import EXAMPLES, describe
from generate.phrases.language.clashes import is_rude
from generate.phrases.language.concepts import make_noun
from generate.phrases.language.grammar import gloss_of
from generate.phrases.language.language import UNKNOWN, Language, Phrase
from generate.phrases.language.lexicon import enter_all, is_copied
from generate.phrases.language.message import Mistake, read_message
from generate.phrases.language.phonemes import PHONEMES, segment, spell
from generate.phrases.language.phonology import Phonology
from generate.phrases.writing.offline import Choice
from generate.recipe import derive_seed

if TYPE_CHECKING:
    from generate.phrases.writing.writer import Brief

# No two parts of it match the same letters, so that its time grows only as the answer does.
LINE = re.compile(r"^[^\w\n]*(\d+)\s*[.):|]\s*([^=\s][^=\n]*)=([^=\n]+)=([^\n]+)$", re.MULTILINE)
MORE = (
    "s=rain v=write.PST o=letter+ to=I",
    "a=why s=cave v=laugh.ITER",
    "s=my_hat v=go.PST to=sea",
)
RULES = """\
This is a list of phrases in {language}, a language of animals that do not exist. Each line is a
number, a phrase of 3 to 9 words, a gloss with one item to a word, and the phrase in English:
number. phrase = gloss = English

Order of subject, object and verb: {order}; describing words stand {modifiers} their noun.
Sounds: {sounds}. Endings and beginnings: {affixes}.
Words: {words}

Use these words, and where none serves, coin one from the same sounds and gloss it with one
English noun in small letters. No two phrases alike. Write the lines asked for and nothing else."""


class Free:
    """Asks for lines of text; ``language`` grows by the words that were accepted."""

    size = 16
    schema: dict[str, Any] | None = None

    def __init__(self, language: Language, taken: set[str]) -> None:
        self.language, self.taken = language, taken
        # Words coined earlier are kept out of the question, so that a rebuild asks the same.
        self.known = [name for name in language.concepts if name not in language.coined]

    def ask(self, briefs: Sequence[Brief]) -> list[dict[str, str]]:
        """The conversation that shows a few lines and asks for one for each brief."""
        language, grammar, sounds = self.language, self.language.grammar, self.language.sounds
        rules = RULES.format(
            language=language.name,
            order=grammar.order,
            modifiers=grammar.modifiers,
            sounds=" ".join([*sounds.vowels, *sounds.consonants]),
            affixes=", ".join(f"{form} {label}" for label, form in grammar.affixes.items()),
            words=", ".join(f"{language.spell(name)} {gloss_of(name)}" for name in self.known),
        )
        lines = []
        for number, note in enumerate([*(note for _, note, _, _ in EXAMPLES), *MORE], 1):
            phrase = language.realise(read_message(note))
            lines.append(f"{number}. {phrase.text} = {phrase.gloss} = {phrase.translation}")
        shown = "\n".join(lines)
        asked = "\n".join(f"{at}. {describe(brief)}" for at, brief in enumerate(briefs, 1))
        wanted = (
            f"Begin again at 1 and go on to {len(briefs)}, for animals seen like this:\n{asked}"
        )
        return [
            {"role": "system", "content": rules},
            {"role": "user", "content": f"Begin the list with {len(lines)} lines."},
            {"role": "assistant", "content": shown},
            {"role": "user", "content": wanted},
        ]

    def read(
        self, text: str, briefs: Sequence[Brief], only: Collection[int] = ()
    ) -> tuple[dict[int, Choice], dict[int, str]]:
        """What the lines give for each brief by number from 1, and what is wrong with others."""
        found: dict[int, tuple[str, str, str]] = {}
        for number, *fields in LINE.findall(text.rpartition("</think>")[2]):
            found.setdefault(int(number[:4]), (fields[0], fields[1], fields[2]))
        choices: dict[int, Choice] = {}
        faults: dict[int, str] = {}
        for number in range(1, len(briefs) + 1):
            if only and number not in only:
                continue
            try:
                if number not in found:
                    raise Mistake("is missing, or is not phrase = gloss = English")
                choices[number] = self.accept(*found[number])
            except Mistake as mistake:
                faults[number] = str(mistake)
        return choices, faults

    def accept(self, text: str, gloss: str, english: str) -> Choice:
        """One line as a card's phrase; its new words enter the lexicon. Raises `Mistake`."""
        language, forms = self.language, []
        tokens, glosses = text.split(), gloss.split()
        if len(tokens) != len(glosses):
            raise Mistake(f"{len(tokens)} words have {len(glosses)} glosses")
        for token, told in zip(tokens, glosses, strict=True):
            form, language = take_word(language, token, told)
            forms.append(form)
        phrase = read_phrase(language, " ".join(forms), clean_english(english, 160))
        check_phrase(language, phrase, self.taken)
        self.taken.add(phrase.text)
        self.language = language
        mood = {"?": "question", "!": "joyful"}.get(phrase.translation[-1], "statement")
        return Choice(find_concepts(language, phrase), phrase, mood)

    def complain(self, faults: dict[int, str], briefs: Sequence[Brief]) -> str:
        """The turn that asks once more for the lines that will not do."""
        lines = [f"{at}. {describe(briefs[at - 1])} — {fault}" for at, fault in faults.items()]
        return "\n".join(["These lines will not do. Write them anew, and no others:", *lines])


def read_phrase(language: Language, text: str, english: str) -> Phrase:
    """The phrase as the grammar reads it, or word by word with the writer's own translation."""
    parsed = language.parse(text)
    if parsed:
        return parsed
    if not english:
        raise Mistake("it has no English")
    phrase = language.analyse(text)
    if any(word.gloss == UNKNOWN for word in phrase.words):
        raise Mistake("it has words that nobody knows")
    return replace(phrase, translation=english)


def take_word(language: Language, token: str, told: str) -> tuple[str, Language]:
    """A word's form, and the language that has it.

    A word that the lexicon reads stays. One glossed with a concept that has a word already is
    replaced by that word. Others become nouns: as spelt, if the language could say that and no
    word begins the other; else with its nearest sounds; else coined anew.
    """
    form = re.sub(r"[^\w]|[\d_]", "", unicodedata.normalize("NFC", token).lower())
    if form and language.reader.read_word(form):
        return form, language
    plain = [part.lower() for part in re.findall(r"[A-Za-z]+", told) if not part.isupper()]
    concept = "_".join(plain)[:24]
    if not form or not concept or is_rude(concept):
        raise Mistake("gloss each new word with one English noun")
    if concept in language.concepts:
        return language.spell(concept), language
    noun = make_noun(concept)
    copied = [name for name, known in language.concepts.items() if is_copied(known.word_class)]
    coiner, _ = enter_all(language.sounds, language.grammar, language.roots, copied)
    for tried in (form, bend(form, language.sounds)):
        if coiner.is_fit(tried, "noun", False):
            form = tried
            break
    else:
        seed = derive_seed("coined", language.seed, language.name, concept)
        form = coiner.coin(random.Random(seed), noun, 0.5, False)
    return form, replace(
        language,
        roots={**language.roots, concept: form},
        added={**language.added, concept: noun},
        coined={**language.coined, concept: form},
    )


def bend(form: str, sounds: Phonology) -> str:
    """``form`` with each sound that the language lacks replaced by its nearest there."""
    bent = []
    for heard in segment(form):
        own = [PHONEMES[s] for s in (sounds.vowels if heard.is_vowel else sounds.consonants)]
        bent.append(
            min(
                own,
                key=lambda p: (
                    2 * (p.symbol != heard.symbol)
                    + (p.kind != heard.kind)
                    + (p.place != heard.place)
                    + abs((p.height or 0) - (heard.height or 0))
                ),
            )
        )
    return spell(bent)


def find_concepts(language: Language, phrase: Phrase) -> frozenset[str]:
    """The concepts that a phrase speaks of."""
    readings = (language.reader.read_word(word.form) for word in phrase.words)
    named = {found[0].concept for found in readings if found}
    return frozenset(named & language.concepts.keys())
