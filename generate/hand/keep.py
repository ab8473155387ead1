"""Mark cards as kept: ``make keep`` writes ``keep: true`` into their front matter."""

from generate.cards import MESSAGE
from generate.errors import Refusal
from generate.hand.find import find_card
from generate.keeping.line import find_seen, write_line
from generate.keeping.steps import recorded
from generate.plan import read_bundles
from generate.settings import Settings


def keep_cards(settings: Settings, said: str | None = None) -> tuple[list[str], list[str]]:
    """Mark the card called ``said``, or all that have a picture; slugs of those that are newly
    kept, and of those that were.

    Raises `Refusal` where a card has no picture to keep, or front matter cannot be read; nothing is
    written then.
    """
    if said is not None:
        bundles = [find_card(settings, said)]
        if bundles[0].find("picture") is None:
            raise Refusal(f"{bundles[0].folder}: has no picture to keep yet; make build makes it")
    else:
        bundles = [bundle for bundle in read_bundles(settings) if bundle.find("picture")]
    paths = {bundle.slug: bundle.folder / MESSAGE for bundle in bundles}
    seen = {slug: find_seen(path) for slug, path in paths.items()}
    before = [bundle.slug for bundle in bundles if bundle.keeps]
    kept = [slug for slug in paths if slug not in before]
    if kept:
        names = kept[0] if len(kept) == 1 else f"{len(kept)} cards"
        with recorded(settings.home, f"keep {names}", [paths[slug] for slug in kept]):
            for slug in kept:
                write_line(settings.home, paths[slug], "keep", True, seen[slug])
    return kept, before
