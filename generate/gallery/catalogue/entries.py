"""The catalogue: what the site knows of every card.

A card is read from its bundle, and its media are made, only when the bundle has changed. The ledger
keeps the result under a digest of all files in the bundle.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generate.bundles.folders import place_cards
from generate.bundles.merged import merge_card
from generate.cards import Card
from generate.errors import Refusal
from generate.gallery.catalogue.neighbours import place_card
from generate.gallery.catalogue.provenance import read_nearest
from generate.gallery.catalogue.search import search_row
from generate.gallery.catalogue.views import View, move_view, view_card
from generate.gallery.incremental.ledger import Ledger, make_key
from generate.gallery.media.card_media import (
    KINDS,
    MEDIA,
    Broken,
    CardMedia,
    card_url,
    parse_media,
    prepare_media,
)
from generate.recipe import digest
from generate.settings import Settings
from generate.wishes.shelf import rank

PATHS = ("picture", "sound", "frames", "nearest")

Files = list[tuple[str, str]]  # (name, SHA-256)


@dataclass
class CardEntry:
    """One card. ``key`` is the digest of all that decides it.

    ``facts`` is a JSON object: ``shown``, whether the site shows the card; ``products``, kinds of
    what the ledger holds of it as "kind:slug"; ``files`` {path below site/: [SHA-256, bytes]};
    ``place`` in the space of `neighbours`; ``row`` of search.js; ``listing`` of postcards.json;
    ``date``, ``order``, ``series`` and ``parents``; ``copied``, whether it shows a training
    picture; ``words`` and ``said``, digests of what the card says and of all that the dictionary
    shows of it; ``read_by``, the digest of the language that a phrase was read by which no build
    has read yet. `card` and `media` are read from the ledger when first asked for.
    """

    slug: str
    key: str
    folder: Path
    facts: dict[str, Any]
    ledger: Ledger | None = None
    seen: View | None = None

    @cached_property
    def card(self) -> Card:
        """The card as its bundle describes it."""
        return unpack_card(self._read("card"), self.folder)

    @cached_property
    def media(self) -> CardMedia:
        """The card's media in site/media/."""
        kinds = [kind for kind in KINDS if kind in self.facts["products"]]
        return parse_media({kind: self._read(kind) for kind in kinds})

    def view(self, index: int) -> View:
        """What templates see of the card; ``index`` is its position in the gallery, from 0."""
        if self.seen is None:
            self.seen = view_card(index, self.card, self.media)
        elif self.seen.index != index:
            self.seen = move_view(self.seen, index)
        return self.seen

    def _read(self, kind: str) -> dict[str, Any]:
        product = self.ledger.read(f"{kind}:{self.slug}") if self.ledger else None
        assert isinstance(product, dict)
        return product


def make_entry(card: Card, media: CardMedia, key: str = "") -> CardEntry:
    """An entry from a card and its media, without ``shown``, ``products`` and ``files``."""
    entry = CardEntry(card.slug, key, card.folder, {})
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
        "order": card.order,
        "series": card.series,
        "parents": list(card.parents or []),
        "copied": bool((near := read_nearest(card, None)) and near.copied),
    }
    return entry


def list_card(card: Card, media: CardMedia) -> dict[str, Any]:
    """What postcards.json says of a card; paths are relative to site/."""
    return {
        "slug": card.slug,
        "title": card.title,
        "url": card_url(card.slug),
        "picture": media.picture.fallback if media.picture else None,
        "sound": media.sound.path if media.sound else None,
        "phrase": card.phrase,
        "translation": card.translation,
        "alt": card.caption,
        "seed": card.seed,
    }


def list_entries(
    settings: Settings,
    ledger: Ledger,
    known: dict[str, CardEntry],
    inputs: Mapping[str, str],
    code: str,
    out: Path,
    read: Callable[[Path, bool], Card] = merge_card,
) -> tuple[list[CardEntry], list[Broken]]:
    """Entries of the cards to show, in order, and what could not be used.

    ``known`` holds the entries of an earlier build by slug and is brought up to date. ``code`` is
    the digest of the code that makes media; ``out`` is site/; ``read`` reads the card in a folder,
    and is told whether it is a copy of another.
    """
    files = group_by_card(inputs)
    entries: dict[str, CardEntry] = {}
    broken: list[Broken] = []
    stale: dict[str, tuple[Card, str]] = {}
    bundles = settings.bundles
    spoken = inputs.get("language.toml", "")
    placed = list(enumerate(place_cards(settings), 1))
    numbers = {folder.name: number for _, (folder, number) in placed}
    positions = {folder.name: position for position, (folder, _) in placed}
    for slug in files:
        copied = numbers.get(slug) is None
        key = make_key(slug, code, files[slug], copied)
        entry = known.get(slug)
        if entry is not None and entry.facts.get("read_by", spoken) != spoken:
            entry = None
        if entry is not None and entry.key == key and ledger.trusts_site:
            entries[slug] = entry
            continue
        folder = bundles / slug
        if entry is None or entry.key != key:
            facts = ledger.recall(f"facts:{slug}", key)
            if facts and facts.get("read_by", spoken) != spoken:
                facts = None
            entry = CardEntry(slug, key, folder, facts, ledger) if facts else None
        if entry is not None and is_complete(entry, out, ledger):
            entries[slug] = entry
            continue
        try:
            card = read(folder, copied)
            if card.reworded and spoken:
                card = read_phrase(card, settings)
        except Refusal as fault:
            broken.append(Broken(slug, folder, f"cannot be used ({fault})"))
            continue
        if card.hidden:
            hidden = {"shown": False, "products": [], "files": {}}
            ledger.record(f"facts:{slug}", key, hidden)
            entries[slug] = CardEntry(slug, key, folder, hidden)
        elif card.picture is None:
            ours = not copied or card.prompt or card.parents
            then = "make build makes what is missing" if ours else "add one, or remove the folder"
            broken.append(Broken(slug, folder, f"has no picture ({then})"))
        else:
            stale[slug] = (card, key)
    made, unusable = prepare_media([card for card, _ in stale.values()], out, ledger, social=True)
    left_out = {fault.slug for fault in unusable}
    for slug, (card, key) in stale.items():
        if slug not in left_out:
            if any(ledger.digest(card.folder / name) != found for name, found in files[slug]):
                # A file changed during this run: a key that no later run has, so it is made again.
                key, ledger.overtaken = make_key(key, time.time_ns()), True
            entries[slug] = record_entry(card, made[slug], key, ledger, spoken)
    found = [entries[slug] for slug in files if slug in entries]
    known.clear()
    known.update({entry.slug: entry for entry in found})
    shown = [entry for entry in found if entry.facts["shown"]]
    shown.sort(key=lambda entry: rank(entry.facts["order"], positions[entry.slug]))
    return shown, broken + unusable


def read_phrase(card: Card, settings: Settings) -> Card:
    """``card`` with translation and glosses of a phrase that no build has read yet."""
    from generate.phrases.by_hand import read_anew
    from generate.phrases.language.file import read_language

    language = read_language(settings.content / "language.toml")
    packed = card.model_dump()
    return Card.model_validate(packed | read_anew(language, card.phrase, packed))


def record_entry(
    card: Card, media: CardMedia, key: str, ledger: Ledger, spoken: str = ""
) -> CardEntry:
    """An entry of a card whose media were just made; the ledger remembers it.

    ``spoken`` is the digest of the language, by which a new phrase was read.
    """
    entry = make_entry(card, media, key)
    if card.reworded:
        entry.facts["read_by"] = spoken
    names = {kind: f"{kind}:{card.slug}" for kind in KINDS}
    products = {
        kind: product
        for kind, name in names.items()
        if name in ledger.used and (product := ledger.read(name))
    }
    entry.facts |= {
        "shown": True,
        "products": ["card", *products],
        "files": {
            f"{MEDIA}/{file['name']}": [file["sha256"], file["bytes"]]
            for product in products.values()
            for file in product["files"]
        },
    }
    ledger.record(f"card:{card.slug}", key, pack_card(card))
    ledger.record(f"facts:{card.slug}", key, entry.facts)
    return entry


def is_complete(entry: CardEntry, out: Path, ledger: Ledger) -> bool:
    """Whether ``out`` and the ledger hold all that was made of a card; if so, it is in use."""
    names = [f"{kind}:{entry.slug}" for kind in entry.facts["products"]]
    files = entry.facts["files"].items()
    if any(ledger.read(name) is None for name in names) or not all(
        ledger.holds(f"{out}/{path}", sha256, size) for path, (sha256, size) in files
    ):
        return False
    ledger.used.update((f"facts:{entry.slug}", *names))
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


def list_media_files(entries: Sequence[CardEntry]) -> dict[str, str]:
    """Digests of all media of the cards, by path below site/."""
    return {name: sha256 for entry in entries for name, (sha256, _) in entry.facts["files"].items()}
