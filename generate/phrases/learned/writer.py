"""The writer that learnt a person's own tongue: new lines in it, and its words into the lexicon.

Keeps its network in work/phrases/, and enters words that the language lacks into
content/language.toml, as words without a meaning: nobody has said what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from generate.phrases.language.clashes import is_rude
from generate.phrases.language.file import FILE, enter_words
from generate.phrases.language.language import UNKNOWN, Language
from generate.phrases.learned import REVISION
from generate.phrases.learned.corpus import FILE as CORPUS
from generate.phrases.learned.corpus import LETTERS, WORDS, Corpus, bare, is_copy, read_corpus
from generate.phrases.learned.network import (
    Letters,
    load_letters,
    save_letters,
    spell_lines,
    train_letters,
)
from generate.phrases.writing.choosing import Choice, Memory
from generate.phrases.writing.offline import Brief, Written, write_offline
from generate.recipe import derive_seed, digest
from generate.settings import Settings

SHORTEST = 2  # words of a line
CANDIDATES, ROUNDS, WARMTH = 24, 8, 0.7
MOODS = {"?": "question", "!": "joyful", "…": "wistful"}


def write_learned(settings: Settings, language: Language, briefs: Sequence[Brief]) -> list[Written]:
    """The words of every brief's card, in order; their phrases are new lines of the corpus' tongue.

    Those for card n depend on briefs 1 to n only. A card for which no new line is found gets the
    offline writer's. Raises `Refusal` for a corpus that cannot be learnt from.
    """
    corpus = read_corpus(settings)
    for fault in corpus.left_out[:3]:
        tell(f"{settings.content / CORPUS}: left out: {fault}")
    network = learn(settings, corpus)
    memory, said = Memory(), set[str]()
    copies = tried = 0
    written = []
    for brief in briefs:
        generator = torch.Generator().manual_seed(derive_seed("learned", brief.seed))
        line = ""
        for _ in range(ROUNDS):
            found = spell_lines(network, CANDIDATES, LETTERS, WARMTH, generator)
            fitting = [pair for pair in found if is_fit(pair[0], said)]
            fresh = [pair for pair in fitting if not is_copy(pair[0], corpus)]
            copies, tried = copies + len(fitting) - len(fresh), tried + len(fitting)
            if fresh:
                line = max(fresh, key=lambda pair: pair[1])[0]
                break
        said.add(line)
        choice = make_choice(language, line) if line else None
        made = write_offline(language, brief, memory, choice, "learned")
        written.append(made)
    tell(f"{copies} of {tried} lines were copies of the corpus and were passed over")
    words = {bare(word) for made in written if made.writer == "learned" for word in lack(made)}
    enter_words(language, words, settings.content / FILE)
    return written


def learn(settings: Settings, corpus: Corpus) -> Letters:
    """The network that learnt the corpus, kept for the next build."""
    key = digest([REVISION, corpus.learnt, corpus.held, settings.seed])
    path = settings.work / "phrases" / "learned.safetensors"
    found = load_letters(path, key)
    if found is None:
        seed = derive_seed("learned", settings.seed)
        network, lesson = train_letters(corpus.learnt, corpus.held, seed)
        save_letters(network, lesson, path, key)
    else:
        network, lesson = found
    tell(
        f"learned {len(corpus.learnt)} lines; perplexity of a letter in {len(corpus.held)} others "
        f"{lesson.perplexity:.1f}, by the letters' frequency alone {lesson.alone:.1f}"
    )
    return network


def is_fit(line: str, said: set[str]) -> bool:
    """Whether a line can be said: of `SHORTEST` to `WORDS` words, tidy, not rude, and new."""
    words = line.split()
    return (
        SHORTEST <= len(words) <= WORDS
        and line == " ".join(words)
        and line not in said
        and all(bare(word) and not is_rude(bare(word)) for word in words)
    )


def make_choice(language: Language, line: str) -> Choice:
    """A line as what a card says; its mood is that of its last mark."""
    return Choice(frozenset(), language.analyse(line), MOODS.get(line[-1], "statement"))


def lack(written: Written) -> list[str]:
    """The words of a phrase that the language lacks."""
    return [word.form for word in written.phrase.words if word.gloss == UNKNOWN]


def tell(text: str) -> None:
    """Print one line of the stage."""
    print(f"{'phrases':<9} {text}", flush=True)
