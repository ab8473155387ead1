"""Which files are pictures by their endings, and which of those this Python can open."""

import importlib.util
import re
from collections import Counter
from collections.abc import Iterable

from generate.pictures.data.tree import ending_of, stem_of

ENDINGS = frozenset(
    """.apng .avif .bmp .gif .jfif .jpe .jpeg .jpg .mpo .pjp .pjpeg .png .tif .tiff .webp""".split()
)
# As phones write them. Pillow opens them once pillow-heif is there.
HEIF = frozenset((".heic", ".heif", ".hif"))
# Folders of pictures of pictures: which pixels belong to what. The same names lie elsewhere.
MASKS = frozenset(
    """annotations annotation depth gt ground_truth groundtruth labels label mask masks saliency
    segmentation segmentations segmentationclass segmentationobject trimap trimaps""".split()
)
MASK = re.compile(r"[-_ ](masks?|seg|segmentations?|trimaps?|gt)([-_]?\d+)?$", re.IGNORECASE)


def can_open_heif() -> bool:
    """Whether pillow-heif is installed."""
    return importlib.util.find_spec("pillow_heif") is not None


def split_files(names: Iterable[str]) -> tuple[list[str], Counter[str], list[str]]:
    """The pictures among ``names``; those left out, by reason; and the files that are none."""
    pictures: list[str] = []
    left_out: Counter[str] = Counter()
    others: list[str] = []
    heif = None
    for name in names:
        ending = ending_of(name)
        if ending in HEIF:
            if heif is None:
                heif = open_heif()
            if heif:
                pictures.append(name)
            else:
                left_out[ending[1:]] += 1
        else:
            (pictures if ending in ENDINGS else others).append(name)
    masks = find_masks(pictures)
    if masks:
        left_out["masks of other pictures"] += len(masks)
    return [name for name in pictures if name not in masks], left_out, others


def open_heif() -> bool:
    """Let Pillow open HEIF files, if pillow-heif is installed."""
    if not can_open_heif():
        return False
    import pillow_heif

    pillow_heif.register_heif_opener()
    return True


def find_masks(pictures: Iterable[str]) -> set[str]:
    """Those of ``pictures`` that show which pixels of another are what.

    They lie in a folder for masks and are named like it, or beside it with one more word
    ("1_mask.png"), or in a folder with one more word ("Trout GT/1.png" beside "Trout/1.png").
    """
    stems = {name: stem_of(name) for name in pictures}
    inside = {n for n in stems if any(f.casefold() in MASKS for f in n.split("/")[:-1])}
    shown = {stem for name, stem in stems.items() if name not in inside}
    bare = {stem.rpartition("/")[2] for stem in shown}
    found = set()
    for name, stem in stems.items():
        cut = MASK.sub("", stem)
        base = stem.rpartition("/")[2]
        if name in inside and (base in bare or cut.rpartition("/")[2] in bare):
            found.add(name)
        elif (cut != stem and cut in shown) or strip_folders(stem) in shown - {stem}:
            found.add(name)
    return found


def strip_folders(stem: str) -> str:
    """``stem`` without the words for masks at the ends of its folders' names."""
    *folders, base = stem.split("/")
    return "/".join([*(MASK.sub("", folder) for folder in folders), base])


def count_endings(names: Iterable[str]) -> str:
    """How many of each ending ``names`` have, the commonest first: "12 txt, 1 db"."""
    found = Counter(ending_of(name)[1:] or "without an ending" for name in names)
    return ", ".join(f"{count} {ending}" for ending, count in found.most_common())
