"""Run the stages in order, each for the cards that need it: pictures, phrases, sounds, site."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tqdm import tqdm

from generate.bundles.folders import list_beyond
from generate.bundles.report import (
    report_anew,
    report_pinned,
    report_unknown,
    report_unused,
    say,
    tell_kept,
)
from generate.cards import FRAMES, MESSAGE, NEAREST, SOUNDS, Bundle, read_message, write_message
from generate.errors import Refusal
from generate.files import write_text
from generate.freshness.decide import decide_picture, decide_sound, read_sources
from generate.freshness.judge import judge_phrase, judge_picture, judge_sound
from generate.gallery.incremental.inputs import require_inputs
from generate.keeping.body import write_body
from generate.keeping.bundle import (
    hand_over_sound,
    look_for_theirs,
    place_beside,
    place_file,
    place_own,
    reread,
    save_card,
    settle,
)
from generate.keeping.leftovers import sweep_jungle
from generate.keeping.line import find_seen
from generate.keeping.replace import Changed
from generate.keeping.steps import renew
from generate.pictures.captioning.cards import caption_bundle, record_caption
from generate.pictures.compute import processes
from generate.pictures.sampling.sheets_owed import are_owed, lay_out, owe
from generate.plan import Bundles, explain_anew, find_stale_pictures, read_bundles
from generate.recipe import digest_file, read_versions
from generate.settings import Settings


def build_pictures(settings: Settings, force: bool = False) -> Bundles:
    """Bring every card's picture and caption up to date; train first if any must be sampled.

    All cards are read before: a broken one is named, and left as it is.
    """
    require_inputs(settings)  # before anything is written there
    sweep_jungle(settings)
    bundles = read_bundles(settings, force, keep_going=True)
    for fault in bundles.faults:
        say("cards", f"left out: {fault}")
    report_pinned(bundles)
    report_unknown(settings, bundles)
    report_unused(bundles)
    stale = processes.tell(find_stale_pictures(settings, bundles, force))
    if stale:
        report_anew(explain_anew(settings, bundles, force))
        sample_bundles(settings, bundles, [b for b in bundles if b.slug in stale])
    elif are_owed(settings):
        lay_out(settings)
    if not processes.is_first():
        processes.leave()  # the others have helped to train and to draw; one writes the cards
    for bundle in list(bundles):
        try:
            with giving_way(bundle):
                settle(bundle, "picture")
                caption_bundle(settings, bundle)
        except Refusal as refusal:
            bundles.leave_out(bundle, str(refusal))
            say("pictures", f"left out: {refusal}")
    kept = [bundle.slug for bundle in bundles if judge_picture(settings, bundle).state == "theirs"]
    for bundle in [b for b in bundles if b.wish and b.slug in kept]:
        asked = " and ".join(bundle.wish)
        say("cards", f"{bundle.slug}: {asked} draw nothing: the picture that lies there stays")
    made = sum(bundle.slug in stale for bundle in bundles)
    ours = sum(b.number is not None or bool(b.wish and b.slug not in kept) for b in bundles)
    say("pictures", f"{made} made, {ours - made} fresh{tell_kept(kept)}")
    if beyond := list_beyond(settings):
        say("cards", f"{len(beyond)} beyond count = {settings.count} kept on disk, not shown")
    return bundles


def sample_bundles(settings: Settings, bundles: Bundles, stale: list[Bundle]) -> None:
    """Train, and sample the pictures of ``stale`` cards; each is adopted as soon as it is drawn.

    One whose words cannot be drawn is left out of ``bundles``.
    """
    from generate.pictures.sampling.words import require_words
    from generate.pictures.training.stage import train_model

    def leave_out(bundle: Bundle, why: Refusal) -> None:
        bundles.leave_out(bundle, f"{bundle.folder / MESSAGE}: {why}")
        stale.remove(bundle)
        say("pictures", f"left out: {bundle.slug}: {why}")

    for bundle in [bundle for bundle in stale if "prompt" in bundle.wish]:
        try:
            require_words(settings.pictures.recipe, "prompt")
        except Refusal as refusal:
            leave_out(bundle, refusal)
    if not stale:
        return
    train_model(settings)
    from generate.pictures.choosing.neighbours import open_check
    from generate.pictures.sampling.stage import draw_cards
    from generate.pictures.sampling.wished import draw_wished

    owe(settings)
    check = open_check(settings)
    usual = {bundle.number: bundle for bundle in stale if bundle.number and not bundle.wish}
    for number, row in draw_cards(settings, usual, check) if usual else ():
        with giving_way(usual[number]):
            adopt_picture(settings, usual[number], row)
    for bundle, drawn in draw_wished(settings, [b for b in stale if b.wish], check):
        if isinstance(drawn, Refusal):
            leave_out(bundle, drawn)
            continue
        with giving_way(bundle):
            adopt_picture(settings, bundle, drawn)
    lay_out(settings)


@contextmanager
def giving_way(bundle: Bundle) -> Iterator[None]:
    """Say what a person changed in a bundle while it was made, and go on from theirs."""
    try:
        yield
    except Changed as changed:
        say("cards", str(changed))
        reread(bundle)


def adopt_picture(settings: Settings, bundle: Bundle, row: dict[str, Any]) -> None:
    """Move one sampled picture into its bundle, with its caption and how it was made.

    Raises `Changed` if a person put another one there meanwhile.
    """
    if bundle.number is None:
        bundle.sign()
    source = settings.work / "pictures" / row["file_name"]
    names = ("seed", "noise", "prompt", "recipe", "model", "chosen", "nearest")
    facts = {name: row[name] for name in names if name in row}
    look_for_theirs(bundle, "picture")
    for name, kept in ((FRAMES, row.get("frames")), (NEAREST, row.get("nearest_file"))):
        if kept and source.with_name(kept).is_file():
            place_beside(bundle, name, source.with_name(kept))
    beside = [source.with_name(name) for name in row.get("beside", [])]
    placed = place_own(bundle, {f"picture{path.suffix}": path for path in beside})
    if placed:
        facts["beside"] = placed
    # All that belongs to the picture is written before it: once it lies there, the card is whole.
    bundle.card |= {"caption": row["text"], "traits": row.get("traits", {}), "hour": row["hour"]}
    bundle.card.pop("about", None)
    record_caption(bundle, digest_file(source), row.get("how", "asked"))
    place_file(
        bundle,
        "picture",
        source,
        **decide_picture(settings, bundle.number, bundle.wish).record,
        **read_sources(settings),
        versions=read_versions(["torch", "diffusers"]),
        **facts,
    )
    bundle.picture = bundle.card["made"]["picture"]["sha256"]


def build_phrases(settings: Settings, bundles: list[Bundle], force: bool = False) -> None:
    """Bring every card's phrase, name, place and title up to date."""
    from generate.phrases.adopt import adopt_phrase
    from generate.phrases.by_hand import report_unknown_words
    from generate.phrases.language.file import make_or_read_language
    from generate.phrases.stage import write_phrases
    from generate.phrases.writing.offline import Brief

    language = make_or_read_language(settings, force=force)
    report_unknown_words(language, bundles)
    states = [judge_phrase(settings, bundle, language.digest).state for bundle in bundles]
    stale = [bundle for bundle, state in zip(bundles, states, strict=True) if state == "stale"]
    # A server is asked for what is stale; other writers look at the cards before each one.
    asked = stale if settings.phrases.writer == "openai" else bundles
    briefs = [
        Brief(
            number=bundle.position,
            slug=bundle.slug,
            seed=bundle.seed,
            caption=bundle.subject.get("caption") or "",
            traits=bundle.subject.get("traits") or {},
            hour=bundle.subject.get("hour") or "day",
        )
        for bundle in bundles
        if bundle in asked
    ]
    written = {}
    if stale:
        results = write_phrases(settings, language, briefs)
        written = {brief.slug: result for brief, result in zip(briefs, results, strict=True)}
    for bundle in bundles:
        if bundle in stale:
            before = bundle.made("phrase").get("message", "")
            with giving_way(bundle):
                adopt_phrase(settings, bundle, written[bundle.slug], language)
                save_card(bundle)
                follow_message(settings, bundle, before)
        write_message(bundle.folder, bundle.made("phrase").get("message", ""))
    texts = [str(bundle.front.get("phrase", bundle.card.get("phrase", ""))) for bundle in bundles]
    write_text(settings.work / "phrases" / "phrases.txt", "\n".join(texts) + "\n")
    say("phrases", f"{len(stale)} written, {len(bundles) - len(stale)} fresh")


def follow_message(settings: Settings, bundle: Bundle, before: str) -> None:
    """Let the message in a postcard.md that nobody edited be the new one; it was ``before``."""
    path, message = bundle.folder / MESSAGE, bundle.made("phrase").get("message", "")
    seen = find_seen(path)
    if before.strip() and seen and read_message(bundle.folder)[1].strip() == before.strip():
        with suppress(Refusal):  # changed meanwhile, or a link: it stays as it is
            write_body(settings.home, path, message, seen)
            renew(settings.home, path)


def build_sounds(
    settings: Settings, bundles: Bundles, force: bool = False, report: bool = False
) -> None:
    """Bring every card's sound up to date: made, mastered, kept as FLAC.

    With ``report`` the measures of all sounds are printed as a table and drawn as pictures.
    """
    states = {bundle.slug: judge_sound(settings, bundle, force).state for bundle in bundles}
    stale = [bundle for bundle in bundles if states[bundle.slug] == "stale"]
    if stale:
        # With this comes scipy.signal, half of the time of a build that has nothing to do.
        from generate.sounds.brief import brief_sound
        from generate.sounds.stage import Unmade, make_and_master

        calls = make_and_master(settings, [brief_sound(bundle) for bundle in stale])
        by_slug = {bundle.slug: bundle for bundle in stale}
        for call in tqdm(calls, "sounds", len(stale), unit="sound"):
            bundle = by_slug[call.slug]
            if isinstance(call, Unmade):
                tqdm.write(f"{'sounds':<9} left out: {call.slug}: {call.why}")
                bundles.leave_out(bundle, f"{bundle.folder}: no sound: {call.why}")
                continue
            for note in call.notes:
                tqdm.write(f"{'sounds':<9} {call.slug}: {note}")
            bundle.card["times"] = [[round(s, 4), round(e, 4)] for s, e in call.times or []]
            facts = decide_sound(settings, bundle).record | call.facts
            with giving_way(bundle):
                place_file(bundle, "sound", call.path, **facts)
    for bundle in bundles:
        with giving_way(bundle):
            settle(bundle, "sound")
            hand_over_sound(bundle)
    kept = [slug for slug, state in states.items() if state == "theirs"]
    fresh = len(states) - len(stale) - len(kept)
    say("sounds", f"{len(stale) - len(states) + len(bundles)} made, {fresh} fresh{tell_kept(kept)}")
    if settings.sounds.ambience:
        from generate.sounds.ambience.stage import make_beds

        make_beds(settings)
    if report:
        from generate.sounds.brief import brief_sound
        from generate.sounds.report.listening import write_listening
        from generate.sounds.report.table import report_sounds

        sounds = {bundle.slug: bundle.folder / SOUNDS[0] for bundle in bundles}
        report_sounds(settings, sounds)
        write_listening(settings, [brief_sound(bundle) for bundle in bundles], sounds)
