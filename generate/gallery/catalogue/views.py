"""What the templates see of a card: its texts, and its media with links."""

import colorsys
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from generate.cards import Card, Word
from generate.gallery.catalogue.provenance import NearestPicture, read_nearest
from generate.gallery.catalogue.stamp import draw_wave, format_post_date, format_roman
from generate.gallery.media.card_media import CardMedia, Frames, Picture, Sound
from generate.recipe import derive_seed
from generate.wishes.shelf import shelf_path

TILTS = 9  # classes tilt-0 to tilt-8 of style.css
TINT = "#8a8f7a"  # of a card without a picture


@dataclass(frozen=True)
class SpokenWord:
    """One word of a phrase. ``start`` and ``end`` are seconds in the sound, None if unknown."""

    form: str
    morphemes: str
    gloss: str
    meaning: str
    start: float | None
    end: float | None


@dataclass(frozen=True)
class Shown:
    """A picture with links that start at one page.

    ``sources`` are (MIME type, srcset); ``small`` is its smallest WebP, or else the fallback.
    """

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
    """A card as templates show it.

    ``path`` (raw) and ``url`` (percent-encoded) lead from site/ to its page, ``shelf`` (raw) to its
    shelf, "" without one. ``spot`` is the short name of its place, ``wave`` the path data of
    its waveform, ``wash`` a bright colour of the same hue as ``tint``. ``shown`` keeps what
    `picture_from` returned.
    """

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
    picture: Picture | None
    sound: Sound | None
    frames: Frames | None
    social: str | None
    nearest: NearestPicture | None
    words: list[SpokenWord]
    wave: str
    tint: str
    wash: str
    shelf: str
    shown: dict[str, Shown | None] = field(default_factory=dict)

    def picture_from(self, root: str) -> Shown | None:
        """The picture with links for a page from which ``root`` leads to site/."""
        if root not in self.shown:
            self.shown[root] = link_picture(self.picture, root) if self.picture else None
        return self.shown[root]


def view_card(index: int, card: Card, media: CardMedia) -> View:
    """What templates see of ``card``; ``index`` is its position in the gallery, from 0."""
    chance = random.Random(derive_seed("tilt", card.slug))
    tint = media.picture.tint if media.picture else TINT
    return View(
        card=card,
        index=index,
        path=f"cards/{card.slug}.html",
        url=quote(f"cards/{card.slug}.html"),
        title=card.title.strip() or card.name.get("form", "").strip() or card.slug,
        alt=card.caption.strip() or card.title.strip() or card.slug,
        name=card.name.get("form", "").strip(),
        plate=plate_of(card, index),
        date=format_post_date(card.date),
        spot=explain_place(card.place),
        tilt=chance.randrange(TILTS),
        picture=media.picture,
        sound=media.sound,
        frames=media.frames,
        social=media.social,
        nearest=read_nearest(card, media.nearest),
        words=list(time_words(card)),
        wave=draw_wave(media.sound.peaks) if media.sound else "",
        tint=tint,
        wash=brighten(tint),
        shelf=shelf_path(card.series) if card.series else "",
    )


def move_view(view: View, index: int) -> View:
    """The view of the same card at another position in the gallery."""
    return replace(view, index=index, plate=plate_of(view.card, index))


def plate_of(card: Card, index: int) -> str:
    """The number on a card in Roman numerals: its own, else its position in the gallery from 1."""
    return format_roman(card.number if card.number is not None else index + 1)


def explain_place(place: str) -> str:
    """The meaning of a place's name if it stands in brackets after the name, else the name."""
    match = re.fullmatch(r".+ \((.+)\)", place)
    return match[1] if match else place


def brighten(tint: str) -> str:
    """A bright colour of the same hue as ``tint``, which is dull as the mean of many colours."""
    red, green, blue = (int(tint[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    bright = colorsys.hls_to_rgb(hue, 0.56, min(1.0, 0.3 + 1.6 * saturation))
    return "#" + "".join(f"{round(255 * part):02x}" for part in bright)


def time_words(card: Card) -> Iterator[SpokenWord]:
    """The words of the phrase; with glosses and times if card.json has one for each word."""
    forms = card.phrase.split()
    known = card.words if len(card.words) == len(forms) else []
    times = card.times if len(card.times) == len(forms) else []
    for at, form in enumerate(forms):
        start, end = times[at] if times else (None, None)
        word = known[at] if known else Word(form=form)
        yield SpokenWord(form, word.morphemes, word.gloss, word.meaning, start, end)


def link_picture(picture: Picture, root: str) -> Shown:
    """``picture`` with links for a page from which ``root`` leads to site/."""
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
