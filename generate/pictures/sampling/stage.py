"""Sample the cards' pictures: work/model/ and a seed → work/pictures/.

Reads the model folder alone, never the training pictures. A `Check` compares with those.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from tqdm import tqdm

from generate.bundles.folders import slug_of
from generate.pictures.choosing.choose import THUMBNAIL, Choice, Round
from generate.pictures.choosing.neighbours import Check
from generate.pictures.compute import processes
from generate.pictures.sampling.candidates import Sampler, members_of, open_sampler
from generate.pictures.sampling.draw import GROUP
from generate.pictures.sampling.prints import caption_print, record_rows, write_nearest, write_print
from generate.settings import Settings


def draw_cards(
    settings: Settings, numbers: Collection[int], check: Check | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Draw the pictures of cards ``numbers``, a group at a time; (number, row) of each.

    A row holds file_name, frames, text, traits, hour, seed, prompt, how ("asked" or "measured"),
    recipe, model, chosen (why this candidate) and, with ``check``, nearest. Card n depends on the
    model, the jungle's seed, n, and the training pictures where a candidate copies one. It should
    differ from the cards before it. If those are not among ``numbers``, their thumbnails are read
    from an earlier run, else they are drawn again.
    """
    sampler = open_sampler(settings, check)
    wanted = set(numbers)
    groups = sorted({(number - 1) // GROUP for number in wanted})
    if processes.world() > 1:
        draw_shares(sampler, groups)
        if not processes.is_first():
            return
    shown = np.zeros((0, 3, THUMBNAIL, THUMBNAIL), np.uint8)
    with tqdm(total=len(wanted), desc="sample", unit="picture") as bar:
        for group in groups:
            shown = sampler.add_earlier(shown, group)
            rounds, choices, thumbnails = sampler.draw_and_choose(group, shown)
            shown = np.concatenate([shown, thumbnails])
            rows = {}
            for place, number in enumerate(members_of(group)):
                if number in wanted:
                    asked, choice = sampler.deck.ask(number), choices[place]
                    chosen = rounds[choice.round]
                    rows[number] = write_picture(
                        sampler, slug_of(number), asked, chosen, place, choice
                    )
                    bar.update()
            record_rows(settings.work / "pictures", rows.values())
            yield from rows.items()


def draw_shares(sampler: Sampler, groups: Sequence[int]) -> None:
    """Draw the candidates for ``groups`` by all processes together, each round by one of them."""
    rounds = [*product(groups, range(sampler.settings.pictures.candidates))]
    for group, place in processes.deal(rounds):
        sampler.write_round(group, place)
    processes.wait()


def write_picture(
    sampler: Sampler,
    name: str,
    asked: dict[str, Any],
    chosen: Round,
    place: int,
    choice: Choice,
) -> dict[str, Any]:
    """Write the picture at ``place`` of the round ``chosen`` under a ``name``; its row."""
    picture = chosen.pictures[place]
    row = write_print(sampler.settings, name, chosen, place)
    followed = bool(sampler.family.asks(sampler.family.encode([asked]))[0])
    row |= caption_print(asked, followed, picture)
    facts = sampler.family.facts
    row |= {"seed": chosen.seeds[place], "recipe": facts["recipe"]}
    row |= {"model": facts.get("key", ""), "chosen": choice.facts}
    if sampler.check:
        folder = sampler.settings.work / "pictures"
        row |= write_nearest(folder, name, sampler.check.find_neighbour(picture))
    return row
