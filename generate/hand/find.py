"""Find the card that a person names."""

import difflib

from generate.bundles.folders import slug_of
from generate.cards import Bundle
from generate.errors import Refusal
from generate.plan import read_bundles
from generate.settings import Settings


def find_card(settings: Settings, said: str) -> Bundle:
    """The card called ``said``: its folder's name, or its number; `Refusal` if there is none."""
    bundles = read_bundles(settings, keep_going=True)
    number = int(said) if said.isdecimal() and len(said) < 9 else None
    for bundle in bundles:
        if bundle.slug == said or (number is not None and bundle.number == number):
            return bundle
    for fault in bundles.faults:  # it may be the one that is meant
        if f"/{said}" in fault or (number is not None and f"/{slug_of(number)}" in fault):
            raise Refusal(fault)
    near = difflib.get_close_matches(said, [bundle.slug for bundle in bundles], n=1)
    hint = f"did you mean {near[0]}?" if near else "say a number, or the name of a folder there"
    raise Refusal(f"{settings.bundles}: no card is called {said[:80]}; {hint}")
