"""Publish the jungle's ambience at each hour: work/ambience/<hour>.flac → site/media/*.js."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.gallery.incremental.ledger import Ledger
from generate.gallery.media.audio import decode_sound, list_mp3_facts
from generate.gallery.media.card_media import MEDIA, media_url
from generate.gallery.media.encode import write_encoded
from generate.gallery.media.jobs import Job, run_jobs
from generate.recipe import digest

REVISION = 1


@dataclass(frozen=True)
class Bed:
    """The jungle's ambience at one hour: an MP3 inside a classic script.

    ``script`` calls ``jungleBed(hour, base64)``. This works in a page opened from disk, where
    `fetch` does not. The loop begins at ``start`` and is ``seconds`` long.
    """

    script: str
    start: float
    seconds: float


def prepare_beds(sources: Mapping[str, Path], out: Path, ledger: Ledger) -> dict[str, Bed]:
    """The beds by hour, for hours that have a file in ``sources``; `Refusal` for a broken one.

    ``out`` is site/.
    """
    asked = {"revision": REVISION, **list_mp3_facts()}
    jobs = []
    for hour, source in sources.items():
        if source.is_file():
            key = digest(["bed", hour, ledger.digest(source), asked])
            stem = f"ambience-{hour}.{key[:10]}"
            jobs.append(Job(f"bed:{hour}", key, source, stem, encode_bed, (hour,)))
    products, failures = run_jobs(jobs, out / MEDIA, ledger)
    for job in jobs:
        if job.name in failures:
            reason = failures[job.name]
            raise Refusal(f"{job.source} {reason}; delete it and run make sounds")
    return {
        name.removeprefix("bed:"): Bed(media_url(made["path"]), made["start"], made["seconds"])
        for name, made in products.items()
    }


def encode_bed(source: Path, out: Path, stem: str, hour: str) -> dict[str, Any]:
    """Encode a periodic sound so that a browser can loop it without a gap."""
    from generate.sounds.mastering.encoding import encode_loop

    data, loop = encode_loop(*decode_sound(source))
    text = f'jungleBed("{hour}", "{base64.b64encode(data).decode()}");\n'
    file = write_encoded(out, f"{stem}.js", text.encode())
    return {
        "files": [file],
        "path": file["name"],
        "start": loop["pad_s"],
        "seconds": loop["loop_s"],
    }
