"""Sets of many people's work, recognised by the names of their files, and said by their names.

Sources: cocodataset.org (data format), vision.caltech.edu (CUB-200-2011), visualgenome.org (v1.4),
the readme of Flickr8k_text, shannon.cs.illinois.edu (Flickr30k), the readme of tiny-imagenet-200,
host.robots.ox.ac.uk (Pascal VOC), image-net.org (ILSVRC).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

# Raise it when other words are read from the files of a set that is named here: only such sets are
# then read anew, unlike with `folders.READING`.
KNOWN = 1


@dataclass(frozen=True)
class Layout:
    """A set by its ``name``: one file at least of each of ``needs``.

    ``unread`` are files of it that hold more, in a form that says nothing here. ``reads`` tells
    that something is read of it that was not before sets had names, ``tagged`` that its pictures
    have classes besides their captions.
    """

    name: str
    needs: tuple[str, ...]
    unread: str = "(?!)"
    reads: bool = False
    tagged: bool = False
    rules: tuple[re.Pattern[str], ...] = field(init=False)

    def __post_init__(self) -> None:
        rules = tuple(re.compile(rf"(?:.*/)?(?:{need})", re.IGNORECASE) for need in self.needs)
        object.__setattr__(self, "rules", rules)

    def fits(self, names: Collection[str]) -> bool:
        """Whether a set with files of these ``names`` is one."""
        return all(any(map(rule.fullmatch, names)) for rule in self.rules)


LAYOUTS = (
    Layout(
        "COCO, captions and instances",
        (r"captions_\w+\.json", r"instances_\w+\.json"),
        r"(person_keypoints|stuff|panoptic|image_info)_\w+\.json",
        reads=True,
        tagged=True,
    ),
    Layout("COCO", (r"(captions|instances)_\w+\.json",), r"(person_keypoints|stuff)_\w+\.json"),
    Layout(
        "Visual Genome",
        (r"image_data\.json", r"region_descriptions\.json"),
        r"(attributes|relationships|question_answers|scene_graphs|region_graphs|synsets"
        r"|qa_region_mapping|\w+_synsets)\.json",
        reads=True,
    ),
    Layout(
        "CUB-200-2011",
        (r"images\.txt", r"(image_class_labels|bounding_boxes|train_test_split)\.txt"),
        r"(parts/\w+|attributes/\w+|attributes)\.txt",
    ),
    Layout("Flickr8k", (r"flickr_?8k\.(lemma\.)?token\.txt|dataset_flickr8k\.json",)),
    Layout("Flickr30k", (r"results_20130124\.token",), reads=True),
    Layout("Flickr30k", (r"results\.csv|dataset_flickr30k\.json",)),
    Layout("tiny-imagenet", (r"wnids\.txt", r"words\.txt")),
    Layout("Pascal VOC", (r"Annotations/[^/]+\.xml", r"JPEGImages/[^/]+\.jpg")),
    Layout("ImageNet", (r"LOC_synset_mapping\.txt|n\d{8}/n\d{8}_\d+\.jpe?g",)),
)


def recognise(names: Iterable[str]) -> Layout | None:
    """The set that files of these ``names`` are; None for one that has no name here."""
    files = list(names)
    return next((layout for layout in LAYOUTS if layout.fits(files)), None)


def list_unread(layout: Layout, files: Iterable[str]) -> list[str]:
    """Those of ``files`` that hold more of the set than is read."""
    rule = re.compile(rf"(?:.*/)?(?:{layout.unread})", re.IGNORECASE)
    return sorted(file for file in files if rule.fullmatch(file))


def title_of(layout: Layout) -> str:
    """The name that a line gives the set."""
    return layout.name.partition(",")[0]
