"""What can be searched of a card: caption, phrase, translation, and the words beside them."""

from dataclasses import dataclass

from generate.cards import Card


@dataclass(frozen=True)
class Texts:
    """The ``lines`` of one card, each a text for itself, the most telling first.

    ``slug`` is its folder, ``title`` its title, ``shown`` the line that a list shows of it.
    """

    slug: str
    title: str
    shown: str
    lines: tuple[str, ...]


def read_texts(card: Card) -> Texts:
    """The texts of a card; hidden ones are read as well, since it is their owner who asks."""
    about = [card.traits.get("class", ""), card.mood, card.place, card.hour]
    lines = [
        card.caption,
        card.translation,
        card.title,
        card.message,
        card.phrase,
        card.gloss,
        card.series,
        ", ".join(filter(None, about)),
    ]
    told = [" ".join(line.split()) for line in lines]
    shown = " · ".join(filter(None, told[:2])) or told[4]
    return Texts(card.slug, told[2] or card.slug, shown, tuple(dict.fromkeys(filter(None, told))))
