"""Report the sounds: a printed table, and pictures and sounds.json in work/report/."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from generate.cards import CARD
from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.sounds.ambience.hours import HOURS
from generate.sounds.mastering.encoding import Array, decode, encode_loop, encode_mp3, read_sound
from generate.sounds.report.measures import measure_seam
from generate.sounds.report.sonograms import draw_sheet, draw_sound

# What a column says of what a switch did: its name and unit, and the measure, before and after
# where it has both.
SWITCHES: dict[str, tuple[str, Callable[..., str]]] = {
    "tops": ("tops %", lambda share: f"{100 * share:.1f}"),
    "hum": ("hum Hz", lambda hertz: f"{hertz:.1f}"),
    "event": ("event s", lambda was, now: f"{was:.1f}>{now:.1f}"),
    "taps": ("crest dB", lambda was, now: f"{was:.0f}>{now:.0f}"),
    "room": ("room dB", lambda was, now: f"{was:.0f}>{now:.0f}"),
}
WIDTH = 10
PEAK = -1.0
CLOSE = 0.3


@dataclass(frozen=True)
class Row:
    """What one sound measures when decoded from its MP3.

    loudness, momentary: LUFS. peak: dBTP. edge: dBFS at the ends, of calls. seam: the click of
    `measure_seam`, of loops. remark: what is wrong, or "". before, after: dB between the loudest
    moment and the noise below it, where the sound was enhanced, as card.json says. switches: what
    each switch of [sounds] enhance did, by its name.
    """

    name: str
    seconds: float
    loudness: float
    momentary: float
    peak: float
    edge: float | None
    seam: float | None
    kilobytes: float
    remark: str
    before: float | None = None
    after: float | None = None
    switches: dict[str, str] = field(default_factory=dict)


def read_enhanced(folder: Path) -> dict[str, Any]:
    """What card.json says that enhancing did to a card's sound; empty where it did nothing."""
    path = folder / CARD
    try:
        found = read_json(path)["made"]["sound"]["enhanced"] if path.is_file() else {}
    except (Refusal, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def tell_enhanced(found: Mapping[str, Any]) -> dict[str, Any]:
    """`Row.before`, `Row.after` and `Row.switches` of what `read_enhanced` found."""
    told: dict[str, Any] = {"switches": {}}
    for name, (_, form) in SWITCHES.items():
        value = found.get(name)
        try:
            if value is not None:
                told["switches"][name] = form(*value) if isinstance(value, list) else form(value)
        except (TypeError, ValueError):
            continue
    with suppress(KeyError, TypeError, ValueError):
        told |= {"before": float(found["before"]), "after": float(found["after"])}
    return told


def measure_sound(path: Path, name: str, target: float, loop: bool = False) -> tuple[Row, Array]:
    """The row of one FLAC, and its samples as decoded from the MP3 that the page will play."""
    samples, rate = read_sound(path)
    if loop:
        data, facts = encode_loop(samples, rate)
        heard = decode(data, True, len(samples), rate)
        loudness, peak = facts["loudness"], facts["true_peak"]
        momentary, edge, seam = facts["momentary"], None, measure_seam(heard, rate)[0]
    else:
        data, figures = encode_mp3(samples, rate)
        heard = decode(data, False, len(samples), rate)
        loudness, momentary, peak = figures.loudness, figures.momentary, figures.true_peak
        edge, seam = figures.edge, None
    remarks = []
    if loudness < target - CLOSE:
        remarks.append("held down by its peak" if peak > PEAK - 1.5 else "too quiet")
    elif loudness > target + CLOSE:
        remarks.append("too loud")
    if peak > PEAK:
        remarks.append("peak too high")
    if edge is not None and edge > -60:
        remarks.append("starts or ends abruptly")
    if seam is not None and seam >= 4:
        remarks.append("seam can be heard")
    seconds = len(samples) / rate
    row = Row(
        name,
        round(seconds, 3),
        round(loudness, 2),
        round(momentary, 2),
        round(peak, 2),
        None if edge is None else round(edge, 1),
        None if seam is None else round(seam, 2),
        round(len(data) / 1000, 1),
        ", ".join(remarks),
    )
    return row, heard


def format_table(rows: Sequence[Row]) -> str:
    """The rows as text, below a line of names and units."""
    head = (
        f"{'sound':<20}{'s':>7}{'LUFS':>8}{'moment.':>9}{'dBTP':>8}{'edge':>7}{'seam':>6}{'kB':>7}"
    )
    # Two columns more where sounds were enhanced.
    wide = any(row.after is not None for row in rows)
    used = [name for name in SWITCHES if any(name in row.switches for row in rows)]
    names = "".join(f"{SWITCHES[name][0]:>{WIDTH}}" for name in used)
    lines = [head + f"{'was':>6}{'now dB':>8}" * wide + names]
    for row in rows:
        clear = "" if row.after is None else f"{row.before:>6.0f}{row.after:>8.0f}"
        edge = "" if row.edge is None else f"{row.edge:.0f}"
        seam = "" if row.seam is None else f"{row.seam:.1f}"
        lines.append(
            f"{row.name[:19]:<20}{row.seconds:>7.2f}{row.loudness:>8.2f}{row.momentary:>9.2f}"
            f"{row.peak:>8.2f}{edge:>7}{seam:>6}{row.kilobytes:>7.1f}"
            f"{clear.ljust(14) if wide else ''}"
            f"{''.join(f'{row.switches.get(name, str()):>{WIDTH}}' for name in used)}"
            f"  {row.remark}".rstrip()
        )
    return "\n".join(lines)


def report_sounds(settings: Any, sounds: Mapping[str, Path]) -> list[Row]:
    """Print the table of the sounds of all cards and of the beds, and draw them.

    Writes work/report/sounds/<slug>.png, work/report/sounds.png (all in one) and
    work/report/sounds.json. Where a FLAC is missing, a sound of the same name in another format is
    measured. A sound that is missing or broken has a row that says so.
    """
    report = Path(settings.work) / "report"
    asked = [(name, path, settings.sounds.loudness, False) for name, path in sounds.items()]
    if settings.sounds.ambience:
        beds = Path(settings.work) / "ambience"
        loudness = settings.sounds.bed_loudness
        asked += [(hour, beds / f"{hour}.flac", loudness, True) for hour in HOURS]

    def work(item: tuple[str, Path, float, bool]) -> tuple[Row, Any]:
        name, path, target, loop = item
        found = next((p for p in sorted(path.parent.glob(f"{path.stem}.*"))), path)
        try:
            row, heard = measure_sound(path if path.is_file() else found, name, target, loop)
        except Refusal as refusal:
            return Row(name, 0, 0, 0, 0, None, None, 0, str(refusal)), None
        if not loop:
            row = replace(row, **tell_enhanced(read_enhanced(path.parent)))
        picture = draw_sound(heard, f"{name}  {row.loudness:.1f} LUFS  {row.peak:.1f} dBTP")
        folder = report / "sounds"
        folder.mkdir(parents=True, exist_ok=True)
        picture.save(folder / f"{name}.png")
        return row, picture

    # Threads help, since encoding and filtering release the interpreter's lock.
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        done = list(pool.map(work, asked))
    rows = [row for row, _ in done]
    print(format_table(rows))
    report.mkdir(parents=True, exist_ok=True)
    draw_sheet([picture for _, picture in done if picture]).save(report / "sounds.png")
    write_json(report / "sounds.json", [asdict(row) for row in rows])
    amiss = sum(bool(row.remark) for row in rows)
    print(f"{len(rows)} sounds, {amiss} with a remark; drawn in {report / 'sounds.png'}")
    return rows
