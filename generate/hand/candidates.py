"""Show the takes of a card on one sheet: ``make candidates CARD=4``."""

from pathlib import Path

from generate.cards import MESSAGE, PICTURES, state_of
from generate.errors import Refusal
from generate.freshness.judge import is_drawn
from generate.hand.find import find_card
from generate.pictures.model_folder import read_prompts
from generate.pictures.refining.refiner import refine
from generate.pictures.sampling.candidates import Sampler
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP
from generate.pictures.sampling.takes import open_takes, tell_takes
from generate.pictures.sampling.words import require_words
from generate.pictures.sheets import enlarge, number_pictures, write_sheet
from generate.pictures.training.stage import train_model
from generate.pictures.wording.loading import open_model
from generate.settings import Settings


def draw_candidates(settings: Settings, said: str) -> Path:
    """Draw the first eight takes of the card called ``said``, numbered; train if there is no model.

    Writes work/report/candidates-SLUG.png and returns its path; the card stays as it is. `Refusal`
    for a card that the stages do not draw, and for words that nothing is known of.
    """
    bundle = find_card(settings, said)
    made = bundle.made("picture")
    if not is_drawn(bundle, state_of(bundle.folder, PICTURES, made, bundle.digest_picture())):
        raise Refusal(
            f"{bundle.folder}: its picture was put there and has no other takes; "
            f"write prompt: into its {MESSAGE} and take the picture away to have one drawn"
        )
    if "prompt" in bundle.wish:
        require_words(settings.pictures.recipe, f"{bundle.folder / MESSAGE}: prompt")
    folder = train_model(settings)
    deck = Deck(settings.seed, read_prompts(folder))
    takes = open_takes(Sampler(settings, open_model(folder), deck, None, ""), bundle)
    if told := tell_takes(takes):
        print(f"{'takes':<9} {told}")
    pictures = [takes.draw(take).pictures[0] for take in range(1, GROUP + 1)]
    side = min(256, settings.pictures.postcard)
    images = [enlarge(refine(picture), side) for picture in pictures]
    path = settings.work / "report" / f"candidates-{bundle.slug}.png"
    write_sheet(path, number_pictures(images), 4)
    now = made.get("chosen", {}).get("candidate")
    shown = f"take {now} is shown now; " if now else ""
    print(f"{'takes':<9} 1 to {GROUP} of {bundle.slug} in {path}")
    print(f"{'takes':<9} {shown}write take: and a number into {bundle.folder / MESSAGE}")
    return path
