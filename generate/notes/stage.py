"""The stage: what cards show → notes.md in their folders, each until a person edits it."""

from generate.bundles.report import say
from generate.cards import FILES, Bundle, find_file, state_of
from generate.errors import Refusal
from generate.files import write_text
from generate.freshness.decide import decide_notes
from generate.freshness.judge import judge_notes
from generate.front_matter import split_front_matter
from generate.keeping.bundle import list_ours, place_file, reread, save_card, settle
from generate.keeping.replace import Changed, take_away
from generate.notes.naturalist import write_note
from generate.notes.runs import Taken
from generate.notes.sighting import Sighting, observe
from generate.settings import Settings

MEDIUM = "notes"


def build_notes(settings: Settings, bundles: list[Bundle]) -> None:
    """Bring every card's field note up to date, or take ours away where none are wanted.

    A note that a person wrote or edited stays, also with FORCE=1; an empty one is none. Raises
    `Refusal` where a server is to write them and has no key.
    """
    if not settings.phrases.notes:
        take_notes_away(bundles)
        return
    seen = {bundle.slug: observe(settings, bundle) for bundle in bundles}
    states = {b.slug: judge_notes(settings, b, seen[b.slug].facts).state for b in bundles}
    stale = [bundle for bundle in bundles if states[bundle.slug] == "stale"]
    names = [sighting.name for sighting in seen.values()]
    others = [bundle for bundle in bundles if states[bundle.slug] != "stale"]
    told = list(map(read_note, others)) if stale else []
    wanted = [seen[bundle.slug] for bundle in stale]
    written: dict[str, str] = {}
    if wanted and settings.phrases.writer == "openai":
        from generate.notes.server import ask_notes

        written = ask_notes(settings, wanted, names, told)
    taken = Taken(names)
    for text in [*told, *written.values()]:
        taken.add(text)
    for bundle in stale:
        note = written.get(bundle.slug)
        place_note(settings, bundle, seen[bundle.slug], note or "", taken)
    for bundle in bundles:
        settle(bundle, MEDIUM)
    kept = sum(state == "theirs" for state in states.values())
    fresh = len(bundles) - len(stale) - kept
    by_hand = f"; kept {kept} written by hand" if kept else ""
    say(MEDIUM, f"{len(stale)} written, {fresh} fresh{by_hand}")


def place_note(
    settings: Settings, bundle: Bundle, sighting: Sighting, note: str, taken: Taken
) -> None:
    """Put a note into the bundle; the built-in naturalist writes it where there is none yet."""
    by = "openai" if note else "offline"
    note = note or write_note(sighting, taken)
    path = settings.work / MEDIUM / f"{bundle.slug}.md"
    write_text(path, f"{note}\n")
    facts = decide_notes(settings, bundle, sighting.facts).record
    if by == "offline" and settings.phrases.writer == "openai":
        facts["key"] = ""  # the next build asks the server again
    try:
        place_file(bundle, MEDIUM, path, **facts, writer=by, seed=bundle.seed)
    except Changed as changed:
        say("cards", str(changed))
        reread(bundle)


def read_note(bundle: Bundle) -> str:
    """The note that lies in a bundle, "" where there is none that can be read."""
    path = find_file(bundle.folder, FILES[MEDIUM])
    try:
        return split_front_matter(path)[1] if path else ""
    except Refusal:
        return ""


def take_notes_away(bundles: list[Bundle]) -> None:
    """Move notes of ours to the trash; those of kept cards, and a person's own, stay."""
    gone = 0
    for bundle in bundles:
        made = bundle.made(MEDIUM)
        if not made or bundle.keeps or bundle.pinned:
            continue
        if state_of(bundle.folder, FILES[MEDIUM], made) == "ours":
            ours, path = list_ours(bundle, MEDIUM), find_file(bundle.folder, FILES[MEDIUM], made)
            assert path is not None
            try:
                take_away(bundle.home, path, "notes = false", ours, ours)
            except Changed as changed:
                say("cards", str(changed))
                continue
            gone += 1
        bundle.card["made"].pop(MEDIUM)
        save_card(bundle)
    if gone:
        say(MEDIUM, f"{gone} taken away: notes = false (make restore lists them)")
