"""Lists that name pictures with something that is no class: they overrule no class folder."""

import pytest

from tests.pictures.data.sets import lay, read_both, texts_of

NAMES = [f"{kind}/{kind}_{n}.jpg" for kind in ("cats", "dogs") for n in range(3)]
RIGHT = {name: "a cat" if name[0] == "c" else "a dog" for name in NAMES}
BASES = [name.rpartition("/")[2] for name in NAMES]


def each(say, names=BASES):
    """A line for each picture."""
    return "".join(f"{say(at, name)}\n" for at, name in enumerate(names))


LISTS = {
    "licences": ("licenses.txt", each(lambda at, n: f"{n} {('CC-BY', 'CC0', 'PD')[at % 3]}")),
    "a licence under another name": ("list.txt", each(lambda at, n: f"{n} CC-BY-SA-4.0")),
    "licences in words": ("rights.txt", each(lambda at, n: f"{n}\tCC BY 2.0")),
    "who took them": ("credits.txt", each(lambda at, n: f"{n} Photo by Jo Doe, number {at}")),
    "addresses": ("sources.txt", each(lambda at, n: f"{n}\thttps://www.flickr.com/photos/x/{at}")),
    "digests": ("sums.txt", each(lambda at, n: f"{n} {at:032x}")),
    "digests first": ("files.txt", each(lambda at, n: f"{at:064x}  {n}", NAMES)),
    "splits": ("list.txt", each(lambda at, n: f"{n} {('train', 'test', 'val')[at % 3]}")),
    "splits in a table": (
        "l.csv",
        "file,label\n" + each(lambda at, n: f"{n},{('train', 'test')[at % 2]}"),
    ),
    "one word for all": ("done.txt", each(lambda at, n: f"{n} reviewed")),
}


@pytest.mark.parametrize("name", LISTS)
def test_class_folders_stay_and_the_list_is_named(tmp_path, name):
    file, text = LISTS[name]
    root = lay(tmp_path / "set", NAMES, {file: text})
    entries, notes, _ = read_both(root)
    assert {n: entry.text for n, entry in entries.items()} == RIGHT
    assert file in notes and "not read" in notes


def test_a_licence_for_each_class_as_in_awa2(tmp_path):
    kinds = {"grizzly+bear": "a grizzly bear", "antelope": "an antelope"}
    names = [f"JPEGImages/{kind}/{kind}_1000{n}.jpg" for kind in kinds for n in (1, 2)]
    files = {"classes.txt": "     1\tantelope\n     2\tgrizzly+bear\n"}
    files |= {f"licenses/{kind}.txt": f"{kind}_10001.jpg CC\n" for kind in kinds}
    entries, notes, _ = read_both(lay(tmp_path / "set", names, files))
    assert {n: e.text for n, e in entries.items()} == {n: kinds[n.split("/")[1]] for n in names}
    assert "not read: licenses/antelope.txt (CC), licenses/grizzly+bear.txt (CC)" in notes


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("labels.txt", each(lambda at, n: f"{n} {('wolf', 'fox')[at % 2]}")),
        ("labels.csv", "file,label\n" + each(lambda at, n: f"{n},{('Rex', 'Mia')[at % 2]}")),
        ("wolves.txt", each(lambda at, n: f"{n} wolf", BASES[4:])),
        ("again.txt", each(lambda at, n: f"{n} dogs", BASES[:1])),
    ],
)
def test_lists_of_classes_still_come_first(tmp_path, file, text):
    found = texts_of(lay(tmp_path / "set", NAMES, {file: text}))
    said = dict(line.replace(",", " ").split() for line in text.splitlines() if ".jpg" in line)
    right = {
        n: f"a {said[b].casefold().removesuffix('s')}"
        for n, b in zip(NAMES, BASES, strict=True)
        if b in said
    }
    assert found == RIGHT | right


def test_flat_pictures_get_no_licence_for_a_class(tmp_path):
    text = each(lambda at, n: f"{n} {('CC-BY', 'CC0')[at % 2]}")
    root = lay(
        tmp_path / "set", BASES, {"list.txt": text.replace("cats_", "1_").replace("dogs_", "2_")}
    )
    assert "a cc" not in str(texts_of(root).values()).casefold()


def test_an_address_of_an_absent_picture_is_said_as_it_stands(tmp_path):
    text = "url,caption\n" + each(
        lambda at, n: f"https://example.com/p/{n},an owl {at}", [*BASES, "x.jpg"]
    )
    _, notes, _ = read_both(lay(tmp_path / "set", NAMES, {"meta.csv": text}))
    assert "such as 'https://example.com/p/x.jpg'" in notes
