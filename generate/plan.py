"""Work out which cards the stages have work for, and whether that work needs torch.

Only stale pictures send the build to work/, so a clone whose bundles are committed renders its
pages without a model.
"""

from generate.bundles.beside import tell_likely
from generate.bundles.folders import place_cards
from generate.bundles.merged import lay_over
from generate.cards import (
    CARD,
    MEDIA,
    PICTURES,
    Bundle,
    find_file,
    is_edited,
    list_files,
    read_card,
    read_message,
)
from generate.errors import Refusal
from generate.freshness.judge import judge_phrase, judge_picture, judge_sound
from generate.recipe import derive_seed, digest_file
from generate.settings import Settings


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
            # Digested before it is read: a change in between is noticed when it is written.
            stored = digest_file(folder / CARD) if (folder / CARD).is_file() else None
            card = read_card(folder)
            front, _ = read_message(folder)
            lay_over(folder, card, front)
            if number is None and find_file(folder, PICTURES) is None:
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
        bundle.position = position
        bundles.append(bundle)
    if bundles.faults and not keep_going:
        raise Refusal("; ".join(bundles.faults))
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
