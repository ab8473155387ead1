"""Bring site/ up to date: cards, templates and pages in Markdown → the published gallery.

The output equals the inputs: a build after any change leaves the same bytes as a build from
nothing, and what no input asks for any more is removed. Whether anything is to do is decided by
digests (see ledger.py). Files are replaced one by one, each in one step, pages after what they
refer to and the service worker last, so that a stopped run leaves a site that works.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from generate.cards import Card, list_bundles, merge_card
from generate.errors import Refusal
from generate.files import sweep
from generate.gallery.feeds import write_feeds
from generate.gallery.inputs import HOURS, PROJECT_TEMPLATES, digest_inputs, find_bed, walk
from generate.gallery.ledger import Ledger
from generate.gallery.media import MEDIA, Bed, Broken, CardMedia, prepare_media
from generate.gallery.outputs import (
    Report,
    adopt_outputs,
    look,
    remove_orphans,
    verify_site,
    write_outputs,
)
from generate.gallery.worker import write_manifest, write_worker
from generate.gallery.workshop import is_whole
from generate.recipe import digest, digest_bytes
from generate.settings import Settings

Files = list[tuple[str, str]]
# What is made of a bundle, as the ledger names it.
KINDS = ("picture", "frames", "nearest", "sound", "social")
PACKAGES = ("jinja2", "markdown", "nh3", "numpy", "pillow", "soundfile")


@dataclass
class Session:
    """What is worth keeping between two builds of one process, as in the preview.

    A ``lasting`` session is filled at its first build, even if the site is fresh.
    """

    ledger: Ledger
    lasting: bool = False
    known: dict[str, Any] = field(default_factory=dict)
    cards: dict[str, tuple[Any, Card]] = field(default_factory=dict)
    media: dict[str, tuple[Any, CardMedia]] = field(default_factory=dict)
    language: tuple[str, Any] | None = None


def open_session(settings: Settings) -> Session:
    """A session with the ledger of earlier runs."""
    return Session(Ledger(settings.work / "site" / "ledger.jsonl"))


def render_site(
    settings: Settings, keep_going: bool = False, session: Session | None = None
) -> Report:
    """Make site/ what the cards, pages, templates and settings say.

    A file that cannot be used is a `Refusal` that names it, and site/ stays as it was; with
    ``keep_going`` its card is left out and named in the report.
    """
    from generate.gallery.beds import prepare_beds
    from generate.gallery.icons import prepare_icons
    from generate.gallery.social import prepare_social

    session = session or open_session(settings)
    ledger, out = session.ledger, settings.home / "site"
    ledger.begin()
    inputs = digest_inputs(settings, ledger)
    key = digest(["site", inputs, settings.model_dump(mode="json"), read_versions()])
    known = ledger.recall("site", key)
    filled = bool(session.known) or not session.lasting
    if filled and known and not known["broken"] and (report := verify_site(out, known, ledger)):
        ledger.flush()
        return report

    sweep(out)
    look(out, ledger)
    files = group_by_card(inputs)
    cards, broken = read_bundles(settings, session, files)
    media = {c.slug: session.media[c.slug][1] for c in cards if is_known(c, session, files, out)}
    stale = [card for card in cards if card.slug not in media]
    made, unusable = prepare_media(stale, out, ledger)
    broken += unusable
    if broken:
        if not keep_going:
            raise Refusal(
                "; ".join(str(fault) for fault in broken)
                + "; mend or remove what is named, or leave these cards out with KEEP_GOING=1"
            )
        left_out = {fault.slug for fault in broken}
        cards = [card for card in cards if card.slug not in left_out]
        stale = [card for card in stale if card.slug not in left_out]
    for slug, path in prepare_social(settings, stale, out, ledger).items():
        made[slug] = replace(made[slug], social=path)
    media |= made
    session.media = {card.slug: (files[card.slug], media[card.slug]) for card in cards}
    beds = prepare_beds({hour: find_bed(settings, hour) for hour in HOURS}, out, ledger)
    prepare_icons(next((card.picture for card in cards), None), out, ledger)
    outputs = compose(settings, session, cards, media, beds, inputs)
    digests = list_media(cards, ledger)
    digests |= {name: digest_bytes(data) for name, data in outputs.items()}
    shown = {card.slug: media[card.slug] for card in cards}
    for name, text in write_worker(settings, outputs, digests, shown, beds).items():
        outputs[name] = to_bytes(text)
        digests[name] = digest_bytes(outputs[name])
    written = write_outputs(out, outputs, digests, ledger)
    removed = remove_orphans(out, digests, ledger)
    size = adopt_outputs(out, digests, ledger)
    faults = [str(fault) for fault in broken]
    ledger.record("site", key, {"outputs": digests, "cards": len(cards), "broken": faults})
    ledger.save()
    return Report(len(cards), len(digests), size, tuple(written), tuple(removed), tuple(faults))


def read_versions() -> dict[str, str]:
    """Versions of the packages that decide the site's bytes."""
    return {name: metadata.version(name) for name in PACKAGES}


def group_by_card(inputs: Mapping[str, str]) -> dict[str, Files]:
    """Names and digests of the files in each bundle, by slug."""
    files: dict[str, Files] = {}
    for name, found in inputs.items():
        if name.startswith("postcards/"):
            _, slug, file = name.split("/", 2)
            files.setdefault(slug, []).append((file, found))
    return files


def is_known(card: Card, session: Session, files: Mapping[str, Files], out: Path) -> bool:
    """Whether a card's media were made earlier in this session; if so, they are in use."""
    known = session.media.get(card.slug)
    if known is None or known[0] != files[card.slug]:
        return False
    ledger = session.ledger
    names = {f"{kind}:{card.slug}" for kind in KINDS} & ledger.products.keys()
    if not all(is_whole(ledger.products[name][1], out / MEDIA, ledger) for name in names):
        return False
    ledger.used |= names
    return True


def read_bundles(
    settings: Settings, session: Session, files: Mapping[str, Files]
) -> tuple[list[Card], list[Broken]]:
    """The cards to show, those of an earlier build where their files are the same, and faults."""
    cards, broken = [], []
    for folder in list_bundles(settings):
        slug = folder.name
        if slug not in files:
            continue
        try:
            kept = session.cards.get(slug)
            card = kept[1] if kept and kept[0] == files[slug] else merge_card(folder)
        except Refusal as fault:
            broken.append(Broken(slug, folder, f"cannot be used ({fault})"))
            continue
        session.cards[slug] = (files[slug], card)
        if card.hidden:
            continue
        if card.picture is None:
            broken.append(Broken(slug, folder, "has no picture (make build makes what is missing)"))
        else:
            cards.append(card)
    return cards, broken


def list_media(cards: Sequence[Card], ledger: Ledger) -> dict[str, str]:
    """Digests of the media that the site refers to, by path below site/."""
    names = [f"{kind}:{card.slug}" for card in cards for kind in KINDS]
    names += [f"bed:{hour}" for hour in HOURS]
    found: dict[str, str] = {}
    for name in [*names, "icons"]:
        _, product = ledger.products.get(name, ("", {"files": []}))
        if name in ledger.used:
            folder = "" if name == "icons" else "media/"
            found |= {folder + file["name"]: file["sha256"] for file in product["files"]}
    return found


def compose(
    settings: Settings,
    session: Session,
    cards: Sequence[Card],
    media: Mapping[str, CardMedia],
    beds: Mapping[str, Bed],
    inputs: Mapping[str, str],
) -> dict[str, bytes]:
    """Everything of the site but its media, in the order in which it is to be written."""
    from generate.gallery.pages import render_pages

    language = read_language(settings, session, inputs)
    pages = render_pages(cards, media, settings, language, beds=beds, known=session.known)
    outputs = read_assets(settings)
    generated = {**pages, **write_feeds(settings, cards, media, pages), **write_manifest(settings)}
    for name, text in generated.items():
        if name in outputs:
            raise Refusal(f"{name}: the site makes a file of this name; rename yours")
        outputs[name] = to_bytes(text)
    outputs |= read_static(settings, outputs)
    return outputs


def to_bytes(text: str | bytes) -> bytes:
    """UTF-8; a lone surrogate, which JSON may carry and no encoding knows, becomes "?"."""
    return text.encode("utf-8", "replace") if isinstance(text, str) else text


def read_language(settings: Settings, session: Session, inputs: Mapping[str, str]) -> Any:
    """The language of content/language.toml, None where there is none yet."""
    found = inputs.get("language.toml")
    if found is None:
        return None
    if session.language is None or session.language[0] != found:
        from generate.phrases.language_file import read_language

        session.language = (found, read_language(settings.content / "language.toml"))
    return session.language[1]


def read_assets(settings: Settings) -> dict[str, bytes]:
    """Style sheets, scripts and drawings: the project's, with the jungle's own laid over them."""
    assets = {}
    for folder in (PROJECT_TEMPLATES / "assets", settings.home / "templates" / "assets"):
        for name, _ in walk(folder):
            assets[f"assets/{name}"] = (folder / name).read_bytes()
    return assets


def read_static(settings: Settings, outputs: Mapping[str, bytes]) -> dict[str, bytes]:
    """A person's own files in content/static/, published as they are."""
    folder, found = settings.content / "static", {}
    for name, _ in walk(folder):
        if name in outputs or name == "sw.js" or name.startswith("media/"):
            raise Refusal(f"{folder / name}: the site makes a file of this name; rename yours")
        found[name] = (folder / name).read_bytes()
    return found
