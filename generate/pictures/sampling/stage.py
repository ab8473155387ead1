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
from generate.pictures.sampling.candidates import Check, Sampler, members_of, open_sampler
from generate.pictures.sampling.draw import GROUP
from generate.pictures.sampling.prints import (
    describe,
    publish,
    publish_beside,
    publish_nearest,
    record,
)
from generate.settings import Settings


def draw_cards(
    settings: Settings, numbers: Collection[int], check: Check | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Draw the pictures of cards ``numbers``, a group at a time; (number, row) of each.

    A row holds file_name, frames, text, traits, hour, seed, prompt, how ("asked" or "measured"),
    recipe, model, chosen (why this candidate) and, with ``check``, nearest. Card n depends on the
    model, the jungle's seed, n, and the training pictures where a candidate copies one. It is to be
    unlike the cards before it: where those are not asked for, what they show is remembered from an
    earlier run, else worked out again.
    """
    sampler = open_sampler(settings, check)
    wanted = set(numbers)
    groups = sorted({(number - 1) // GROUP for number in wanted})
    if processes.world() > 1:
        share(sampler, groups)
        if not processes.is_first():
            return
    shown = np.zeros((0, 3, THUMBNAIL, THUMBNAIL), np.uint8)
    with tqdm(total=len(wanted), desc="sample", unit="picture") as bar:
        for group in groups:
            shown = sampler.catch_up(shown, group)
            rounds, choices, thumbnails = sampler.curate(group, shown)
            shown = np.concatenate([shown, thumbnails])
            rows = {}
            for place, number in enumerate(members_of(group)):
                if number in wanted:
                    rows[number] = finish(sampler, number, place, rounds, choices[place])
                    bar.update()
            record(settings.work / "pictures", rows)
            yield from rows.items()


def share(sampler: Sampler, groups: Sequence[int]) -> None:
    """Draw the candidates for ``groups`` by all processes together, each round by one of them."""
    rounds = [*product(groups, range(sampler.settings.pictures.candidates))]
    for group, place in processes.deal(rounds):
        sampler.lay_aside(group, place)
    processes.wait()


def finish(
    sampler: Sampler, number: int, place: int, rounds: Sequence[Round], choice: Choice
) -> dict[str, Any]:
    """Write the chosen picture of card ``number``, the ``place``-th of its group; its row."""
    folder = sampler.settings.work / "pictures"
    chosen = rounds[choice.round]
    picture = chosen.pictures[place]
    asked = sampler.ask([number])
    row = publish(sampler.settings, folder, number, picture, chosen.frames[place])
    row |= publish_beside(folder, number, chosen.beside[place])
    heeds = bool(sampler.family.asks(sampler.family.encode(asked))[0])
    row |= describe(asked[0], heeds, picture)
    facts = sampler.family.facts
    row |= {"seed": chosen.seeds[place], "recipe": facts["recipe"]}
    row |= {"model": facts.get("key", ""), "chosen": choice.facts}
    if sampler.check:
        row |= publish_nearest(folder, number, sampler.check.find_neighbour(picture))
    return row
