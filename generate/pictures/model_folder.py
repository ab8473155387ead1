"""A model's folder: the words, facts, prompts and card that every family has, and its weights.

Reads and writes jungle.json (facts), words/vocabulary.json, prompts.jsonl and README.md. The family
reads and writes its weights. Light: torch is imported only to load a model.
"""

from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import format_json_lines, read_json, read_json_lines, write_json, write_text
from generate.pictures import STARTER
from generate.pictures.data.vocabulary import Vocabulary, read_vocabulary
from generate.pictures.families.registry import FAMILIES, find_spec
from generate.recipe import digest_files

VOCABULARY, PROMPTS, FACTS = "words/vocabulary.json", "prompts.jsonl", "jungle.json"


def save_model(
    family: Any, folder: Path, rows: list[dict[str, Any]], card: str, half: bool = False
) -> None:
    """Write ``family`` to ``folder``, with the "text" and "tags" of ``rows`` as its prompts.

    ``half`` stores the weights as float16.
    """
    family.save(folder, half)
    family.vocabulary.write(folder / VOCABULARY)
    write_json(folder / FACTS, family.facts)
    prompts = ({"text": row["text"], "tags": row["tags"]} for row in rows)
    write_text(folder / PROMPTS, format_json_lines(prompts))
    write_text(folder / "README.md", card)


def load_model(folder: Path) -> Any:
    """The `Family` that `save_model` wrote, ready to sample, where it computes best.

    Raises `Refusal` naming what is missing or damaged.
    """
    if not (folder / FACTS).is_file():
        raise Refusal(f"{folder}: holds no model; train one first, or name another folder")
    facts = read_facts(folder)
    if not isinstance(facts.get("recipe"), str):
        raise Refusal(
            f"{folder}: its {FACTS} is not one of this project's models; train again, or name "
            "another folder"
        )
    family = find_spec(facts["recipe"]).load()
    return family.load(folder, read_vocabulary(folder / VOCABULARY), facts)


def read_facts(folder: Path) -> dict[str, Any]:
    """What jungle.json says; empty where there is none."""
    path = folder / FACTS
    return dict(read_json(path)) if path.is_file() else {}


def read_vocabulary_of(folder: Path) -> Vocabulary:
    """The words that a model knows."""
    return read_vocabulary(folder / VOCABULARY)


def find_starter(recipe: str) -> Path | None:
    """The shipped weights that a model of ``recipe`` can begin from, None where there are none."""
    return STARTER if read_facts(STARTER).get("recipe") == recipe else None


def digest_model(folder: Path) -> str:
    """SHA-256 over the files that decide what a model draws; its card is not one of them."""
    facts = read_facts(folder)
    spec = FAMILIES.get(str(facts.get("recipe")))
    patterns = spec.weights if spec else ("*/*",)
    found = [path for pattern in patterns for path in folder.glob(pattern)]
    return digest_files(folder, [folder / FACTS, *found])


def read_prompts(folder: Path) -> list[dict[str, Any]]:
    """Prompts for a model: rows {"text", "tags"}, the captions of its training pictures."""
    try:
        rows = read_json_lines(folder / PROMPTS)
        for row in rows:
            if not (isinstance(row["text"], str | None) and isinstance(row["tags"], dict)):
                raise ValueError("no caption")
        return rows
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(f"{folder / PROMPTS}: missing or damaged; train the model again") from None
