"""Enter every card in the catalogue of what the site knows: its texts, its media, its place.

Read from bundles and made into site/media/ once; after that the ledger tells it all, under a
digest of everything in the bundle, so that a build reads again only the bundles that changed.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generate.cards import Card, merge_card
from generate.errors import Refusal
from generate.gallery.media.media import (
    KINDS,
    MEDIA,
    Broken,
    CardMedia,
    pack_media,
    prepare_media,
    unpack_media,
)
from generate.gallery.pages.long_markdown import render_any
from generate.gallery.site.ledger import Ledger, key_of
from generate.gallery.site.sources import hide_sources
from generate.recipe import digest
from generate.settings import Settings

PATHS = ("picture", "sound", "frames", "nearest")

Files = list[tuple[str, str]]


@dataclass
class Entry:
    """One card. ``key`` is the digest of all that decides it.

    ``facts`` is JSON: ``files`` {path below site/: [SHA-256, bytes]}, ``place`` among its
    neighbours, ``row`` of search.js, ``listing`` of postcards.json, ``words`` and ``said``, digests
    of what it says and of what the dictionary says of it. Card and media are read when asked for.
    """

    slug: str
    key: str
    folder: Path
    facts: dict[str, Any]
    ledger: Ledger | None = None
    seen: Any = None

    @cached_property
    def card(self) -> Card:
        return unpack_card(self.whole["card"], self.folder)

    @cached_property
    def media(self) -> CardMedia:
        return unpack_media(self.whole["media"])

    @cached_property
    def whole(self) -> dict[str, Any]:
        """The card and its media as the ledger holds them."""
        stored = self.ledger.read(f"whole:{self.slug}") if self.ledger else None
        assert isinstance(stored, dict)
        return stored

    def view(self, index: int) -> Any:
        """What templates see of the card as the ``index``-th of the gallery."""
        if self.seen is None or self.seen.index != index:
            from generate.gallery.pages.views import move_view, view_card

            if self.seen is None:
                self.seen = view_card(index, self.card, self.media)
            else:
                self.seen = move_view(self.seen, index)
        return self.seen


def enter(card: Card, media: CardMedia, key: str = "") -> Entry:
    """An entry from a card and its media."""
    from generate.gallery.pages.search import search_row
    from generate.gallery.site.feeds import list_card
    from generate.gallery.site.neighbours import place_card

    entry = Entry(card.slug, key, card.folder, {})
    entry.__dict__.update(card=card, media=media)
    words = [card.phrase, card.translation, card.name, [word.model_dump() for word in card.words]]
    view, heard = entry.view(0), [card.times, media.sound.path if media.sound else None]
    entry.facts = {
        "words": digest(words),
        "said": digest([words, view.title, card.number, heard]),
        "place": place_card(card, media),
        "row": search_row(view),
        "listing": list_card(card, media),
        "date": card.date,
    }
    return entry


def list_entries(
    settings: Settings,
    ledger: Ledger,
    known: dict[str, Entry],
    inputs: Mapping[str, str],
    making: str,
    out: Path,
) -> tuple[list[Entry], list[Broken]]:
    """Entries of the cards to show, in order, and what could not be used.

    ``known`` are entries of an earlier build by slug, which it is brought up to date with;
    ``making`` is the digest of the code that makes media; ``out`` is site/.
    """
    files = group_by_card(inputs)
    entries: dict[str, Entry] = {}
    broken: list[Broken] = []
    stale: dict[str, tuple[Card, str]] = {}
    bundles = settings.bundles
    for slug in files:
        folder = bundles / slug
        key = key_of(slug, making, files[slug])
        entry = known.get(slug)
        if entry is not None and entry.key == key and ledger.lasting:
            entries[slug] = entry
            continue
        if entry is None or entry.key != key:
            facts = ledger.recall(f"card:{slug}", key)
            entry = Entry(slug, key, folder, facts, ledger) if facts else None
        if entry is not None and is_whole(entry, f"{out}/", ledger):
            entries[slug] = entry
            continue
        try:
            card = hide_sources(settings, merge_card(folder))
            render_any(card.message)  # its page shows it; here a fault is the card's
        except Refusal as fault:
            broken.append(Broken(slug, folder, f"cannot be used ({fault})"))
            continue
        if card.hidden:
            entries[slug] = hide(slug, key, folder, ledger)
        elif card.picture is None:
            broken.append(Broken(slug, folder, "has no picture (make build makes what is missing)"))
        else:
            stale[slug] = (card, key)
    made, unusable = prepare_media([card for card, _ in stale.values()], out, ledger, social=True)
    left_out = {fault.slug for fault in unusable}
    for slug, (card, key) in stale.items():
        if slug not in left_out:
            folder = bundles / slug
            if any(ledger.digest(folder / name) != found for name, found in files[slug]):
                key, ledger.unsettled = key_of(key, time.time_ns()), True
            entries[slug] = enter_new(card, made[slug], key, ledger)
    found = [entries[slug] for slug in files if slug in entries]
    known.clear()
    known.update({entry.slug: entry for entry in found})
    return [entry for entry in found if entry.facts["shown"]], broken + unusable


def enter_new(card: Card, media: CardMedia, key: str, ledger: Ledger) -> Entry:
    """Enter a card whose media were just made, and remember it."""
    entry = enter(card, media, key)
    kinds, files = [], {}
    for kind in KINDS:
        name = f"{kind}:{card.slug}"
        product = ledger.read(name) if name in ledger.used else None
        if product:
            kinds.append(kind)
            for file in product["files"]:
                files[f"{MEDIA}/{file['name']}"] = [file["sha256"], file["bytes"]]
    whole = {"card": pack_card(card), "media": pack_media(media)}
    ledger.record(f"whole:{card.slug}", key, whole)
    entry.facts |= {"shown": True, "kinds": kinds, "files": files}
    ledger.record(f"card:{card.slug}", key, entry.facts)
    return entry


def hide(slug: str, key: str, folder: Path, ledger: Ledger) -> Entry:
    """Remember a card that is not to be shown."""
    facts: dict[str, Any] = {"shown": False, "kinds": [], "files": {}}
    ledger.record(f"card:{slug}", key, facts)
    return Entry(slug, key, folder, facts)


def is_whole(entry: Entry, out: str, ledger: Ledger) -> bool:
    """Whether every file made of a card is below ``out``, unaltered; if so, they are in use."""
    for name, (sha256, size) in entry.facts["files"].items():
        path = out + name
        status = ledger.present.get(path)
        if status is None or status.st_size != size or ledger.digest(path, status) != sha256:
            return False
    if entry.facts["shown"] and f"whole:{entry.slug}" not in ledger.products:
        return False
    ledger.used.update((f"card:{entry.slug}", f"whole:{entry.slug}"))
    ledger.used.update(f"{kind}:{entry.slug}" for kind in entry.facts["kinds"])
    return True


def group_by_card(inputs: Mapping[str, str]) -> dict[str, Files]:
    """Names and digests of the files in each bundle, by slug."""
    files: dict[str, Files] = {}
    for name, found in inputs.items():
        if name.startswith("postcards/"):
            _, slug, file = name.split("/", 2)
            files.setdefault(slug, []).append((file, found))
    return files


def pack_card(card: Card) -> dict[str, Any]:
    """A card as JSON; its files by name, since the jungle may move to another folder."""
    packed = card.model_dump(exclude={"folder", *PATHS})
    files: dict[str, Path | None] = {name: getattr(card, name) for name in PATHS}
    return packed | {name: path.name for name, path in files.items() if path}


def unpack_card(packed: Mapping[str, Any], folder: Path) -> Card:
    """The card that `pack_card` packed."""
    paths = {name: folder / packed[name] for name in PATHS if name in packed}
    return Card.model_validate({**packed, **paths, "folder": folder})


def list_files(entries: Sequence[Entry]) -> dict[str, str]:
    """Digests of all media of the cards, by path below site/."""
    return {name: sha256 for entry in entries for name, (sha256, _) in entry.facts["files"].items()}
