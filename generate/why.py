"""Say what is fresh and what is not, and because of what; reads everything and writes nothing."""

from pathlib import Path

from generate.cards import Bundle
from generate.errors import Refusal
from generate.freshness.decide import decide_dataset, decide_model
from generate.freshness.judge import (
    judge_caption,
    judge_notes,
    judge_phrase,
    judge_picture,
    judge_sound,
    weigh,
)
from generate.plan import read_bundles
from generate.recipe import Recipe, holds, read_recipe
from generate.settings import Settings

FEW = 5


def tell_why(settings: Settings, slug: str | None = None, keep_going: bool = False) -> None:
    """Print the chain from the training pictures to the page, of one card or of all together."""
    from generate.phrases.language.file import make_or_read_language

    found = read_bundles(settings, keep_going=keep_going)
    bundles = [bundle for bundle in found if slug in (None, bundle.slug)]
    if slug is not None and not bundles:
        raise Refusal(f"{settings.bundles / slug}: no such card; CARD= takes a folder's name there")
    language = make_or_read_language(settings, write=False).digest
    print(f"data      {judge_folder(settings.work / 'dataset', decide_dataset(settings))}")
    print(f"model     {judge_folder(settings.work / 'model', decide_model(settings))}")
    chains = {bundle.slug: judge_card(settings, bundle, language) for bundle in bundles}
    for product in dict.fromkeys(part for chain in chains.values() for part in chain):
        groups: dict[str, list[str]] = {}
        for name, chain in chains.items():
            groups.setdefault(chain[product], []).append(name)
        for told, names in groups.items():
            count = f"{len(names)} " if slug is None else ""
            shown = f" ({', '.join(names[:FEW])}{' …' * (len(names) > FEW)})"
            print(f"{product:<9} {count}{told}{shown if count and told != 'fresh' else ''}")
    print("page      by content: every build compares the files that it is made of")


def judge_folder(folder: Path, recipe: Recipe) -> str:
    """Whether what ``recipe`` decides lies in ``folder``, and if not, because of what."""
    recorded = read_recipe(folder)
    if recorded is None:
        return "not here; made when a picture is to be made"
    asked = {"seed": recorded.get("seed")}
    for part in ("settings", "inputs", "beyond"):
        asked |= recorded.get(part, {})
    verdict = weigh(recipe, {**recorded, "asked": asked})
    if verdict.state == "fresh" and not holds(folder, recipe):
        return "stale: a file of it is missing or damaged"
    return str(verdict)


def judge_card(settings: Settings, bundle: Bundle, language: str) -> dict[str, str]:
    """What is to be said of each product of a card, in the order in which they are made."""
    picture, caption = judge_picture(settings, bundle), judge_caption(bundle)
    phrase, sound = judge_phrase(settings, bundle, language), judge_sound(settings, bundle)
    told = {"picture": picture, "caption": caption, "phrase": phrase, "sound": sound}
    if settings.phrases.notes:
        from generate.notes.sighting import observe

        told["notes"] = judge_notes(settings, bundle, observe(settings, bundle).facts)
    chain = {product: str(verdict) for product, verdict in told.items()}
    # Another picture may bring other words; a caption that is only measured anew does not.
    if picture.state == "stale" or "picture" in caption.causes:
        chain |= dict.fromkeys(
            (product for product in chain if chain[product] == "fresh"), "follows the picture"
        )
    for product in ("sound", "notes"):
        if phrase.state == "stale" and chain.get(product) == "fresh":
            chain[product] = "follows the phrase"
    return chain
