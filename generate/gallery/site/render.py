"""Bring site/ up to date: cards, templates and pages in Markdown → the published gallery.

The result depends on the inputs only: a build after any change leaves the same bytes as a build
from nothing, and files that are no output any more are removed. Digests decide what to make (see
ledger.py): one of all inputs for the site as a whole, and one for each file of what it shows.
Each file is replaced in one step, pages after the files that they refer to, and the service worker
last. So a stopped run leaves a site that works.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from typing import Any

from generate.errors import Refusal
from generate.gallery.incremental.inputs import HOURS, Snapshot, digest_inputs, find_bed
from generate.gallery.incremental.ledger import Ledger
from generate.gallery.incremental.outputs import (
    SiteReport,
    fingerprint,
    make_outputs,
    remove_orphans,
    scan_site,
    verify_site,
    write_outputs,
)
from generate.recipe import digest, digest_bytes
from generate.settings import Settings

PACKAGES = ("jinja2", "markdown", "nh3", "numpy", "pillow", "soundfile", "fonttools", "matplotlib")
# Pages that together read all cards, the language and the templates.
WARM_UP = ("index.html", "dictionary.html", "alphabet.html", "grammar.html")


@dataclass
class Session:
    """What is kept between two builds of one process, such as the preview.

    A ``lasting`` session has many builds. So its first one reads all cards even if the site is
    fresh, and ``warm_up`` lists functions that make the next build faster when they are called in
    between. ``snapshot`` is the state of the inputs. After a build of a lasting session
    ``trusts_site`` is true: the next one takes site/ to be as this one left it. Whoever sees that
    it is not (`is_unchanged` in outputs.py) must set it to false.
    """

    ledger: Ledger
    lasting: bool = False
    trusts_site: bool = False
    snapshot: Snapshot | None = None
    entries: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, tuple[str, Any]] = field(default_factory=dict)
    warm_up: list[Callable[[], Any]] | None = None


def open_session(settings: Settings) -> Session:
    """A session with the ledger of earlier runs."""
    return Session(Ledger(settings.work / "site"))


def render_site(
    settings: Settings, keep_going: bool = False, session: Session | None = None
) -> SiteReport:
    """Bring site/ up to date with the cards, pages, templates and settings.

    A file that cannot be used is a `Refusal` that names it; site/ stays as it was. With
    ``keep_going`` its card is left out and named in the report.
    """
    session = session or open_session(settings)
    trusts_site, session.trusts_site = session.trusts_site, False
    session.ledger.begin(trusts_site)
    if not trusts_site:
        scan_site(settings.home / "site", session.ledger)
    with few_collections():
        report = bring_up_to_date(settings, keep_going, session)
    session.trusts_site = session.lasting
    return report


def bring_up_to_date(settings: Settings, keep_going: bool, session: Session) -> SiteReport:
    """`render_site` in a session that has begun."""
    ledger, out = session.ledger, settings.home / "site"
    inputs = digest_inputs(settings, ledger, session.snapshot)
    sources = {name: found for name, found in inputs.items() if name.startswith("code/")}
    # What of a card's making is shown, and so whether its nearest training picture is published.
    shown = [settings.site.show_sources, settings.pictures.source]
    code = digest([sources, {name: metadata.version(name) for name in PACKAGES}, shown])
    base = digest([code, settings.model_dump(mode="json")])
    key = digest(["site", inputs, base])
    known = ledger.recall("site", key)
    if known and not known["broken"] and (session.entries or not session.lasting):
        if report := verify_site(out, known, ledger):
            ledger.flush()
            return report

    # A build with nothing to do needs none of these.
    from generate.gallery.catalogue.entries import list_entries, list_media_files
    from generate.gallery.media.beds import prepare_beds
    from generate.gallery.media.icons import prepare_icons
    from generate.gallery.site.composition import compose_site
    from generate.gallery.site.service_worker import write_worker
    from generate.gallery.site.sources import read_public_card

    entries, broken = list_entries(
        settings, ledger, session.entries, inputs, code, out, partial(read_public_card, settings)
    )
    faults = [str(fault) for fault in broken]
    if faults and not keep_going:
        raise Refusal(
            "; ".join(faults)
            + "; mend or remove what is named, or leave these cards out with KEEP_GOING=1"
        )
    beds = prepare_beds({hour: find_bed(settings, hour) for hour in HOURS}, out, ledger)
    prepare_icons(entries[0].card.picture if entries else None, out, ledger)
    outputs = compose_site(settings, ledger, entries, beds, inputs, base, session.kept)
    if session.lasting and session.warm_up is None:
        session.warm_up = [output.make for output in outputs if output.name in WARM_UP]
    made, digests, sizes = make_outputs(outputs, out, ledger)
    digests = list_media_files(entries) | list_shared_files(ledger) | digests
    media = (entry.media for entry in entries)
    for name, text in write_worker(settings, sizes, digests, media, beds, ledger).items():
        made[name] = text.encode()
        digests[name] = digest_bytes(made[name])
    written = write_outputs(out, made, digests, ledger)
    removed = remove_orphans(out, digests, ledger)
    ledger.keep_written()
    if not ledger.overtaken:
        facts = {"fingerprint": fingerprint(digests), "cards": len(entries), "broken": faults}
        ledger.record("site", key, facts)
    ledger.save()
    size = ledger.measure_site()
    return SiteReport(
        len(entries), len(digests), size, tuple(written), tuple(removed), tuple(faults)
    )


@contextmanager
def few_collections() -> Iterator[None]:
    """Collect garbage rarely: thousands of objects are made at once, and nearly all are kept."""
    thresholds = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        # Moves all objects to the oldest generation, so that they are not searched here at once.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def list_shared_files(ledger: Ledger) -> dict[str, str]:
    """Digests of beds and icons, which belong to no card, by path below site/."""
    found: dict[str, str] = {}
    for name in [*(f"bed:{hour}" for hour in HOURS), "icons"]:
        product = ledger.read(name) if name in ledger.used else None
        folder = "" if name == "icons" else "media/"
        for file in product["files"] if product else ():
            found[folder + file["name"]] = file["sha256"]
    return found
