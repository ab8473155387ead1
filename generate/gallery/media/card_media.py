"""Make what the pages show and play: bundles' pictures, frames and sounds → site/media/."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from generate.cards import Card
from generate.gallery.incremental.ledger import Ledger
from generate.recipe import digest

MEDIA = "media"
# What is made of a bundle, as the ledger names it.
KINDS = ("picture", "frames", "nearest", "sound", "social")


@dataclass(frozen=True)
class Picture:
    """A card's picture. Paths are relative to site/ and percent-encoded, as all paths here are.

    ``sources`` are (MIME type, srcset), the better format first; ``fallback`` a JPEG, or a PNG
    where the picture is see-through; ``width`` and ``height`` those of the largest size, in
    pixels; ``placeholder`` a data URI 16 pixels long; ``tint`` the mean colour, "#rrggbb";
    ``pixelated`` true for a source so small that it should be enlarged without smoothing.
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
class Bed:
    """The jungle's sound at one hour, an MP3 carried by a classic script.

    ``script`` calls ``jungleBed(hour, base64)``, which works where `fetch` does not: in a page
    opened from disk. The loop begins at ``start`` and is ``seconds`` long.
    """

    script: str
    start: float
    seconds: float


@dataclass(frozen=True)
class Frames:
    """The path from noise to picture: ``count`` frames in one row, ``width`` × ``height`` each."""

    path: str
    count: int
    width: int
    height: int
    placeholder: str


@dataclass(frozen=True)
class CardMedia:
    """What belongs to one card.

    ``social`` is a JPEG of 1200 × 630 pixels, ``nearest`` a small WebP of the training picture that
    is most like the card's.
    """

    picture: Picture | None = None
    sound: Sound | None = None
    frames: Frames | None = None
    social: str | None = None
    nearest: str | None = None


@dataclass(frozen=True)
class Job:
    """One file to make: ``function(source, out, stem, *extra)`` returns a JSON object.

    ``name`` is the ledger's name of the product, ``key`` the digest of all that decides it.
    """

    name: str
    key: str
    source: Path
    stem: str
    function: Callable[..., dict[str, Any]]
    extra: tuple[Any, ...] = ()


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


@lru_cache(maxsize=1 << 14)
def stem_of(slug: str) -> str:
    """What the names of a card's files begin with: plain letters, the same on every system.

    Two slugs may have one stem; the digest that follows tells their files apart.
    """
    plain = unicodedata.normalize("NFKD", slug).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-")[:40] or "card"


def plan_media(cards: Sequence[Card], ledger: Ledger, options: Any = None) -> list[Job]:
    """The files that ``cards`` need, each with its key: digests of source and options."""
    from generate.gallery.media.audio import describe_audio, encode_sound
    from generate.gallery.media.encode import Options, encode_frames, encode_nearest, encode_picture

    options = options or Options()
    asked = {"picture": digest(options.describe()), "sound": digest(describe_audio())}
    jobs = []
    for card in cards:
        for kind, source in (
            ("picture", card.picture),
            ("frames", card.frames),
            ("nearest", card.nearest),
            ("sound", card.sound),
        ):
            if source is None:
                continue
            how = asked["sound" if kind == "sound" else "picture"]
            key = digest([kind, ledger.digest(source), how])
            stem = f"{stem_of(card.slug)}.{key[:10]}"
            name = f"{kind}:{card.slug}"
            if kind == "picture":
                jobs.append(Job(name, key, source, stem, encode_picture, (options,)))
            elif kind in ("frames", "nearest"):
                stem = f"{stem_of(card.slug)}.{kind}.{key[:10]}"
                function = encode_frames if kind == "frames" else encode_nearest
                jobs.append(Job(name, key, source, stem, function, (options,)))
            else:
                jobs.append(Job(name, key, source, stem, encode_sound))
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

    Returns each card's media by slug and the files that could not be used. What the ledger knows
    and ``out`` still holds is not made again. ``social`` asks for what shared links show, too.
    """
    from generate.gallery.media.jobs import run_jobs

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
    broken = [Broken(slug, path, reason) for (slug, path), reason in faults.items()]
    media = {}
    for card in cards:
        picture = products.get(f"picture:{card.slug}")
        sound = products.get(f"sound:{card.slug}")
        frames = products.get(f"frames:{card.slug}")
        nearest = products.get(f"nearest:{card.slug}")
        drawn = products.get(f"social:{card.slug}")
        media[card.slug] = CardMedia(
            picture=read_picture(picture) if picture else None,
            sound=read_sound(sound) if sound else None,
            frames=read_frames(frames) if frames else None,
            social=media_url(drawn["path"]) if drawn else None,
            nearest=media_url(nearest["path"]) if nearest else None,
        )
    return media, broken


def media_url(name: str) -> str:
    """The address of a file of site/media/, relative to site/."""
    return f"{MEDIA}/{quote(name)}"


def read_picture(product: dict[str, Any]) -> Picture:
    """A `Picture` from what `encode_picture` returned."""
    sources = tuple(
        (mime, ", ".join(f"{media_url(name)} {width}w" for name, width in files))
        for mime, files in product["sources"].items()
    )
    facts = {key: product[key] for key in ("width", "height", "placeholder", "tint", "pixelated")}
    return Picture(sources, media_url(product["fallback"]), **facts)


def read_sound(product: dict[str, Any]) -> Sound:
    """A `Sound` from what `encode_sound` returned."""
    return Sound(
        media_url(product["path"]),
        product["mime"],
        product["seconds"],
        product["bytes"],
        tuple(product["peaks"]),
    )


def read_frames(product: dict[str, Any]) -> Frames:
    """A `Frames` from what `encode_frames` returned."""
    facts = {key: product[key] for key in ("count", "width", "height", "placeholder")}
    return Frames(media_url(product["path"]), **facts)


def pack_media(media: CardMedia) -> dict[str, Any]:
    """A card's media as JSON."""
    return asdict(media)


def unpack_media(packed: dict[str, Any]) -> CardMedia:
    """The media that `pack_media` packed."""
    picture, sound, frames = packed["picture"], packed["sound"], packed["frames"]
    if picture:
        sources = tuple((mime, srcset) for mime, srcset in picture["sources"])
        picture = Picture(**{**picture, "sources": sources})
    if sound:
        sound = Sound(**{**sound, "peaks": tuple(sound["peaks"])})
    if frames:
        frames = Frames(**frames)
    return CardMedia(picture, sound, frames, packed["social"], packed["nearest"])
