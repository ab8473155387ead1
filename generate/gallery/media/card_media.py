"""Make what the pages show and play of each card: its pictures and sound → site/media/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from generate.cards import Card
from generate.gallery.incremental.ledger import Ledger
from generate.gallery.media.jobs import Job, run_jobs, stem_of
from generate.recipe import digest

MEDIA = "media"
# What is made of a card; the ledger names the product of a kind "kind:slug".
KINDS = ("picture", "frames", "nearest", "sound", "social")


@dataclass(frozen=True)
class Picture:
    """A card's picture. Paths are relative to site/ and percent-encoded, as all paths here are.

    ``sources`` are (MIME type, srcset), the better format first. ``fallback`` is a JPEG, or a PNG
    if the picture is transparent. ``width`` and ``height`` are pixels of the largest size.
    ``placeholder`` is a data URI of a picture 16 pixels long, ``tint`` the mean colour "#rrggbb".
    ``pixelated`` is true for a source so small that it should be enlarged without smoothing.
    """

    sources: tuple[tuple[str, str], ...]
    fallback: str
    width: int
    height: int
    placeholder: str
    tint: str
    pixelated: bool = False


@dataclass(frozen=True)
class Sound:
    """An MP3: ``seconds`` long, ``bytes`` large, ``peaks`` (0 to 1) of equal slices of it."""

    path: str
    mime: str
    seconds: float
    bytes: int
    peaks: tuple[float, ...]


@dataclass(frozen=True)
class Frames:
    """The steps from noise to picture: ``count`` frames in one row, ``width`` × ``height`` each."""

    path: str
    count: int
    width: int
    height: int
    placeholder: str


@dataclass(frozen=True)
class CardMedia:
    """The media of one card.

    ``social`` is a JPEG of 1200 × 630 pixels, ``nearest`` a small WebP of the training picture that
    is most like the card's.
    """

    picture: Picture | None = None
    sound: Sound | None = None
    frames: Frames | None = None
    social: str | None = None
    nearest: str | None = None


@dataclass(frozen=True)
class Broken:
    """A file that cannot be used, and why."""

    slug: str
    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path} {self.reason}"


def card_url(slug: str) -> str:
    """The address of a card's page, relative to site/."""
    return f"cards/{quote(slug)}.html"


def media_url(name: str) -> str:
    """The address of a file of site/media/, relative to site/."""
    return f"{MEDIA}/{quote(name)}"


def plan_media(cards: Sequence[Card], ledger: Ledger, options: Any = None) -> list[Job]:
    """One job for each picture, strip of frames, nearest picture and sound of ``cards``."""
    from generate.gallery.media.audio import encode_sound, list_mp3_facts
    from generate.gallery.media.encode import (
        Options,
        encode_frames,
        encode_nearest,
        encode_picture,
        list_picture_facts,
    )

    options = options or Options()
    how_pictures, how_sounds = digest(list_picture_facts(options)), digest(list_mp3_facts())
    jobs = []
    for card in cards:
        for kind, source, function in (
            ("picture", card.picture, encode_picture),
            ("frames", card.frames, encode_frames),
            ("nearest", card.nearest, encode_nearest),
            ("sound", card.sound, encode_sound),
        ):
            if source is None:
                continue
            how = how_sounds if kind == "sound" else how_pictures
            key = digest([kind, ledger.digest(source), how])
            middle = f"{kind}." if kind in ("frames", "nearest") else ""
            stem = f"{stem_of(card.slug)}.{middle}{key[:10]}"
            extra = () if kind == "sound" else (options,)
            jobs.append(Job(f"{kind}:{card.slug}", key, source, stem, function, extra))
    return jobs


def prepare_media(
    cards: Sequence[Card],
    out: Path,
    ledger: Ledger | None = None,
    options: Any = None,
    workers: int | None = None,
    social: bool = False,
) -> tuple[dict[str, CardMedia], list[Broken]]:
    """Bring site/media/ up to date for ``cards``; ``out`` is site/.

    Returns each card's media by slug, and the files that could not be used. Files that the ledger
    knows and ``out`` still holds are not made again. With ``social`` social pictures are made too.
    """
    if not cards:
        return {}, []
    ledger = ledger if ledger is not None else Ledger()
    jobs = plan_media(cards, ledger, options)
    if social:
        from generate.gallery.media.social import plan_social

        jobs += plan_social(cards, ledger)
    products, failures = run_jobs(jobs, out / MEDIA, ledger, workers)
    faults: dict[tuple[str, Path], str] = {}
    for job in jobs:
        if job.name in failures:
            faults.setdefault((job.name.split(":", 1)[1], job.source), failures[job.name])
    media = {
        card.slug: parse_media({kind: products.get(f"{kind}:{card.slug}") for kind in KINDS})
        for card in cards
    }
    return media, [Broken(slug, path, reason) for (slug, path), reason in faults.items()]


def parse_media(products: Mapping[str, dict[str, Any] | None]) -> CardMedia:
    """A card's media from its products by kind, as the encoders returned them."""
    picture, sound, frames, social, nearest = map(
        products.get, ("picture", "sound", "frames", "social", "nearest")
    )
    return CardMedia(
        picture=parse_picture(picture) if picture else None,
        sound=parse_sound(sound) if sound else None,
        frames=parse_frames(frames) if frames else None,
        social=media_url(social["path"]) if social else None,
        nearest=media_url(nearest["path"]) if nearest else None,
    )


def parse_picture(product: Mapping[str, Any]) -> Picture:
    """A `Picture` from what `encode_picture` returned."""
    sources = tuple(
        (mime, ", ".join(f"{media_url(name)} {width}w" for name, width in files))
        for mime, files in product["sources"].items()
    )
    facts = {key: product[key] for key in ("width", "height", "placeholder", "tint", "pixelated")}
    return Picture(sources, media_url(product["fallback"]), **facts)


def parse_sound(product: Mapping[str, Any]) -> Sound:
    """A `Sound` from what `encode_sound` returned."""
    facts = {key: product[key] for key in ("mime", "seconds", "bytes")}
    return Sound(media_url(product["path"]), **facts, peaks=tuple(product["peaks"]))


def parse_frames(product: Mapping[str, Any]) -> Frames:
    """A `Frames` from what `encode_frames` returned."""
    facts = {key: product[key] for key in ("count", "width", "height", "placeholder")}
    return Frames(media_url(product["path"]), **facts)
