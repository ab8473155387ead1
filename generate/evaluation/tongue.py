"""Figures of phrases that the learned writer wrote: do they belong to the corpus, and are they new?

BLEU, by sacrebleu, is measured against the corpus' held-out lines; beside it stands what lines of
the corpus itself reach, which no writer needs to exceed.
"""

from collections.abc import Sequence

from generate.evaluation.figures import Figure
from generate.evaluation.texts import bleu, self_bleu
from generate.phrases.learned.corpus import Corpus, is_copy, read_corpus
from generate.pictures.compute.tensors import Damaged, read_tensors
from generate.settings import Settings

ORDER = 4


def judge_tongue(settings: Settings, phrases: Sequence[str]) -> list[Figure]:
    """The figures of ``phrases``; `Refusal` where the corpus cannot be read."""
    corpus = read_corpus(settings)
    texts = [phrase.split() for phrase in phrases]
    held = [line.split() for line in corpus.held]
    likeness = measure_likeness(texts, held)
    lines = [line.split() for line in corpus.learnt]
    copies = sum(is_copy(phrase, corpus) for phrase in phrases)
    return [
        *read_perplexity(settings),
        Figure("BLEU-4 against lines held out of the corpus", likeness),
        Figure("the same, of the corpus' other lines", measure_likeness(lines, held)),
        Figure("self-BLEU-4 of the corpus", self_bleu(lines[:100], ORDER)),
        Figure("phrases that copy a line of the corpus", copies, "none", copies == 0),
        Figure("words that the corpus lacks", measure_new_words(texts, corpus)),
    ]


def measure_likeness(texts: Sequence[Sequence[str]], held: Sequence[Sequence[str]]) -> float:
    """Mean BLEU-4 of texts against all of ``held`` at once, 0 to 1."""
    return sum(bleu(words, held, ORDER) for words in texts) / max(1, len(texts))


def measure_new_words(texts: Sequence[Sequence[str]], corpus: Corpus) -> float:
    """The share of words that stand in no line of the corpus."""
    known = {word for line in (*corpus.learnt, *corpus.held) for word in line.split()}
    words = [word for words in texts for word in words]
    return sum(word not in known for word in words) / max(1, len(words))


def read_perplexity(settings: Settings) -> list[Figure]:
    """Perplexities that the writer's network keeps with its weights; none where it was not kept."""
    try:
        _, notes = read_tensors(settings.work / "phrases" / "learned.safetensors", "np")
        learned, alone = float(notes["perplexity"]), float(notes["alone"])
    except (FileNotFoundError, Damaged, KeyError, ValueError):
        return []
    wanted = f"below {alone:.3g}, by the letters' frequency alone"
    return [Figure("perplexity of a held-out letter", learned, wanted, learned < alone)]
