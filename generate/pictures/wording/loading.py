"""Open a model with the words that were learnt for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.pictures.compute.tensors import Damaged, read_tensors
from generate.pictures.model_folder import load_model
from generate.pictures.wording.words import Word, extend, list_learnt


def open_model(model: Path) -> Any:
    """The family of ``model``, work/model/, which knows the words that were learnt for it."""
    family = load_model(model)
    add_words(family, model, list_learnt(model))
    return family


def add_words(family: Any, model: Path, words: Sequence[Word]) -> None:
    """Let a family know ``words`` that were learnt for its ``model``."""
    columns = []
    for word in words:
        path = name_column(model, word)
        try:
            columns.append(read_tensors(path)[0]["column"])
        except (FileNotFoundError, KeyError, Damaged):
            raise Refusal(
                f"{path}: is missing or damaged; delete the folder {path.parent}"
            ) from None
    if columns:
        family.add_words(columns)
        family.vocabulary = extend(family.vocabulary, words)


def name_column(model: Path, word: Word) -> Path:
    """The file of the column of a word."""
    return model.parent / "words" / f"{word.key[:16]}.safetensors"
