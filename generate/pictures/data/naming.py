"""Make English names of what sets call their classes: "n02085620-Chihuahua" is a chihuahua.

Ids, ordinals and separators go; a table beside the pictures or `[pictures.names]` translates.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from generate.pictures.data.tables import Table, is_name
from generate.words.animals import find_kind, read_kinds
from generate.words.english import add_article, list_singulars

SYNSETS = Path(__file__).with_name("synsets.txt")
SYNSET = re.compile(r"(n\d{8})(?:[-_ .]+(.*))?", re.DOTALL)
ORDINAL = re.compile(r"\d{1,6}[._ -]+(?=[^\W\d_])")
# How many pictures a class has, behind its name: "POLAR_BEAR_120".
COUNT = re.compile(r"(?<=[^\W\d_])[ _-]+\d+$")
# Caltech-256 marks so the classes that Caltech-101 has as well.
SHARED = re.compile(r"-101$")
# iNaturalist: an id and seven ranks, the species in two words.
RANKS = re.compile(r"\d+_(?:Animalia|Plantae|Fungi|Chromista|Protozoa|Bacteria)(?:_[^_]+){6,}")
RANK_KINDS = {
    "Aves": "bird",
    "Mammalia": "mammal",
    "Reptilia": "reptile",
    "Amphibia": "amphibian",
    "Actinopterygii": "fish",
    "Insecta": "insect",
    "Arachnida": "arachnid",
    "Mollusca": "mollusc",
    "Lepidoptera": "butterfly",
    "Plantae": "plant",
    "Fungi": "mushroom",
}
# Folders for what belongs to no class.
REST = frozenset(
    """background background_google blank clutter empty misc miscellaneous n/a nan negative
    negatives no_animal no_animals none nothing null other others random unknown unlabeled
    unlabelled unsorted
    """.split()
)
# Classes that say how an animal lives, not which it is.
ADJECTIVES = frozenset(
    """aquatic carnivorous domestic domesticated exotic extinct farm herbivorous marine nocturnal
    omnivorous wild""".split()
)
# "owl (Tyto alba)": one name is an animal's, and the other is left.
BRACKETS = re.compile(r"(.+?) \((.+)\)")
# What names of folders say of the folder: "dog images", "class owl", "hen (120)"; and, where an
# animal stands before it, "cats set", "owl samples", "cheetah val".
WORDY = re.compile(
    r"^(class|category|label) (\d+ )?(?=\D)"
    r"| (images?|imgs?|pics|pictures?|photos?|dataset)$| ?\(\d+\)$"
)
HEAP = re.compile(
    r" (album|all|clean(ed)?|collection|crop(ped|s)?|data|dir|examples?|files|final|folder|frames"
    r"|copy|gallery|hd|jpe?gs?|new|old|pack|pngs?|raw|resized|samples?|sets?|snaps|split|testing|test"
    r"|thumb(nail)?s|train(ing)?|val(id|idation)?|\d+ ?x ?\d+|\d+ ?px|v ?\d+)$"
)
LEAD = re.compile(
    r"^(all|my|the|(collection|data ?set|folder|images?|imgs?|photos?|pics|pictures?) of) "
)


class Namer:
    """Names for the classes ``raws`` of one set.

    ``tables`` are what files beside the pictures call them; ``asked``, from the settings, comes
    before all. `name` takes others than ``raws`` as well.
    """

    def __init__(
        self,
        raws: Collection[str] = (),
        tables: Sequence[Table] = (),
        asked: Mapping[str, str] | None = None,
    ) -> None:
        self.raws = frozenset(filter(None, raws))
        self.asked = {tidy_name(key): tidy(to).casefold() for key, to in (asked or {}).items()}
        self.used: set[str] = set()  # of ``asked``
        numbers = sum(bool(ORDINAL.match(raw)) for raw in self.raws)
        self.numbered = not self.raws or numbers > len(self.raws) / 2
        cut = {COUNT.sub("", raw) for raw in self.raws}
        counts = sum(bool(COUNT.search(raw)) for raw in self.raws)
        # Of "cat_1" and "cat_2" the numbers are all that tells them apart.
        self.counted = counts > len(self.raws) / 2 and len(cut) == len(self.raws) > 1
        self.shared = find_shared(map(tidy_name, self.raws))
        self.table: Mapping[str, str] = {}
        self.told_by = ""
        for table in tables:
            found = table.translate(self.raws)
            if len(found) > len(self.table) and is_better(found):
                self.table, self.told_by = found, table.file

    def name(self, raw: str) -> str:
        """The English name of a class in small letters; "" where it has none."""
        wanted = self.find_asked(tidy_name(raw))
        if wanted is not None:
            return wanted
        name = self.find_singular(self.tidy(self.table.get(raw, raw)))
        wanted = self.find_asked(name)
        return name if wanted is None else wanted

    def find_asked(self, name: str) -> str | None:
        """What the settings want ``name`` called, None if they do not speak of it."""
        if name in self.asked:
            self.used.add(name)
        return self.asked.get(name)

    def list_nameless(self) -> list[str]:
        """Those of the classes that have no name though they should."""
        return sorted(
            raw
            for raw in self.raws
            if not self.name(raw) and not is_rest(raw) and tidy_name(raw) not in self.asked
        )

    def is_idle(self, key: str) -> bool:
        """Whether the settings' ``key`` named no class that was asked for."""
        return tidy_name(key) not in self.used

    def tidy(self, raw: str) -> str:
        """``raw`` without ids and ordinals, words apart, in small letters; "" for no name."""
        told = raw.strip()
        if RANKS.fullmatch(told):
            told = " ".join(told.split("_")[-2:])
        told = RANK_KINDS.get(told, told)
        if found := SYNSET.fullmatch(told):
            told = found[2] or read_synsets().get(found[1], "")
        if self.numbered:
            told = SHARED.sub("", ORDINAL.sub("", told))
        if self.counted:
            told = COUNT.sub("", told)
        name = self.cut_heap(WORDY.sub("", tidy_name(told)))
        return name if is_name(name) and not is_rest(name) else ""

    def cut_heap(self, name: str) -> str:
        """``name`` without what only says that pictures lie there, if an animal's is left.

        What all classes of a set end in says nothing either ("dog kaggle", "owl kaggle"), unless
        it is an animal itself ("black bear", "brown bear").
        """
        cut = LEAD.sub("", name.removesuffix(self.shared))
        if both := BRACKETS.fullmatch(cut):
            cut = next(filter(is_known, both.groups()), cut)
        while (shorter := WORDY.sub("", HEAP.sub("", cut))) != cut:
            cut = shorter
        return cut if is_known(cut) else name

    def find_singular(self, name: str) -> str:
        """``name`` of one animal: "dogs" is "dog", "walrus" stays."""
        *before, last = name.split() or [""]
        kinds = read_kinds()
        if last in kinds or not last:
            return name
        singulars = list_singulars(last)
        known = [one for one in singulars if one in kinds]
        likely = known or (singulars if is_plural(last) else [])
        return " ".join([*before, likely[0]]) if likely else name

    def find_tags(self, raws: Sequence[str]) -> dict[str, str]:
        """The tags of a picture of these classes: "class", then "class 2", and its wider kind."""
        names = list(dict.fromkeys(filter(None, map(self.name, raws))))
        tags = {f"class {place}" if place > 1 else "class": n for place, n in enumerate(names, 1)}
        if kind := find_rank(raws[0] if raws else ""):
            tags["kind"] = kind
        return tags if names else {}


def describe_classes(tags: Mapping[str, str]) -> str | None:
    """The caption of a picture that only its classes are known of: "a dog and an owl"."""
    names = [value for group, value in tags.items() if group.startswith("class")]
    told = [add_article(f"{name} animal" if name in ADJECTIVES else name) for name in names]
    return " and ".join([", ".join(told[:-1]), told[-1]]) if told[1:] else "".join(told) or None


def find_shared(names: Iterable[str]) -> str:
    """The words, with the space before them, in which all of ``names`` end; "" for none.

    None where they are fewer than two, or where the words are an animal's name.
    """
    rows = [name.split()[::-1] for name in set(names)]
    same: list[str] = []
    for column in zip(*rows, strict=False):
        if len(set(column)) > 1 or len(rows) < 2:
            break
        same.insert(0, column[0])
    words = " ".join(same)
    return f" {words}" if words and not is_known(words) else ""


def tidy_name(text: str) -> str:
    """``text`` with its words one space apart, in small letters, its first name of several."""
    told = tidy(text.split(",")[0])
    if not re.search(r"[\s_+.-]", told):
        told = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", told)
    told = re.sub(r"(?<=[^\W\d_])\.(?=[^\W\d_]{2})", " ", told)
    return " ".join(re.sub(r"[_+-]", " ", told).split()).casefold()


def tidy(text: str) -> str:
    """``text`` on one line, its words one space apart, without halves of characters.

    JSON may spell half an emoji, which UTF-8 cannot hold; macOS parts letters from their accents.
    """
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return " ".join(unicodedata.normalize("NFC", whole).split())


@cache
def read_synsets() -> dict[str, str]:
    """The animals of ImageNet's thousand classes: WordNet id → name."""
    lines = SYNSETS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def find_rank(raw: str) -> str | None:
    """What a class of iNaturalist is, by the narrowest of its ranks that has a plain name."""
    if not RANKS.fullmatch(raw):
        return None
    return next((RANK_KINDS[rank] for rank in reversed(raw.split("_")) if rank in RANK_KINDS), None)


def is_rest(raw: str) -> bool:
    """Whether a folder is for what belongs to no class."""
    return tidy_name(raw).replace(" ", "_") in REST


def is_known(raw: str) -> bool:
    """Whether a class is one of an animal, as far as `animals` and the synsets know."""
    found = SYNSET.fullmatch(raw)
    if found and not found[2]:
        return found[1] in read_synsets()
    return find_kind(tidy_name(raw), last=True) is not None


def is_plural(word: str) -> bool:
    """Whether a word looks like one of many; "grass", "walrus" and most Latin names do not."""
    return bool(re.search(r"([^aeiosu]|ee)s$|([cs]h|x|[^aeiou]i)es$", word)) and len(word) > 3


def is_better(found: Mapping[str, str]) -> bool:
    """Whether names of a table, raw → name, are English rather than what they stand for.

    Tables translate either way: folders in English keep their names beside one that holds Italian.
    """
    before, after = (
        sum(find_kind(tidy_name(name), last=True) is not None for name in names)
        for names in (found.keys(), found.values())
    )
    return after > before or not before
