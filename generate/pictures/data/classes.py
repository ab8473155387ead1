"""Find the class of each picture by where it lies, or by what it is called: names as they stand.

Sets lay their folders in many ways: below splits ("train/cat"), with one more folder inside every
class ("n01443537/images"), or with none and the class in the file's name ("cat.0.jpg").
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

SPLIT = re.compile(
    r"(\d{4}[-_ ])?(seg[-_ ]|pred[-_ ])?"
    r"(train(ing)?|test(ing)?|val(id(ation)?)?|dev|eval(uation)?|extra|inference|pred(iction)?)"
    r"([-_ .]?(set|data|images?|imgs?|pictures?|split|folder|mini|small|full|val|test|x?\d+))*s?",
    re.IGNORECASE,
)
PART = re.compile(
    r"(fold|part|batch|split|chunk|shard|subset|set|group|folder)[-_ ]?(\d+|[a-z])?", re.I
)
# Folders that hold pictures and do not say of what.
CONTAINER = re.compile(
    r"(all|archive|classes|content|cropped|data(set)?s?|downloads?|files|frames|im(a)?ge?s?|input"
    r"|jpe?gs?|jpegimages|labels?|originals?|photos?|photographs|pics?|pictures?|pngs?|raw|resized"
    r"|samples|(raw|class|instance|reg|regularization)[-_ ]im(a)?ge?s?|dcim|camera roll|camera"
    r"|screenshots|google photos|takeout"
    r"|photos from|whatsapp im(a)?ges|\d{3}[a-z_]{5})([-_ ]?\d+)?",
    re.IGNORECASE,
)
# What cameras, phones and browsers call a file before its number.
CAMERA = frozenset(
    """cimg download dsc dscf dscn file frame gopr image images imag img photo pic picture pxl sam
    scan screenshot unnamed untitled wp whatsapp""".split()
)
SYNSET = re.compile(r"n\d{8}_")
EXPORTED = re.compile(r"[_-](jpe?g|png|webp)\.rf\.[0-9a-f]{8,}$", re.IGNORECASE)
NUMBERED = re.compile(r"(.*?[^\W\d_].*?)([ ._-]*\(?\d+\)?)+")
# A hash in place of a number: "owl_5f3a9c".
HASHED = re.compile(
    r"(.+?)[ ._-]+(?=[0-9-]*[a-f])(?=[a-f-]*\d)[0-9a-f][0-9a-f-]{5,}", re.IGNORECASE
)
LED = re.compile(rf"(?:(?:{'|'.join(sorted(CAMERA))})[ _-]*)?\d+[ ._-]+([^\W\d_].*)", re.IGNORECASE)


def is_neutral(folder: str, beside: set[str]) -> bool:
    """Whether a folder's name only says how pictures were divided or that there are some.

    "train" alone among other names may be a class: a picture of a train.
    """
    if any(rule.fullmatch(folder) for rule in (CONTAINER, PART)):
        return True
    if not SPLIT.fullmatch(folder):
        return False
    others = beside - {folder}
    divided = any(SPLIT.fullmatch(o) or CONTAINER.fullmatch(o) for o in others)
    return divided or not others or folder.casefold() not in ("train", "trains")


def find_classes(
    names: Sequence[str],
    is_known: Callable[[str], bool] = bool,
    is_named: Callable[[str], bool] = bool,
) -> list[str]:
    """The class folder of each of ``names`` as it is called; "" where there is none.

    ``is_known`` says whether a name is one of an animal, ``is_named`` whether it is a name at all
    (a number alone may be none). Of nested folders the innermost counts, unless the names outside
    say more.
    """
    parents = [name.rpartition("/")[0] for name in names]
    beside: dict[tuple[str, ...], set[str]] = defaultdict(set)
    distinct = {parent: tuple(parent.split("/")) if parent else () for parent in set(parents)}
    for parts in distinct.values():
        for depth, part in enumerate(parts):
            beside[parts[:depth]].add(part)
    chains = {
        parent: tuple(
            part for depth, part in enumerate(parts) if not is_neutral(part, beside[parts[:depth]])
        )
        for parent, parts in distinct.items()
    }
    level = cut_strays(drop_holders(chains, is_known), Counter(parents), is_known)
    found = choose_level(level, is_known, is_named)
    # "VG_100K" and "VG_100K_2" are one heap in two folders.
    raws = set(found.values())
    heaps = {re.sub(r"[\d_\W]+", "", raw) for raw in raws}
    if len(heaps) == 1 < len(raws) and len(*heaps) > 1:
        return [""] * len(names)
    return [found[parent] for parent in parents]


def drop_holders(
    chains: Mapping[str, tuple[str, ...]], is_known: Callable[[str], bool]
) -> dict[str, tuple[str, ...]]:
    """``chains`` without folders around the whole set; pictures beside class folders have none."""
    left = dict(chains)
    while (
        len({chain[0] for chain in left.values() if chain}) == 1
        and max(map(len, left.values())) > 1
    ):
        left = {parent: chain[1:] for parent, chain in left.items()}
    around = {chain[:depth] for chain in left.values() for depth in range(1, len(chain))}
    return {
        parent: () if chain in around and not is_known(chain[-1]) else chain
        for parent, chain in left.items()
    }


def cut_strays(
    chains: Mapping[str, tuple[str, ...]],
    pictures: Mapping[str, int],
    is_known: Callable[[str], bool],
) -> dict[str, tuple[str, ...]]:
    """``chains`` without folders that one class has of its own ("dog/greg" beside "bear").

    Nearly all pictures lie as deep as classes lie; what is deeper and no animal's says of an
    animal's pictures who took them, or when.
    """
    depths = Counter[int]()
    for parent, chain in chains.items():
        depths[len(chain)] += pictures[parent]
    usual, share = depths.most_common(1)[0] if depths else (0, 0)
    if not usual or share < 0.8 * sum(depths.values()):
        return dict(chains)
    return {
        parent: chain if any(map(is_known, chain[usual:])) else chain[:usual]
        for parent, chain in chains.items()
    }


def choose_level(
    chains: Mapping[str, tuple[str, ...]],
    is_known: Callable[[str], bool],
    is_named: Callable[[str], bool],
) -> dict[str, str]:
    """The one folder of each chain that says what its pictures show, "" for an empty chain."""
    left = dict(chains)
    while True:
        filled = [chain for chain in left.values() if chain]
        last = {chain[-1] for chain in filled}
        above: dict[str, set[str]] = defaultdict(set)
        for chain in filled:
            above[chain[-1]].add(chain[-2] if len(chain) > 1 else "")
        outer = {name for names in above.values() for name in names} - {""}
        # One folder of the same name inside every class is none.
        same = len(last) == 1
        further = {name for chain in filled for name in chain[:-1]}
        # Numbers, also inside other numbers, say nothing where folders outside of them are named.
        coded = not any(map(is_named, above)) and any(map(is_named, further))
        said = len(outer) > 1 and (same or is_outer_better(above, outer, is_known))
        if not (coded or said):
            return {parent: chain[-1] if chain else "" for parent, chain in left.items()}
        left = {
            parent: () if same and len(chain) == 1 else chain[:-1] or chain
            for parent, chain in left.items()
        }


def is_outer_better(
    above: Mapping[str, set[str]],
    outer: set[str],
    is_known: Callable[[str], bool],
) -> bool:
    """Whether the folders outside say more of the pictures than the innermost ones.

    They do where they name animals and those do not, or less often and the same inside each
    ("cat/indoor", "dog/indoor").
    """
    inside = sum(map(is_known, above)) / len(above)
    outside = sum(map(is_known, outer)) / len(outer)
    repeated = sum(len(names) > 1 for names in above.values()) > len(above) / 2
    return outside > inside and (not inside or repeated)


def find_stems(names: Sequence[str], is_known: Callable[[str], bool] = bool) -> list[str]:
    """What stands before the number in each file's name, as in "cat.0.jpg": its class.

    "" for all unless nearly all that have words are numbered, there are two classes or more, and
    each has two pictures or more on average. Where only words follow numbers ("0_cat.png"), more
    than half of them must be known as animals: "01_front.jpg" is one of a series.
    """
    bare = [name.rpartition("/")[2].rpartition(".")[0] for name in names]
    stems = [read_stem(stem) for stem in bare]
    if not any(stems):
        led = [found[1] if (found := LED.fullmatch(stem)) else "" for stem in bare]
        # Without any number, the same few names in every folder.
        led = led if any(led) else bare
        kinds = set(map(read_words, filter(None, led)))
        if sum(map(is_known, kinds)) > len(kinds) / 2:
            stems = [read_words(words) for words in led]
    counts = Counter(filter(None, stems))
    told = sum(counts.values())
    worded = sum(bool(re.search(r"[^\W\d_]", stem)) for stem in bare)
    if told < 0.9 * worded or not 2 <= len(counts) <= told / 2:
        return [""] * len(stems)
    return stems


def read_stem(stem: str) -> str:
    """The class in one file's name, "" where it has no number or nothing before it."""
    if SYNSET.match(stem):
        return stem[:9]
    stem = EXPORTED.sub("", stem)
    found = HASHED.fullmatch(stem) or NUMBERED.fullmatch(stem)
    return read_words(found[1]) if found else ""


def read_words(told: str) -> str:
    """The class that words of a file's name say, "" for a camera's name, a code or a sentence."""
    # Digits within are those of a code: "emoji_u1f436".
    words = [] if re.search(r"\d", told) else re.split(r"[ ._-]+", told)
    words = [word for word in words if not SPLIT.fullmatch(word)]
    if not words or words[0].casefold() in CAMERA or len(words) > 4:
        return ""
    return " ".join(words)
