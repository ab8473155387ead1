"""Sample the cards' pictures: work/model/ and a seed → work/pictures/.

Reads the model folder alone, never the training pictures; what must be compared with them is asked
of a `Check`.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from tqdm import tqdm

from generate.pictures.choosing.choose import THUMBNAIL, Choice, Round
from generate.pictures.compute import processes
from generate.pictures.sampling.candidates import Check, Studio, members_of, open_studio
from generate.pictures.sampling.draw import GROUP, encode
from generate.pictures.sampling.prints import (
    describe,
    lay_out_cards,
    publish,
    publish_nearest,
    record,
)
from generate.settings import Settings


def sample_pictures(
    settings: Settings, numbers: Sequence[int], check: Check | None = None
) -> dict[int, dict[str, Any]]:
    """Draw the pictures of cards ``numbers`` (from 1), and a contact sheet; a row for each."""
    rows = dict(draw_cards(settings, numbers, check))
    if rows:
        lay_out_cards(settings)
    return rows


def draw_cards(
    settings: Settings, numbers: Collection[int], check: Check | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Draw the pictures of cards ``numbers``, a company at a time; (number, row) of each.

    A row holds file_name, frames, text, traits, hour, seed, prompt, how ("asked" or "measured"),
    recipe, model, chosen (why this candidate) and, with ``check``, nearest. Card n depends on the
    model, the jungle's seed, n, and the training pictures where a candidate copies one. It is to be
    unlike the cards before it: where those are not asked for, what they show is remembered from an
    earlier run, else worked out again.
    """
    studio = open_studio(settings, check)
    wanted = set(numbers)
    groups = sorted({(number - 1) // GROUP for number in wanted})
    if processes.world() > 1:
        share(studio, groups)
        if not processes.is_first():
            return
    shown = np.zeros((0, 3, THUMBNAIL, THUMBNAIL), np.uint8)
    with tqdm(total=len(wanted), desc="sample", unit="picture") as bar:
        for group in groups:
            shown = studio.catch_up(shown, group)
            rounds, choices, thumbnails = studio.curate(group, shown)
            shown = np.concatenate([shown, thumbnails])
            rows = {}
            for place, number in enumerate(members_of(group)):
                if number in wanted:
                    rows[number] = finish(studio, number, place, rounds, choices[place])
                    bar.update()
            record(settings.work / "pictures", rows)
            yield from rows.items()


def share(studio: Studio, groups: Sequence[int]) -> None:
    """Draw the candidates for ``groups`` by all processes together, each round by one of them."""
    rounds = [*product(groups, range(studio.settings.pictures.candidates))]
    for group, place in processes.deal(rounds):
        studio.lay_aside(group, place)
    processes.wait()


def finish(
    studio: Studio, number: int, place: int, rounds: Sequence[Round], choice: Choice
) -> dict[str, Any]:
    """Write the chosen picture of card ``number``, the company's ``place``-th; its row."""
    folder = studio.settings.work / "pictures"
    chosen = rounds[choice.round]
    picture = chosen.pictures[place]
    asked = studio.ask([number])
    row = publish(studio.settings, folder, number, picture, chosen.frames[place])
    row |= describe(studio.model, asked[0], encode(studio.model, asked)[0], picture)
    row |= {"seed": chosen.seeds[place], "recipe": studio.model.facts["recipe"]}
    row |= {"model": studio.model.facts.get("key", ""), "chosen": choice.facts}
    if studio.check:
        row |= publish_nearest(folder, number, studio.check.find_neighbour(picture))
    return row
