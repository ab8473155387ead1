"""A model's folder: the words, facts, prompts and card that every family has, and its weights.

Reads and writes jungle.json (facts), words/vocabulary.json, prompts.jsonl and README.md. Weights
are the family's business. Light: torch is imported only to load a model.
"""

from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import format_json_lines, read_json, read_json_lines, write_json, write_text
from generate.pictures import STARTER
from generate.pictures.data.vocabulary import read_vocabulary
from generate.pictures.families.registry import FAMILIES, find_spec
from generate.recipe import digest_files

VOCABULARY, PROMPTS, FACTS = "words/vocabulary.json", "prompts.jsonl", "jungle.json"


def save_model(
    family: Any, folder: Path, prompts: list[dict[str, Any]], card: str, half: bool = False
) -> None:
    """Write ``family`` to ``folder``; ``half`` stores the weights as float16."""
    family.save(folder, half)
    family.vocabulary.write(folder / VOCABULARY)
    write_json(folder / FACTS, family.facts)
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


def find_starter(recipe: str) -> Path | None:
    """The shipped weights that a model of ``recipe`` can begin from, None where there are none."""
    return STARTER if read_facts(STARTER).get("recipe") == recipe else None


def digest_model(folder: Path) -> str:
    """SHA-256 over what a model folder draws with; its card and its dates are not among that."""
    facts = read_facts(folder)
    spec = FAMILIES.get(str(facts.get("recipe")))
    patterns = spec.weights if spec else ("*/*",)
    found = [path for pattern in patterns for path in folder.glob(pattern)]
    return digest_files(folder, [folder / FACTS, *found])


def read_prompts(folder: Path) -> list[dict[str, Any]]:
    """What may be asked of a model: rows {"text", "tags"} of its training pictures' captions."""
    try:
        rows = read_json_lines(folder / PROMPTS)
        for row in rows:
            if not (isinstance(row["text"], str | None) and isinstance(row["tags"], dict)):
                raise ValueError("no caption")
        return rows
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(f"{folder / PROMPTS}: missing or damaged; train the model again") from None
