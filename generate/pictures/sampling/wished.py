"""Draw the cards that ask for a picture of their own, by ``take:``, ``prompt:``, ``parents:``."""

from collections.abc import Iterator, Sequence
from typing import Any

from generate.bundles.folders import slug_of
from generate.cards import Bundle
from generate.errors import Refusal
from generate.pictures.choosing.choose import Choice
from generate.pictures.choosing.neighbours import Check
from generate.pictures.compute import processes
from generate.pictures.sampling.candidates import open_sampler
from generate.pictures.sampling.prints import record_rows
from generate.pictures.sampling.stage import write_picture
from generate.pictures.sampling.takes import WHY, open_takes, tell_takes
from generate.recipe import digest
from generate.settings import Settings


def draw_wished(
    settings: Settings, bundles: Sequence[Bundle], check: Check | None = None
) -> Iterator[tuple[Bundle, dict[str, Any] | Refusal]]:
    """Draw the pictures of ``bundles``, one after the other: a row of each, as `draw_cards` gives
    them, or why it cannot be drawn. Of several processes the first draws."""
    if not bundles or not processes.is_first():
        return
    sampler, rounds = open_sampler(settings, check), dict[Any, Any]()
    for bundle in sorted(bundles, key=lambda one: len(one.ancestors)):  # parents come first
        try:
            takes = open_takes(sampler, bundle)
        except Refusal as refusal:
            yield bundle, refusal
            continue
        if told := tell_takes(takes):
            print(f"{'sample':<9} {bundle.slug}: {told}", flush=True)
        if not (takes.words or takes.descent):  # cards of one group share their rounds
            takes.rounds = rounds
        if take := bundle.wish.get("take"):
            found, choice = takes.draw(take), Choice(take - 1, {"candidate": take, "why": WHY})
        else:
            take, found, choice = takes.choose()
        row = write_picture(sampler, name_print(bundle), takes.ask(take), found, 0, choice)
        if takes.descent:
            row["noise"] = takes.inherit(take)
        record_rows(settings.work / "pictures", [row])
        yield bundle, row


def name_print(bundle: Bundle) -> str:
    """The name of a card's files in work/pictures/, without ending."""
    if bundle.number is not None:
        return slug_of(bundle.number)
    long = len(bundle.slug.encode()) > 150
    return f"own-{digest(bundle.slug)[:12] if long else bundle.slug}"
