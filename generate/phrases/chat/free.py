"""The free mode: a model continues a list of phrases in its own spelling.

Words that the lexicon knows are read by it. New words must have sounds of the language and be
free; they are added to content/language.toml as coined.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from generate.phrases.chat.answers import drop_thoughts
from generate.phrases.chat.dialogue import EXAMPLES, Dialogue
from generate.phrases.chat.form import check_phrase, clean_english
from generate.phrases.language.clashes import is_rude
from generate.phrases.language.concepts import make_noun
from generate.phrases.language.grammar import gloss_of
from generate.phrases.language.language import UNKNOWN, Language, Phrase
from generate.phrases.language.lexicon import enter_all, is_copied
from generate.phrases.language.message import Mistake, read_message
from generate.phrases.language.phonemes import PHONEMES, segment, spell
from generate.phrases.language.phonology import Phonology
from generate.phrases.writing.choosing import Choice
from generate.phrases.writing.offline import Brief
from generate.recipe import derive_seed

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


class Free(Dialogue):
    """Asks for lines of text; ``language`` gains the words that were accepted."""

    size = 16
    mark = ". "
    again = "These lines will not do. Write them anew, and no others:"

    def __init__(self, language: Language, taken: set[str]) -> None:
        super().__init__(language, taken)
        # Without words coined earlier, so that a rebuild asks the same question.
        self.known = [name for name in language.concepts if name not in language.coined]

    def ask(self, briefs: Sequence[Brief]) -> list[dict[str, str]]:
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
        asked = "\n".join(self.list_cards(dict(enumerate(briefs, 1))))
        wanted = (
            f"Begin again at 1 and go on to {len(briefs)}, for animals seen like this:\n{asked}"
        )
        return [
            {"role": "system", "content": rules},
            {"role": "user", "content": f"Begin the list with {len(lines)} lines."},
            {"role": "assistant", "content": shown},
            {"role": "user", "content": wanted},
        ]

    def split(self, text: str, asked: Sequence[int]) -> dict[int, tuple[str, str, str]]:
        found: dict[int, tuple[str, str, str]] = {}
        for number, *fields in LINE.findall(drop_thoughts(text)):
            found.setdefault(int(number[:4]), (fields[0], fields[1], fields[2]))
        return found

    def accept(self, part: tuple[str, str, str] | None) -> Choice:
        if part is None:
            raise Mistake("is missing, or is not phrase = gloss = English")
        text, gloss, english = part
        language, forms = self.language, []
        tokens, glosses = text.split(), gloss.split()
        if len(tokens) != len(glosses):
            raise Mistake(f"{len(tokens)} words have {len(glosses)} glosses")
        for token, told in zip(tokens, glosses, strict=True):
            form, language = take_word(language, token, told)
            forms.append(form)
        phrase = read_phrase(language, " ".join(forms), clean_english(english, 160))
        check_phrase(language, phrase, self.taken)
        self.language = language
        mood = {"?": "question", "!": "joyful"}.get(phrase.translation[-1], "statement")
        return Choice(find_concepts(language, phrase), phrase, mood)


def read_phrase(language: Language, text: str, english: str) -> Phrase:
    """The phrase as the grammar reads it, else word by word with the model's own translation."""
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
    """The form of a word, and a language that has it. Raises `Mistake`.

    A word that the lexicon reads is kept. One whose gloss is a concept with a word is replaced by
    that word. Others become nouns: as they are spelt if such a root is possible, else with the
    nearest sounds of the language, else coined anew.
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
    """``form`` with each sound that the language lacks replaced by the nearest that it has."""
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
