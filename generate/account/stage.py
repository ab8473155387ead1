"""The stage: records of work/ and content/ → content/pages/making.md and its pictures.

The page is the person's once it is written: nothing here writes over it, over README.md, or over
any other file.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from generate.account.advice import Evidence, list_advice
from generate.account.learning import count_classes, tell_data, tell_model, tell_source
from generate.account.making import (
    count_engines,
    count_naturalists,
    count_reasons,
    count_writers,
    list_examples,
    list_prompts,
    tell_language,
    tell_pictures,
    tell_sounds,
)
from generate.account.page import Account, Shown, write_page
from generate.account.pictures import draw_pictures
from generate.account.repository import (
    DATA_CARD,
    MODEL_CARD,
    README,
    write_data_card,
    write_model_card,
    write_readme,
)
from generate.bundles.merged import read_cards
from generate.cards import Card
from generate.errors import Refusal
from generate.files import sweep, write_bytes, write_text
from generate.front_matter import split_front_matter
from generate.gallery.incremental.inputs import require_inputs
from generate.recipe import digest
from generate.settings import Settings

NAME = "making"
# The key of front matter by which a page is known to be of these figures.
KEY = "account"

Drawn = Sequence[tuple[str, str, bytes]]


def tell_jungle(settings: Settings, readme: bool = False) -> Path:
    """Write the account, unless one of the same figures is there, and return its page.

    With ``readme`` also README.md and the cards of model and data, those that are not there.
    Raises `Refusal` where there is nothing to tell of yet, or where a record is broken.
    """
    require_inputs(settings)  # before anything is written there
    cards = read_cards(settings)
    if not any(card.picture for card in cards):
        raise Refusal(f"{settings.bundles}: no cards yet; run make build first")
    sweep(settings.content / "pages")
    account = gather_account(settings, cards)
    told = asdict(account.evidence) | {"settings": settings.model_dump(mode="json")}
    mark = digest(told)[:16]
    page = find_page(settings, mark)
    drawn = list(draw_pictures(settings, cards))
    if page is None:
        page = choose_page(settings, drawn)
        folder = page.with_suffix("")
        for name, _, data in drawn:
            write_bytes(folder / f"{name}.webp", data)
        account.shown.update(list_shown(settings, page.stem, drawn, page.stem))
        # The page comes last: an account that was interrupted is written anew.
        hidden = page.stem != NAME
        write_text(page, lay_page(write_page(account), mark, hidden))
        beside = " beside yours, and hidden: true in it keeps it off the site" if hidden else ""
        say(f"{page}: written{beside}")
    else:
        say(f"{page}: tells of these figures already, and stays as it is")
    if readme:
        account.shown.clear()
        place = f"content/pages/{page.stem}"
        account.shown.update(list_shown(settings, page.stem, drawn, place))
        write_files(settings, account)
    return page


def gather_account(settings: Settings, cards: Sequence[Card]) -> Account:
    """All that the records say, and what follows from it; without pictures."""
    evidence = Evidence(
        settings,
        tell_data(settings),
        tell_model(settings),
        tell_pictures(settings, cards),
        tell_sounds(settings, cards),
        count_classes(settings.home),
        count_engines(cards),
        count_writers(cards),
    )
    return Account(
        evidence,
        tell_source(settings),
        tell_language(settings),
        count_reasons(cards),
        list_prompts(cards),
        list_examples(cards),
        list_advice(evidence),
        {},
        count_naturalists(cards),
    )


def list_accounts(settings: Settings) -> list[Path]:
    """The pages that are accounts by their name."""
    return sorted((settings.content / "pages").glob(f"{NAME}*.md"))


def find_page(settings: Settings, mark: str) -> Path | None:
    """The account of these very figures, whatever a person made of its text. Raises `Refusal`."""
    for path in list_accounts(settings):
        if split_front_matter(path)[0].get(KEY) == mark:
            return path
    return None


def choose_page(settings: Settings, drawn: Drawn) -> Path:
    """The first name, making.md, making-2.md …, where neither page nor other pictures lie."""
    number = 1
    while True:
        name = NAME if number == 1 else f"{NAME}-{number}"
        page = settings.content / "pages" / f"{name}.md"
        folder = page.with_suffix("")
        ours = {f"{told}.webp": data for told, _, data in drawn}
        lies = list(folder.iterdir()) if folder.is_dir() else []
        # What an interrupted account left has the same bytes.
        free = all(path.is_file() and ours.get(path.name) == path.read_bytes() for path in lies)
        if not os.path.lexists(page) and free and (folder.is_dir() or not os.path.lexists(folder)):
            return page
        number += 1


def list_shown(settings: Settings, name: str, drawn: Drawn, place: str) -> dict[str, Shown]:
    """Those pictures that lie beside the account ``name``, by ``place`` as the text names them."""
    folder = settings.content / "pages" / name
    lies = [(told, alt) for told, alt, _ in drawn if (folder / f"{told}.webp").is_file()]
    return {told: Shown(f"{place}/{told}.webp", alt) for told, alt in lies}


def lay_page(text: str, mark: str, hidden: bool) -> str:
    """The page with its front matter. One beside another is not shown until a person wants it."""
    front = ["title: How it was made", "order: 3", f'{KEY}: "{mark}"']
    return "\n".join(["---", *front, *["hidden: true"] * hidden, "---", "", text])


def write_files(settings: Settings, account: Account) -> None:
    """README.md and the two cards in the jungle's folder, each unless it is there."""
    for name, write in (
        (README, write_readme),
        (MODEL_CARD, write_model_card),
        (DATA_CARD, write_data_card),
    ):
        path = settings.home / name
        if os.path.lexists(path):
            say(f"{path}: is there and stays; move it away to have one written")
            continue
        write_text(path, write(settings, account))
        say(f"{path}: written")


def say(text: str) -> None:
    """Print one line of the stage."""
    print(f"{'account':<9} {text}", flush=True)
