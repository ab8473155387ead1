"""What the studio shows of a taste: marks, beliefs, wishes, and what it would draw next."""

from typing import Any

from generate.errors import Refusal
from generate.pictures.families.registry import find_spec
from generate.pictures.model_folder import VOCABULARY, read_prompts
from generate.pictures.wording.words import read_known, sign_words
from generate.settings import Settings
from generate.studio.taste.beliefs import tell_beliefs
from generate.studio.taste.choices import find_choices, read_choices
from generate.studio.taste.model import learn_taste
from generate.studio.taste.proposals import propose, write_prompt
from generate.studio.taste.wishes import find_wishes, read_wishes

# Proposals at a time.
NINE = 9
# What was told last, under the bytes that it was told of.
TOLD: dict[tuple[bytes, ...], dict[str, Any]] = {}


def tell_taste(settings: Settings) -> dict[str, Any]:
    """{"marks", "beliefs", "always", "never", "proposals", "fault"} as JSON knows them."""
    try:
        signs = sign_all(settings)
        if signs not in TOLD:
            told = tell_anew(settings)
            TOLD.clear()
            TOLD[signs] = told
        return TOLD[signs]
    except Refusal as refusal:
        return {"marks": {}, "beliefs": [], "always": [], "never": [], "proposals": []} | {
            "fault": str(refusal)
        }


def sign_all(settings: Settings) -> tuple[bytes, ...]:
    """What decides all that is told, in bytes."""
    folder = settings.work / "model"
    paths = (find_choices(settings), find_wishes(settings), folder / VOCABULARY)
    found = [path.read_bytes() if path.is_file() else b"" for path in paths]
    return (*found, sign_words(folder).encode())


def tell_anew(settings: Settings) -> dict[str, Any]:
    """`tell_taste` from the files as they are."""
    choices, wishes = read_choices(settings), read_wishes(settings)
    taste = learn_taste(
        [one.shows for one in choices.values()],
        [one.looks for one in choices.values()],
        [bool(one.likes) for one in choices.values()],
    )
    proposals: list[dict[str, str]] = []
    reads = find_spec(settings.pictures.recipe).reads_words
    if reads and (settings.work / "model" / VOCABULARY).is_file():
        vocabulary = read_known(settings.work / "model")
        prompts = read_prompts(settings.work / "model")
        known = [
            [name for name in names if name in vocabulary.tokens]
            for names in (wishes.always, wishes.never)
        ]
        proposals = propose(
            taste, vocabulary, prompts, NINE, len(choices), known[0], known[1], wishes.off
        )
    return {
        "marks": {name: one.likes for name, one in choices.items()},
        "beliefs": [
            {**vars(belief), "on": belief.name not in wishes.off} for belief in tell_beliefs(taste)
        ],
        "always": wishes.always,
        "never": wishes.never,
        "proposals": [write_prompt(one) for one in proposals],
        "fault": "",
    }
