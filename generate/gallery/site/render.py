"""Bring site/ up to date: cards, templates and pages in Markdown → the published gallery.

The output equals the inputs: a build after any change leaves the same bytes as a build from
nothing, and what no input asks for any more is removed. Whether anything is to do is decided by
digests (see ledger.py): of all inputs for the site as a whole, and for each file of what it shows.
Files are replaced one by one, each in one step, pages after what they refer to and the service
worker last, so that a stopped run leaves a site that works.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from generate.errors import Refusal
from generate.gallery.site.inputs import HOURS, Sight, digest_inputs, find_bed
from generate.gallery.site.ledger import Ledger
from generate.gallery.site.outputs import (
    Report,
    look,
    make_outputs,
    remove_orphans,
    take_print,
    verify_site,
    write_outputs,
)
from generate.recipe import digest, digest_bytes
from generate.settings import Settings

PACKAGES = ("jinja2", "markdown", "nh3", "numpy", "pillow", "soundfile", "fonttools", "matplotlib")
# Between them they read all cards, the language and the templates.
REHEARSED = ("index.html", "dictionary.html", "alphabet.html", "grammar.html")


@dataclass
class Session:
    """What is worth keeping between two builds of one process, as in the preview.

    A ``lasting`` session opens everything at its first build, even if the site is fresh, so that
    the next has less to do; ``rehearsal`` makes pages that most changes touch, for whoever has time
    between the two. ``sight`` is what it last saw of the inputs. Once a build of it has succeeded,
    site/ is ``settled``: taken to be as that build left it, until somebody who has looked
    (`is_settled` in outputs.py) says that it is not.
    """

    ledger: Ledger
    lasting: bool = False
    settled: bool = False
    sight: Sight | None = None
    entries: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    rehearsal: list[Callable[[], Any]] | None = None


def open_session(settings: Settings) -> Session:
    """A session with the ledger of earlier runs."""
    return Session(Ledger(settings.work / "site" / "ledger.tsv"))


def render_site(
    settings: Settings, keep_going: bool = False, session: Session | None = None
) -> Report:
    """Make site/ what the cards, pages, templates and settings say.

    A file that cannot be used is a `Refusal` that names it, and site/ stays as it was; with
    ``keep_going`` its card is left out and named in the report.
    """
    session = session or open_session(settings)
    settled, session.settled = session.settled, False
    session.ledger.begin(settled)
    if not settled:
        look(settings.home / "site", session.ledger)
    with few_collections():
        report = bring_up_to_date(settings, keep_going, session)
    session.settled = session.lasting
    return report


def bring_up_to_date(settings: Settings, keep_going: bool, session: Session) -> Report:
    """`render_site` in a session that has begun."""
    ledger, out = session.ledger, settings.home / "site"
    inputs = digest_inputs(settings, ledger, session.sight)
    code = {name: found for name, found in inputs.items() if name.startswith("code/")}
    # What of a card's making is shown, and so whether its nearest training picture is published.
    shown = [settings.site.show_sources, settings.pictures.source]
    making = digest([code, {name: metadata.version(name) for name in PACKAGES}, shown])
    base = digest([making, settings.model_dump(mode="json")])
    key = digest(["site", inputs, base])
    known = ledger.recall("site", key)
    if known and not known["broken"] and (session.entries or not session.lasting):
        if report := verify_site(out, known, ledger):
            ledger.flush()
            return report

    from generate.gallery.media.beds import prepare_beds
    from generate.gallery.media.icons import prepare_icons
    from generate.gallery.site.catalogue import list_entries, list_files
    from generate.gallery.site.composition import compose
    from generate.gallery.site.worker import write_worker

    entries, broken = list_entries(settings, ledger, session.entries, inputs, making, out)
    faults = [str(fault) for fault in broken]
    if faults and not keep_going:
        raise Refusal(
            "; ".join(faults)
            + "; mend or remove what is named, or leave these cards out with KEEP_GOING=1"
        )
    beds = prepare_beds({hour: find_bed(settings, hour) for hour in HOURS}, out, ledger)
    prepare_icons(entries[0].card.picture if entries else None, out, ledger)
    outputs = compose(settings, ledger, entries, beds, inputs, base, session.kept)
    if session.lasting and session.rehearsal is None:
        session.rehearsal = [output.make for output in outputs if output.name in REHEARSED]
    made, digests, sizes = make_outputs(outputs, out, ledger)
    digests = list_files(entries) | list_shared(ledger) | digests
    for name, text in write_worker(
        settings, sizes, digests, (entry.media for entry in entries), beds
    ).items():
        made[name] = text.encode()
        digests[name] = digest_bytes(made[name])
    written = write_outputs(out, made, digests, ledger)
    removed = remove_orphans(out, digests, ledger)
    ledger.adopt()
    size = sum(status.st_size for status in ledger.present.values())
    found = take_print(digests)
    if not ledger.unsettled:
        ledger.record("site", key, {"print": found, "cards": len(entries), "broken": faults})
    ledger.save()
    return Report(len(entries), len(digests), size, tuple(written), tuple(removed), tuple(faults))


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for garbage seldom: thousands of facts are read at once, and nearly all are kept."""
    thresholds = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        # What has lasted until now is counted as old, rather than searched once on the way out.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def list_shared(ledger: Ledger) -> dict[str, str]:
    """Digests of beds and icons, which belong to no card, by path below site/."""
    found: dict[str, str] = {}
    for name in [*(f"bed:{hour}" for hour in HOURS), "icons"]:
        product = ledger.read(name) if name in ledger.used else None
        folder = "" if name == "icons" else "media/"
        for file in product["files"] if product else ():
            found[folder + file["name"]] = file["sha256"]
    return found
