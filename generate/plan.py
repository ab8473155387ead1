"""Work out which cards the stages have work for, and whether that work needs torch.

Only stale pictures send the build to work/, so a clone whose bundles are committed renders its
pages without a model.
"""

from generate.cards import (
    CARD,
    MEDIA,
    PICTURES,
    Bundle,
    find_file,
    is_edited,
    list_bundles,
    number_of,
    read_card,
    read_message,
)
from generate.errors import Refusal
from generate.freshness.judge import judge_phrase, judge_picture, judge_sound
from generate.recipe import derive_seed, digest_file
from generate.settings import Settings


def read_bundles(settings: Settings, force: bool = False, keep_going: bool = False) -> list[Bundle]:
    """All cards of the jungle, existing or yet to be made.

    Raises `Refusal` for a broken file; with ``keep_going`` its card is left as it is. ``force``
    gives up what a person put in place: pictures, sounds, edits of card.json.
    """
    bundles = []
    for folder in list_bundles(settings):
        number = number_of(folder.name)
        try:
            # Digested before it is read: a change in between is noticed when it is written.
            stored = digest_file(folder / CARD) if (folder / CARD).is_file() else None
            card = read_card(folder)
            front, _ = read_message(folder)
            if number is None and find_file(folder, PICTURES) is None:
                raise Refusal(
                    f"{folder}: has no picture; add picture.png or picture.jpg, "
                    "or remove the folder"
                )
        except Refusal:
            if keep_going:
                continue
            raise
        name = str(number) if number else folder.name
        seed = derive_seed("card", settings.seed, name)
        edited, given_up = is_edited(card), frozenset[str]()
        if force:
            lies = [folder / name for names in MEDIA.values() for name in names]
            given_up = frozenset(digest_file(path) for path in lies if path.is_file())
            if edited and not front.get("keep"):
                card.get("made", {}).pop("phrase", None)  # so that its words are written anew
        pinned = edited and not force
        bundles.append(Bundle(folder, number, seed, card, front, pinned, stored, given_up))
    return bundles


def find_stale_pictures(
    settings: Settings, bundles: list[Bundle], force: bool = False
) -> list[int]:
    """Numbers of the cards whose picture must be sampled."""
    return [
        bundle.number
        for bundle in bundles
        if bundle.number and judge_picture(settings, bundle, force).state == "stale"
    ]


def needs_model(
    settings: Settings, stage: str, force: bool = False, keep_going: bool = False
) -> bool:
    """Whether ``stage`` has work that needs torch: pictures to sample, Stable Audio to run."""
    bundles = read_bundles(settings, force, keep_going)
    if find_stale_pictures(settings, bundles, force):
        return True
    if settings.sounds.engine != "stable-audio" or stage not in ("build", "sounds"):
        return False
    from generate.phrases.language.file import make_or_read_language

    language = make_or_read_language(settings, force, write=False).digest
    return any(
        verdict.state == "stale"
        for bundle in bundles
        for verdict in (
            judge_phrase(settings, bundle, language),  # its sound would follow
            judge_sound(settings, bundle, force),
        )
    )
