"""Draw a card's stamp, postmark and waveform as SVG."""

import random
from functools import lru_cache
from math import cos, pi, sin

from markupsafe import Markup, escape

from generate.recipe import derive_seed

MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
# In units of the drawing, 5 to a millimetre: a stamp of 24 by 30 mm, and its perforation holes.
WIDTH, HEIGHT, HOLE = 120, 150, 3.1


def format_post_date(date: str) -> str:
    """An ISO date as on a postmark, the month in Roman numerals: 7 · V · 2026."""
    parts = date.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts) and 1 <= int(parts[1]) <= 12:
        return f"{int(parts[2])} · {MONTHS[int(parts[1]) - 1]} · {parts[0]}"
    return date


def format_roman(number: int) -> str:
    """A number from 1 to 3999 in Roman numerals; another one in digits."""
    if not 1 <= number < 4000:
        return str(number)
    signs = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
    text = ""
    for value, sign in signs:
        text += sign * (number // value)
        number %= value
    return text


def _perforate() -> str:
    """Outline of a stamp: a rectangle with half circles cut out of its edges."""
    across, down = 12, 15
    pitch_x, pitch_y = WIDTH / across, HEIGHT / down
    path = "M0 0"
    for count, pitch, dx, dy in (
        (across, pitch_x, 1, 0),
        (down, pitch_y, 0, 1),
        (across, pitch_x, -1, 0),
        (down, pitch_y, 0, -1),
    ):
        tooth = (pitch - 2 * HOLE) / 2
        for _ in range(count):
            path += (
                f"l{dx * tooth:g} {dy * tooth:g}"
                f"a{HOLE} {HOLE} 0 0 0 {dx * 2 * HOLE:g} {dy * 2 * HOLE:g}"
                f"l{dx * tooth:g} {dy * tooth:g}"
            )
    return path + "z"


OUTLINE = _perforate()


def draw_stamp(
    picture: str | None, tint: str, value: int | None, country: str, label: str
) -> Markup:
    """A perforated stamp: the middle of ``picture`` (a link), its value, and the country.

    ``tint`` ("#rrggbb") shows while the picture loads or if there is none.
    """
    # Each text is escaped by itself, since Markup.format takes five times as long.
    shown = (
        f'<image href="{escape(picture)}" x="-14" y="-8" width="132" height="132" '
        'preserveAspectRatio="xMidYMid slice"/>'
        if picture
        else ""
    )
    fit = 'textLength="66" lengthAdjust="spacingAndGlyphs"' if len(country) > 11 else ""
    return Markup(
        f'<svg class="stamp" viewBox="0 0 120 150" role="img" aria-label="{escape(label)}">'
        f'<path class="stamp-paper" d="{OUTLINE}"/>'
        '<svg x="9" y="9" width="102" height="108" viewBox="0 0 102 108">'
        f'<rect width="102" height="108" fill="{escape(tint)}"/>{shown}</svg>'
        f'<text class="stamp-country" x="10" y="134" {fit}>{format_label(country, 24)}</text>'
        '<text class="stamp-value" x="110" y="136" text-anchor="end">'
        f"{'' if value is None else value}</text></svg>"
    )


def draw_postmark(name: str, place: str, date: str, label: str, country: str) -> Markup:
    """A round dated postmark; ``name``, ``place`` and ``date`` seed its angle and worn spots.

    ``name`` must be an identifier that is unique on the page, since the arcs' ids contain it.
    """
    chance = random.Random(derive_seed("postmark", name, place, date))
    turn = chance.uniform(-16, 9)
    waves = ""
    for line in range(6):
        y = 29 + line * 9 + chance.uniform(-0.6, 0.6)
        swing = chance.uniform(3.2, 4.4)
        waves += f"M91 {y:.1f}q9-{swing:.1f} 18 0t18 0 18 0 18 0 18 0 18 0"
    ring = "".join(
        f"M{52 + 30 * cos(angle):.1f} {52 + 30 * sin(angle):.1f}l.1 0"
        for angle in (chance.uniform(0, 2 * pi) for _ in range(7))
    )
    return Markup(
        f'<svg class="postmark" viewBox="0 0 210 104" role="img" aria-label="{escape(label)}">'
        f'<g transform="rotate({turn:.1f} 52 52)" fill="none">'
        '<circle cx="52" cy="52" r="47"/><circle cx="52" cy="52" r="30"/>'
        f'<path d="{waves}"/><path class="worn" d="{ring}"/>'
        f'<path id="arc-{name}" stroke="none" d="M15.500 52a36.500 36.500 0 0 1 73 0"/>'
        f'<path id="under-{name}" stroke="none" d="M10.500 52a41.500 41.500 0 0 0 83 0"/>'
        f'<text><textPath href="#arc-{name}" startOffset="50%" text-anchor="middle">'
        f"{format_label(place, 16)}</textPath></text>"
        f'<text><textPath href="#under-{name}" startOffset="50%" text-anchor="middle">'
        f"{format_label(country, 16)}</textPath></text>"
        '<text class="postmark-date" x="52" y="56" text-anchor="middle">'
        # Without spaces, or the longest dates would cross the inner ring.
        f"{format_label(format_post_date(date).replace(' ', ''), 18)}</text></g></svg>"
    )


@lru_cache(maxsize=1 << 14)
def draw_wave(peaks: tuple[float, ...], width: int = 960, height: int = 64) -> str:
    """Path data of a waveform: one bar for each of ``peaks`` (0 to 1)."""
    step, middle, reach = width / max(1, len(peaks)), height // 2, height // 2 - 4
    halves = [max(1, round(reach * min(1.0, max(0.0, peak)))) for peak in peaks]
    return "".join(
        f"M{round((index + 0.5) * step)} {middle - half}v{2 * half}"
        for index, half in enumerate(halves)
    )


def format_label(text: str, limit: int) -> Markup:
    """``text`` on one line, in capitals, cut to ``limit`` characters, escaped."""
    text = " ".join(text.split())
    return escape((text if len(text) <= limit else text[: limit - 1] + "…").upper())
