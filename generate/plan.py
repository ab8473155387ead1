"""Work out which cards the stages have work for, and whether that work needs torch.

Only stale pictures send the build to work/, so a clone whose bundles are committed renders its
pages without a model.
"""

import difflib

from generate.bundles.beside import require_files, require_message, tell_likely
from generate.bundles.folders import place_cards
from generate.bundles.merged import lay_over
from generate.cards import (
    CARD,
    MEDIA,
    MESSAGE,
    PICTURES,
    Bundle,
    find_file,
    is_edited,
    list_files,
    read_card,
    read_message,
)
from generate.errors import Refusal
from generate.freshness.judge import MISSING, judge_phrase, judge_picture, judge_sound
from generate.recipe import derive_seed, digest_file
from generate.settings import Settings
from generate.wishes.drawing import read_wish


class Bundles(list[Bundle]):
    """The cards that can be made, in order; ``faults`` says what is wrong with the others."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def leave_out(self, bundle: Bundle, fault: str) -> None:
        """Go on without a card that has a ``fault``."""
        self.remove(bundle)
        self.faults.append(fault)


def read_bundles(settings: Settings, force: bool = False, keep_going: bool = False) -> Bundles:
    """All cards of the jungle, existing or yet to be made; nothing of a broken one is used.

    Raises `Refusal` that names all broken files; with ``keep_going`` they become ``faults``.
    ``force`` gives up what a person put in place: pictures, sounds, edits of card.json.
    """
    bundles = Bundles()
    for position, (folder, number) in enumerate(place_cards(settings), 1):
        try:
            require_files(folder)
            # Digested before it is read: a change in between is noticed when it is written.
            stored = digest_file(folder / CARD) if (folder / CARD).is_file() else None
            card = read_card(folder)
            require_message(folder)
            front, message = read_message(folder)
            lay_over(folder, card, front)
            drawn = number is not None or read_wish(front, numbered=False)
            if not drawn and find_file(folder, PICTURES) is None:
                raise Refusal(
                    f"{folder}: has no picture; add picture.png or picture.jpg, "
                    f"or remove the folder{tell_likely(folder)}"
                )
        except Refusal as fault:
            bundles.faults.append(str(fault))
            continue
        name = str(number or card.get("origin") or card.get("number") or folder.name)
        seed = derive_seed("card", settings.seed, name)
        edited, given_up = is_edited(card), frozenset[str]()
        if force:
            lies = [path for names in MEDIA.values() for path in list_files(folder, names)]
            given_up = frozenset(map(digest_file, lies))
            if edited and not front.get("keep"):
                card.get("made", {}).pop("phrase", None)  # so that its words are written anew
        pinned = edited and not (force and not front.get("keep"))
        bundle = Bundle(folder, number, seed, card, front, pinned, stored, given_up)
        bundle.position, bundle.message = position, message
        bundles.append(bundle)
    find_parents(bundles)
    if bundles.faults and not keep_going:
        raise Refusal("; ".join(bundles.faults))
    return bundles


def find_parents(bundles: Bundles) -> None:
    """Give each card the parents that it names, and all before them.

    One whose parents are not there, or that is among them, is left out, for that fault.
    """
    while True:
        known = {bundle.slug: bundle for bundle in bundles}
        lacking = [b for b in bundles if not {*(b.front.get("parents") or ())} <= known.keys()]
        for bundle in lacking:
            names = [name for name in bundle.front["parents"] if name not in known]
            near = difflib.get_close_matches(names[0], known, n=1)
            hint = f"did you mean {near[0]}?" if near else "name the folders of cards"
            told = f"parents: {names[0][:80]} is no card that can be used; {hint}"
            bundles.leave_out(bundle, f"{bundle.folder / MESSAGE}: {told}")
        if not lacking:
            break
    for bundle in bundles:
        bundle.parents = [known[name] for name in bundle.front.get("parents") or ()]
    ancestors: dict[str, dict[str, Bundle]] = {}
    while more := [
        bundle
        for bundle in bundles
        if bundle.slug not in ancestors and all(p.slug in ancestors for p in bundle.parents)
    ]:
        for bundle in more:
            found = {slug: a for p in bundle.parents for slug, a in ancestors[p.slug].items()}
            ancestors[bundle.slug] = found | {p.slug: p for p in bundle.parents}
            bundle.ancestors = [*ancestors[bundle.slug].values()]
    for bundle in [bundle for bundle in bundles if bundle.slug not in ancestors]:
        told = "parents: it descends from itself, or from a card that does; take a parent out"
        bundles.leave_out(bundle, f"{bundle.folder / MESSAGE}: {told}")


def find_stale_pictures(
    settings: Settings, bundles: list[Bundle], force: bool = False
) -> list[str]:
    """Slugs of the cards whose picture must be sampled."""
    return [b.slug for b in bundles if judge_picture(settings, b, force).state == "stale"]


def explain_anew(
    settings: Settings, bundles: list[Bundle], force: bool = False
) -> dict[str, list[str]]:
    """Slugs of the cards whose picture is there and is to be drawn anew, by the cause of it."""
    found: dict[str, list[str]] = {}
    for bundle in bundles:
        verdict = judge_picture(settings, bundle, force)
        if verdict.state != "stale" or bundle.digest_picture() is None:
            continue
        if verdict != MISSING:
            found.setdefault(", ".join(verdict.causes), []).append(bundle.slug)
        elif force and judge_picture(settings, bundle).state == "theirs":
            found.setdefault("FORCE=1, which gives up your own", []).append(bundle.slug)
    return found


def needs_model(settings: Settings, stage: str, force: bool = False) -> bool:
    """Whether ``stage`` has work that needs torch.

    That is pictures to sample, phrases to learn, a model of sounds to run.
    """
    bundles = read_bundles(settings, force, keep_going=True)
    if find_stale_pictures(settings, bundles, force):
        return True
    learns = settings.phrases.writer == "learned" and stage in ("build", "phrases", "sounds")
    sounds = settings.sounds.runs_model and stage in ("build", "sounds")
    if not learns and not sounds:
        return False
    from generate.phrases.language.file import make_or_read_language

    language = make_or_read_language(settings, force, write=False).digest
    return any(
        verdict.state == "stale"
        for bundle in bundles
        for verdict in (
            judge_phrase(settings, bundle, language),  # its sound would follow
            *[judge_sound(settings, bundle, force)] * sounds,
        )
    )
