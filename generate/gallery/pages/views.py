"""What the templates see of a card: its texts, its media with links, its stamp and postmark."""

import colorsys
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from generate.cards import Card
from generate.gallery.pages.provenance import Nearest, nearest_of
from generate.gallery.pages.stamp import draw_postmark, draw_stamp, draw_wave, post_date, roman
from generate.gallery.pages.words import fill
from generate.recipe import derive_seed

TILTS = 9  # classes tilt-0 to tilt-8 of postcard.css
TINT = "#8a8f7a"


@dataclass(frozen=True)
class Spoken:
    """One word of a phrase with the time at which it is spoken, where that is known."""

    form: str
    morphemes: str
    gloss: str
    meaning: str
    start: float | None
    end: float | None


@dataclass(frozen=True)
class Shown:
    """A picture whose links start at one page: ``sources`` are (MIME type, srcset), ``small`` is
    its smallest WebP, or the fallback where it has none."""

    sources: list[tuple[str, str]]
    fallback: str
    small: str
    width: int
    height: int
    placeholder: str
    tint: str
    shape: str


@dataclass(frozen=True)
class View:
    """A card as templates draw it. ``path`` is raw, ``url`` percent-encoded, both site-relative."""

    card: Card
    index: int
    path: str
    url: str
    title: str
    alt: str
    name: str
    plate: str
    date: str
    spot: str
    tilt: int
    picture: Any
    sound: Any
    frames: Any
    social: str | None
    nearest: Nearest | None
    words: list[Spoken]
    wave: str
    tint: str
    wash: str
    shown: dict[str, Shown | None] = field(default_factory=dict)

    def picture_from(self, root: str) -> Shown | None:
        """The picture with links that start from a page whose way to the root is ``root``."""
        if root not in self.shown:
            self.shown[root] = _link_picture(self.picture, root)
        return self.shown[root]


def view_card(index: int, card: Card, media: Any) -> View:
    """What templates see of ``card``, the ``index``-th of the gallery."""
    picture = getattr(media, "picture", None)
    sound = getattr(media, "sound", None)
    chance = random.Random(derive_seed("tilt", card.slug))
    tint = getattr(picture, "tint", TINT)
    return View(
        card=card,
        index=index,
        path=f"cards/{card.slug}.html",
        url=quote(f"cards/{card.slug}.html"),
        title=card.title.strip() or card.name.get("form", "").strip() or card.slug,
        alt=card.caption.strip() or card.title.strip() or card.slug,
        name=card.name.get("form", "").strip(),
        plate=plate_of(card, index),
        date=post_date(card.date),
        spot=explain_place(card.place),
        tilt=chance.randrange(TILTS),
        picture=picture,
        sound=sound,
        frames=getattr(media, "frames", None),
        social=getattr(media, "social", None),
        nearest=nearest_of(card, getattr(media, "nearest", None)),
        words=list(time_words(card)),
        wave=draw_wave(sound.peaks) if sound else "",
        tint=tint,
        wash=freshen(tint),
    )


def move_view(view: View, index: int) -> View:
    """The view of the same card as the ``index``-th of the gallery."""
    return replace(view, index=index, plate=plate_of(view.card, index))


def plate_of(card: Card, index: int) -> str:
    """The number on a card's plate: its own, else its place in the gallery."""
    return roman(card.number if card.number is not None else index + 1)


def explain_place(place: str) -> str:
    """What a place's name means, where it says so in brackets, else the name."""
    match = re.fullmatch(r".+ \((.+)\)", place)
    return match[1] if match else place


def freshen(tint: str) -> str:
    """The same hue as ``tint``, as a fresh wash of watercolour: a mean of many colours is dull."""
    red, green, blue = (int(tint[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    fresh = colorsys.hls_to_rgb(hue, 0.56, min(1.0, 0.3 + 1.6 * saturation))
    return "#" + "".join(f"{round(255 * part):02x}" for part in fresh)


def time_words(card: Card) -> Iterator[Spoken]:
    """The phrase's words, with glosses and times where card.json agrees with the phrase."""
    forms = card.phrase.split()
    if not forms:
        return
    known = card.words if len(card.words) == len(forms) else []
    times = card.times if len(card.times) == len(forms) else []
    for at, form in enumerate(forms):
        start, end = times[at] if times else (None, None)
        if known:
            word = known[at]
            yield Spoken(form, word.morphemes, word.gloss, word.meaning, start, end)
        else:
            yield Spoken(form, "", "", "", start, end)


def stamp_of(view: View, root: str, country: str, words: Mapping[str, str]) -> Markup:
    """The card's stamp, cut from its picture."""
    shown = view.picture_from(root)
    return draw_stamp(
        shown.small if shown else None, view.tint, view.card.number, country, words["stamp"]
    )


def postmark_of(view: View, country: str, words: Mapping[str, str]) -> Markup:
    """The card's postmark with its place and date."""
    label = fill(words["postmark"], place=view.card.place, date=view.date)
    name = view.card.place.split(" (")[0]
    return draw_postmark(f"c{view.index}", name, view.card.date, label, country)


def message_of(view: View) -> Markup:
    """The message of the card's back as safe HTML."""
    from generate.gallery.pages.long_markdown import render_any

    return Markup(render_any(view.card.message))


def _link_picture(picture: Any, root: str) -> Shown | None:
    if picture is None:
        return None
    ratio = picture.width / picture.height if picture.height else 1
    small = [found.split()[0] for mime, found in picture.sources if mime == "image/webp"]
    return Shown(
        small=root + (small[0] if small else picture.fallback),
        sources=[
            (mime, ", ".join(root + part.strip() for part in found.split(",")))
            for mime, found in picture.sources
        ],
        fallback=root + picture.fallback,
        width=picture.width,
        height=picture.height,
        placeholder=picture.placeholder,
        tint=picture.tint,
        shape="wide" if ratio > 1.25 else "square",
    )
