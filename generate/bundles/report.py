"""Print what the stages find in the cards' folders."""

import difflib
from collections.abc import Iterable, Mapping, Sequence

from generate.bundles.beside import list_unused
from generate.cards import KEYS, MESSAGE, Bundle
from generate.settings import Settings


def say(stage: str, text: str) -> None:
    """Print one line about a stage."""
    print(f"{stage:<9} {text}", flush=True)


def report_pinned(bundles: Iterable[Bundle]) -> None:
    """Say which card.json were edited by hand and therefore left alone."""
    for bundle in bundles:
        if bundle.pinned:
            say(
                "cards",
                f"{bundle.folder / 'card.json'} was edited by hand and is kept; "
                "postcard.md is the place for changes (FORCE=1 makes it anew)",
            )


def report_unused(bundles: Iterable[Bundle]) -> None:
    """Name pictures and sounds of a person's that no card uses."""
    for bundle in bundles:
        for line in list_unused(bundle):
            say("cards", line)


def report_unknown(settings: Settings, bundles: Iterable[Bundle]) -> None:
    """Name the keys of postcard.md that only templates of the person's own can read."""
    own = (settings.home / "templates").is_dir()
    for bundle in bundles:
        for key in bundle.front.keys() - KEYS:
            near = difflib.get_close_matches(key.lower(), KEYS, n=1, cutoff=0.6)
            if near or not own:
                hint = f"did you mean {near[0]}? " if near else ""
                where = f"{bundle.folder / MESSAGE}: unknown key {key}"
                say("cards", f"{where}; {hint}it is kept for templates of your own")


def report_anew(anew: Mapping[str, Sequence[str]]) -> None:
    """Say which pictures that exist are about to be drawn anew, and why, before anything is."""
    for cause, slugs in anew.items():
        shown = ", ".join(slugs[:5]) + (" …" if len(slugs) > 5 else "")
        are = "picture that exists is" if len(slugs) == 1 else "pictures that exist are"
        say("pictures", f"{len(slugs)} {are} drawn anew, for {cause} ({shown})")
    if anew:
        say("pictures", "the old ones go to the trash; keep: true (make keep) holds a card")


def tell_kept(slugs: list[str]) -> str:
    """Name the cards whose file a person replaced."""
    if not slugs:
        return ""
    shown = ", ".join(slugs[:5]) + (" …" if len(slugs) > 5 else "")
    return f"; kept {len(slugs)} put there by hand ({shown})"
