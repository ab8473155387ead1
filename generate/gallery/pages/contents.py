"""What the pages show: the list of pages, the variables of each, and those that all share."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from generate.gallery.catalogue.entries import CardEntry
from generate.gallery.catalogue.kin import Family, Kinship, show_kin
from generate.gallery.catalogue.search import MARKED, MARKS, mark_card
from generate.gallery.catalogue.shelves import Shelf, list_shelves
from generate.gallery.catalogue.stamp import draw_postmark, draw_stamp
from generate.gallery.catalogue.telling import tell_making
from generate.gallery.catalogue.views import View
from generate.gallery.incremental.inputs import HOURS
from generate.gallery.pages.articles import Article
from generate.gallery.pages.linked_data import link_data
from generate.gallery.pages.reference import Reference, anchor, link_cards
from generate.gallery.pages.words import read_words
from generate.gallery.speaking.bodies import find_voice
from generate.gallery.summon.files import Summoning
from generate.gallery.summon.parents import hands_on
from generate.settings import Settings

# Content-Security-Policy: only the site's own files, and pictures, fonts and sounds inside a page.
POLICY = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "media-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'"
)
# A picture of nothing, until there is one.
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}


@dataclass(frozen=True)
class Page:
    """One page to render: its raw path below site/, its template, a function for its variables.

    ``needs`` are the digests and numbers that the variables depend on.
    """

    path: str
    template: str
    variables: Callable[[], dict[str, Any]]
    needs: list[Any] = field(default_factory=list)


class Views(Sequence[View]):
    """The views of all cards in order; each is made when it is first used."""

    def __init__(self, entries: Sequence[CardEntry]) -> None:
        self.entries = entries

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        return self.entries[at].view(at % len(self))


@dataclass
class Contents:
    """What the pages are made from.

    ``near`` has the indices of each card's neighbours. ``wide`` is a digest of all inputs if a
    template of the jungle's own may read any of them, else "".
    """

    entries: Sequence[CardEntry]
    near: Sequence[Sequence[int]]
    settings: Settings
    articles: Sequence[Article]
    reference: Reference | None = None
    beds: Mapping[str, Any] = field(default_factory=dict)
    wide: str = ""
    summoning: Summoning | None = None

    @cached_property
    def cards(self) -> Views:
        """What templates see of all cards."""
        return Views(self.entries)

    @cached_property
    def said(self) -> Counter[str]:
        """How many cards say each stem."""
        rows = (entry.facts["row"] for entry in self.entries)
        return Counter(stem for row in rows for stem in set(row[MARKED][-1]))

    def list_shared(self, at: int) -> list[str]:
        """The stems of one card's phrase that other cards say too."""
        return [stem for stem in self.entries[at].facts["row"][MARKED][-1] if self.said[stem] > 1]

    @cached_property
    def copies(self) -> int:
        """How many cards show copies of training pictures."""
        return sum(entry.facts["copied"] for entry in self.entries)

    @cached_property
    def kinship(self) -> Kinship:
        """Who descends from whom."""
        slugs = [entry.slug for entry in self.entries]
        return Kinship(slugs, [entry.facts["parents"] for entry in self.entries])

    @property
    def pages_of_rack(self) -> int:
        """Number of pages of the rack, at least 1."""
        return max(1, -(-len(self.entries) // self.settings.site.per_page))

    @cached_property
    def shelves(self) -> list[Shelf]:
        """The shelves that cards name by ``series:``, in the order of their first cards."""
        return list_shelves([entry.facts["series"] for entry in self.entries])

    @cached_property
    def context(self) -> dict[str, Any]:
        """The variables that all pages share."""
        settings, words = self.settings, read_words(self.settings)
        name = self.reference.name if self.reference else settings.language
        tag = re.sub(r"[^a-z0-9]", "", name.lower())[:8]
        direction = settings.site.lang.split("-")[0].lower()
        return {
            "settings": settings,
            "site": settings.site,
            "w": words,
            "policy": POLICY,
            "cards": self.cards,
            "language_name": name,
            "language_tag": f"art-x-{tag}" if tag else "art",
            "reference": self.reference,
            "beds": dict(self.beds),
            "hours": HOURS,
            "articles": self.articles,
            "navigation": list(
                list_navigation(self.articles, self.reference, words, bool(self.summoning))
            ),
            "summons": bool(self.summoning),
            "direction": "rtl" if direction in RIGHT_TO_LEFT else "ltr",
            "base_url": settings.site.base_url,
            "pages_of_rack": self.pages_of_rack,
        }


def list_navigation(
    articles: Sequence[Article],
    reference: Reference | None,
    words: Mapping[str, str],
    summons: bool = False,
) -> Iterator[tuple[str, str]]:
    """(raw path, text) of every link in the navigation."""
    yield "index.html", words["rack"]
    for page in ("dictionary", "alphabet", "grammar"):
        if reference:
            yield f"{page}.html", words[page]
    for article in articles:
        yield article.path, article.title
    if summons:
        yield "summon.html", words["summon"]
    yield "drawer.html", words["drawer"]


def list_pages(contents: Contents) -> Iterator[Page]:
    """Every HTML page of the site."""
    entries, size = contents.entries, len(contents.entries)
    per_page = contents.settings.site.per_page
    for number in range(1, contents.pages_of_rack + 1):
        first = (number - 1) * per_page
        some = entries[first : first + per_page]
        needs = [number, [(at, one.key) for at, one in enumerate(some, first)], contents.shelves]
        yield Page(rack_path(number), "index.html", fill_rack(contents, number), needs)
    for at, entry in enumerate(entries):
        others = list(contents.near[at])
        if size > 1:
            others += [(at - 1) % size, (at + 1) % size]
        family = contents.kinship.trace(at)
        others += family.members
        shared = contents.list_shared(at)
        near = [(other, entries[other].key) for other in others]
        needs = [at, entry.key, near, shared, contents.copies]
        yield Page(f"cards/{entry.slug}.html", "card.html", fill_card(contents, at, family), needs)
    for shelf in contents.shelves:
        needs = [shelf.name, [(at, entries[at].key) for at in shelf.places]]
        yield Page(shelf.path, "shelf.html", fill_shelf(contents, shelf), needs)
    for article in contents.articles:
        yield Page(article.path, "page.html", partial(dict, article=article))
    if contents.reference:
        for page in ("dictionary", "alphabet", "grammar"):
            needs = [entry.slug + entry.facts["said"] for entry in entries]
            yield Page(f"{page}.html", f"{page}.html", fill_reference(contents), needs)
    if contents.summoning:
        needs = [contents.summoning.key, contents.summoning.files]
        yield Page("summon.html", "summon.html", fill_summon(contents), needs)
    yield Page("drawer.html", "drawer.html", dict)
    yield Page("404.html", "404.html", dict)


def fill_rack(contents: Contents, number: int) -> Callable[[], dict[str, Any]]:
    """The variables of one page of the rack."""
    per_page, last = contents.settings.site.per_page, contents.pages_of_rack
    return lambda: {
        "shown": contents.cards[(number - 1) * per_page : number * per_page],
        "number": number,
        "newer": rack_path(number - 1) if number > 1 else None,
        "older": rack_path(number + 1) if number < last else None,
        "shelves": contents.shelves,
    }


def fill_shelf(contents: Contents, shelf: Shelf) -> Callable[[], dict[str, Any]]:
    """The variables of a shelf's page."""
    return lambda: {"shelf": shelf, "shown": [contents.cards[at] for at in shelf.places]}


def fill_card(contents: Contents, at: int, family: Family) -> Callable[[], dict[str, Any]]:
    """The variables of one card's page."""
    cards, settings = contents.cards, contents.settings
    many = len(cards) > 1
    crosses = contents.summoning is not None
    return lambda: {
        "c": cards[at],
        "beast": find_voice(cards[at].card),
        "neighbours": [cards[other] for other in contents.near[at]],
        "mates": list_mates(contents, at) if crosses else [],
        "previous": cards[at - 1] if many else None,
        "following": cards[(at + 1) % len(cards)] if many else None,
        "ancestors": [show_kin(one, cards) for one in family.parents],
        "children": [cards[other] for other in family.children],
        "rack_page": rack_path(at // settings.site.per_page + 1),
        "shared": contents.list_shared(at),
        "marks": [(kind, mark) for kind in MARKS if (mark := mark_card(cards[at], kind))],
        "making": tell_making(cards[at].card, contents.copies),
        "linked_data": link_data(cards[at], settings),
    }


def list_mates(contents: Contents, at: int) -> list[View]:
    """Neighbours that a card can be crossed with in a browser; none if it has no noise itself."""
    cards = contents.cards
    if not hands_on(cards[at].card):
        return []
    return [cards[other] for other in contents.near[at] if hands_on(cards[other].card)][:4]


def fill_summon(contents: Contents) -> Callable[[], dict[str, Any]]:
    """The variables of the page that summons; it alone may run WASM."""
    found, name = contents.summoning, contents.context["language_name"]
    words = contents.context["w"]
    assert found is not None
    groups: dict[str, list[str]] = {}
    said = {"plan": "animal", "habitat": "place"}
    for token, group in zip(
        found.portable.facts["tokens"], found.portable.facts["groups"], strict=True
    ):
        title = words.get(said.get(group, group), group)
        groups.setdefault(title[:1].upper() + title[1:], []).append(token)
    return lambda: {
        "policy": f"{POLICY}; script-src 'self' 'wasm-unsafe-eval'",
        "summoning": found.tell(),
        "megabytes": found.megabytes,
        "groups": groups,
        "stamp_drawn": draw_stamp(BLANK, "#9a9", None, name, words["stamp"]),
        "postmark_drawn": draw_postmark("s", contents.settings.title, "", words["summon"], name),
    }


def fill_reference(contents: Contents) -> Callable[[], dict[str, Any]]:
    """The variables of the pages on the language."""
    return lambda: {"links": link_cards(contents.cards), "anchor": anchor}


def rack_path(number: int) -> str:
    """The page of the rack: index.html, page-2.html …"""
    return "index.html" if number == 1 else f"page-{number}.html"
