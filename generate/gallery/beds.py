"""Publish the jungle's sound at each hour: work/ambience/<hour>.flac → site/media/, as loops."""

from collections.abc import Mapping
from pathlib import Path

from generate.gallery.audio import describe_audio, encode_bed
from generate.gallery.ledger import Ledger
from generate.gallery.media import MEDIA, Job, Sound, read_sound
from generate.gallery.workshop import run_jobs
from generate.recipe import digest


def prepare_beds(sources: Mapping[str, Path], out: Path, ledger: Ledger) -> dict[str, Sound]:
    """The beds by hour, for those hours whose file is there and can be read."""
    asked = describe_audio()
    jobs = []
    for hour, source in sources.items():
        if source.is_file():
            key = digest(["bed", ledger.digest(source), asked])
            stem = f"ambience-{hour}.{key[:10]}"
            jobs.append(Job(f"bed:{hour}", key, source, stem, encode_bed))
    products, _ = run_jobs(jobs, out / MEDIA, ledger)
    return {name.removeprefix("bed:"): read_sound(made, out) for name, made in products.items()}
