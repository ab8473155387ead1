"""Publish the jungle's sound at each hour: work/ambience/<hour>.flac → scripts in site/media/."""

import base64
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.gallery.incremental.ledger import Ledger
from generate.gallery.media.audio import describe_audio, read_sound
from generate.gallery.media.card_media import MEDIA, Bed, Job, media_url
from generate.gallery.media.encode import write_encoded
from generate.gallery.media.jobs import run_jobs
from generate.recipe import digest

REVISION = 1


def prepare_beds(sources: Mapping[str, Path], out: Path, ledger: Ledger) -> dict[str, Bed]:
    """The beds by hour, for those hours whose file is there; `Refusal` names a broken one."""
    asked = {"revision": REVISION, **describe_audio()}
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
    """Encode a periodic bed so that a browser can loop it without a seam."""
    from generate.sounds.mastering.encoding import encode_loop

    data, loop = encode_loop(*read_sound(source))
    text = f'jungleBed("{hour}", "{base64.b64encode(data).decode()}");\n'
    file = write_encoded(out, f"{stem}.js", text.encode())
    return {
        "files": [asdict(file)],
        "path": file.name,
        "start": loop["pad_s"],
        "seconds": loop["loop_s"],
    }
