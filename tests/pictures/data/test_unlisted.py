"""Layouts and columns of real sets that were met after the first ones were read."""

import io
import json
import tarfile

import pytest

from generate.errors import Refusal
from generate.pictures.data.classes import find_stems
from generate.pictures.data.columns import find_captions, find_labels
from generate.pictures.data.folders import open_folder
from generate.pictures.data.hub import open_hub
from generate.pictures.data.naming import Namer, is_known
from tests.pictures.data.sets import lay, paint, read_both, texts_of

datasets = pytest.importorskip("datasets")
PETS = (
    "Abyssinian_1",
    "Abyssinian_10",
    "american_bulldog_9",
    "american_bulldog_2",
    "pug_1",
    "pug_2",
)
BOX = "<annotation><object><name>{}</name><bndbox><xmin>1</xmin></bndbox></object></annotation>"


def test_breeds_in_file_names_come_before_cat_and_dog_in_boxes(tmp_path):
    files = {
        f"annotations/xmls/{pet}.xml": BOX.format("cat" if pet[0] == "A" else "dog") for pet in PETS
    }
    files["annotations/list.txt"] = "#Image CLASS-ID SPECIES BREED ID\n" + "".join(
        f"{pet} 1 1 1\n" for pet in PETS
    )
    names = [f"images/{pet}.jpg" for pet in PETS]
    masks = [f"annotations/trimaps/{pet}.png" for pet in PETS]
    found = texts_of(lay(tmp_path / "pets", names + masks, files))
    breeds = ["an abyssinian", "an american bulldog", "a pug"]
    assert found == {name: breeds[at // 2] for at, name in enumerate(names)}


@pytest.mark.parametrize("mark", ["_", "-", ".", " - "])
def test_a_class_may_stand_behind_the_number(tmp_path, mark):
    kinds = ("cat", "barn_owl", "frog")
    names = [f"{number}{mark}{kinds[number % 3]}.png" for number in range(9)]
    said = ("a cat", "a barn owl", "a frog")
    found = texts_of(lay(tmp_path / "set", names))
    assert found == {name: said[at % 3] for at, name in enumerate(names)}


@pytest.mark.parametrize("words", ["front back", "morning evening", "IMG DSC", "final draft"])
def test_words_behind_numbers_that_name_no_animals_are_no_classes(words):
    one, two = words.split()
    names = [f"0{n}_{word}.jpg" for n in range(5) for word in (one, two)]
    assert not any(find_stems(names, is_known))


@pytest.mark.parametrize("mark", [" GT", "_mask", "-masks", "_segmentation"])
def test_folders_of_masks_beside_those_of_their_pictures_are_left_out(tmp_path, mark):
    kinds = {"Black Sea Sprat": "a black sea sprat", "Trout": "a trout"}
    names = [f"{k}/{k}{m}/0000{n}.png" for k in kinds for m in ("", mark) for n in (1, 2)]
    root = lay(tmp_path / "fish", names)
    assert texts_of(root) == {
        f"{kind}/{kind}/0000{n}.png": said for kind, said in kinds.items() for n in (1, 2)
    }
    assert open_folder(root).left_out == {"masks of other pictures": 4}


def test_captions_in_files_with_the_whole_name_of_their_picture(tmp_path):
    files = {"1.jpg.txt": "an owl in the snow", "2.jpg.json": '{"description": "a fox"}'}
    files |= {"3.png.caption": "a hen"}
    root = lay(tmp_path / "set", ["1.jpg", "2.jpg", "3.png", "4.png"], files)
    assert texts_of(root) == {
        "1.jpg": "an owl in the snow",
        "2.jpg": "a fox",
        "3.png": "a hen",
        "4.png": None,
    }


@pytest.mark.parametrize("column", ["category_id", "class id", "label_idx", "species-id"])
def test_numbers_of_a_listing_are_named_by_a_table(tmp_path, column):
    files = {
        "train.csv": f"image_id,{column}\n0,3\n1,3\n2,8\n3,8\n",
        "categories.csv": "category_id,name\n3,deer\n8,moose\n",
    }
    root = lay(tmp_path / "set", [f"img/{n}.jpg" for n in range(4)], files)
    assert list(texts_of(root).values()) == ["a deer", "a deer", "a moose", "a moose"]
    assert "named by categories.csv" in read_both(root)[1]


def test_what_tells_one_animal_from_the_next_is_no_class():
    assert find_labels({"animal_id": "cow_17", "individual": "Bella"}) == []
    assert find_labels({"class_id": "7", "labels": "EMU"}) == ["EMU"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Hippopotami", "hippopotamus"),
        ("Larvae", "larva"),
        ("Octopi", "octopus"),
        ("rhinos", "rhino"),
    ]
    + [(same, same) for same in ("koi", "okapi", "coati", "ani", "kiwi", "reggae", "alibi")],
)
def test_latin_plurals(raw, name):
    assert Namer([raw, "x"]).name(raw) == name


def test_captions_of_a_language_each():
    row = {"caption_de": "eine Eule", "caption_en": "an owl", "caption_fr": "un hibou"}
    assert find_captions(row) == ("an owl",)
    assert find_captions({"caption_de": "eine Eule", "caption_fr": "un hibou"}) == ("eine Eule",)
    assert find_captions({"short_caption": "an owl", "long_caption": "an owl in snow"}) == (
        "an owl",
        "an owl in snow",
    )
    assert find_captions({"negative_prompt": "blurred"}) == ()


def test_a_common_name_comes_before_a_latin_one():
    assert find_labels({"species": "Tyto alba", "common_name": "barn owl"}) == ["barn owl"]
    assert find_labels({"species": "owl", "animal": "bird"}) == ["owl"]


@pytest.mark.parametrize("rows", [True, False])
def test_a_hub_set_for_detectors_says_what_is_in_its_pictures(tmp_path, monkeypatch, rows):
    """``objects`` is a row of lists, or a list of rows."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    kind = datasets.ClassLabel(names=["owl", "fox"])
    found = [[1], [0, 0, 1]]
    if rows:
        objects = [[{"category": one} for one in some] for some in found]
        feature = [{"category": kind}]
    else:
        objects = [{"category": some} for some in found]
        feature = {"category": datasets.List(kind)}
    cells = {"image": [{"bytes": paint(n), "path": None} for n in (0, 1)], "objects": objects}
    kinds = datasets.Features({"image": datasets.Image(), "objects": feature})
    (tmp_path / "set").mkdir()
    datasets.Dataset.from_dict(cells, features=kinds).to_parquet(tmp_path / "set/train.parquet")
    texts = [entry.text for entry in open_hub(str(tmp_path / "set"), 9).entries]
    assert texts == ["a fox", "an owl and a fox"]


def test_a_set_in_tars(tmp_path, monkeypatch):
    """WebDataset: files of one stem are one row."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "set").mkdir()
    with tarfile.open(tmp_path / "set/train-0000.tar", "w") as archive:
        for n in (0, 1):
            for ending, data in (("jpg", paint(n, kind="JPEG")), ("txt", b"an owl %d" % n)):
                member = tarfile.TarInfo(f"00{n}.{ending}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    texts = [entry.text for entry in open_hub(str(tmp_path / "set"), 9).entries]
    assert texts == ["an owl 0", "an owl 1"]


def test_counts_behind_names_are_no_part_of_them(tmp_path):
    said = {"POLAR_BEAR_120": "a polar bear", "RED_FOX_98": "a red fox", "owl 7": "an owl"}
    root = lay(tmp_path / "set", [f"{folder}/{n}.jpg" for folder in said for n in (1, 2)])
    found = texts_of(root)
    assert {name.split("/")[0]: text for name, text in found.items()} == said
    assert Namer(["cat_1", "cat_2"]).name("cat_1") == "cat 1"


def test_a_latin_name_is_better_than_a_number():
    assert find_labels({"class_id": "1", "binomial": "Vipera berus"}) == ["Vipera berus"]


def test_what_is_called_a_picture_and_is_none_is_said(tmp_path):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"
    pictures = {"1.jpg": pointer, "2.jpg": pointer, "3.jpg": b"", "4.jpg": b"<!DOCTYPE html><p>404"}
    root = lay(tmp_path / "set", {**pictures, "5.png": paint(1), "6.png": paint(2)})
    assert open_folder(root).left_out == {
        "no more than Git LFS's pointer: run git lfs pull": 2,
        "empty": 1,
        "web page or its like, as failed downloads leave it": 1,
    }


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a/images.zip": "PK"}, "it holds 1 zip; unpack a/images.zip"),
        ({"1.tar.gz": "x", "2.tar.gz": "x"}, "unpack 1.tar.gz and the others"),
        ({"Train-GCC.tsv": "an owl\thttp://host/1.jpg\n"}, "download their pictures first"),
    ],
)
def test_a_set_without_pictures_says_what_to_do(tmp_path, files, said):
    with pytest.raises(Refusal) as refusal:
        open_folder(lay(tmp_path / "set", [], files))
    assert said in str(refusal.value)


def test_archives_among_pictures_are_said(tmp_path):
    root = lay(tmp_path / "set", ["1.png", "2.png"], {"more.zip": "PK"})
    assert "not unpacked: more.zip; unpack" in "\n".join(open_folder(root).notes)


def test_a_table_of_other_things_names_no_class(tmp_path):
    kinds = {"n02086240": "a shih tzu", "n02115641": "a dingo", "n02088364": "a beagle"}
    names = [f"train/{kind}/{kind}_{n}.JPEG" for kind in kinds for n in range(3)]
    noisy = "path,noisy_labels_0,noisy_labels_1,is_valid\n" + "".join(
        f"{name},{name.split('/')[1]},n02115641,False\n" for name in names
    )
    root = lay(tmp_path / "woof", names, {"noisy_imagewoof.csv": noisy})
    assert set(texts_of(root).values()) == set(kinds.values())
    root = lay(
        tmp_path / "albums",
        ["Zoo 2023/1.jpg", "Owls/2.jpg"],
        {"Owls/metadata.json": '{"title": "Owls", "x": "y"}'},
    )
    assert "a title" not in texts_of(root).values()


def test_an_export_of_camera_traps_by_folder_and_common_name(tmp_path):
    names = [f"D00{d}/IMG_000{n}.JPG" for d in (1, 2) for n in (1, 2)]
    said = ["Bobcat", "White-tailed Deer", "Coyote", "Bobcat"]
    head = "project_id,deployment_id,image_id,filename,class,genus,species,common_name,is_blank\n"
    rows = "".join(
        f"p1,{name[:4]},{at}x,{name[5:]},Mammalia,Lynx,rufus,{kind},0\n"
        for at, (name, kind) in enumerate(zip(names, said, strict=True))
    )
    files = {"deployments.csv": "deployment_id,placename\nD001,Creek\nD002,Ridge\n"}
    far = "".join(
        f"p1,{name[:4]},{at}x,gs://bucket/p1/{name},Mammalia,Lynx,rufus,{kind},0\n"
        for at, (name, kind) in enumerate(zip(names, said, strict=True))
    )
    texts = {"name": head + rows, "address": head.replace("filename", "location") + far}
    for key, text in texts.items():
        root = lay(tmp_path / key, names, files | {"images.csv": text})
        assert [*texts_of(root).values()] == [
            "a bobcat",
            "a white tailed deer",
            "a coyote",
            "a bobcat",
        ]


def test_google_takeout(tmp_path):
    album, other = "Takeout/Google Photos/Zoo 2023", "Takeout/Google Photos/Photos from 2022"
    names = [f"{album}/IMG_1.JPG", f"{album}/IMG_2.JPG", f"{other}/IMG_1.JPG"]
    told = {"title": "IMG_1.JPG", "people": [{"name": "Anna"}], "geoData": {"latitude": 1.5}}
    files = {
        f"{album}/IMG_1.JPG.supplemental-metadata.json": told | {"description": "an owl asleep"},
        f"{album}/IMG_2.JPG.supplemental-me.json": told | {"description": "a fox"},
        f"{other}/IMG_1.JPG.json": told | {"description": ""},
        f"{album}/metadata.json": {"title": "Zoo 2023", "description": "", "access": "protected"},
    }
    files = {name: json.dumps(row) for name, row in files.items()}
    files["Takeout/archive_browser.html"] = "<html>"
    root = lay(tmp_path / "set", names, files)
    assert texts_of(root) == dict(zip(names, ["an owl asleep", "a fox", None], strict=True))


def test_one_class_with_folders_of_its_own_is_one_class(tmp_path):
    kinds = {"009.bear": "a bear", "056.dog": "a dog", "100.hawksbill-101": "a hawksbill"}
    names = [f"Categories/{kind}/{n}.jpg" for kind in kinds for n in range(3)]
    names += [f"Categories/056.dog/greg/vision309/{n}.jpg" for n in range(2)]
    found = texts_of(lay(tmp_path / "set", names))
    assert found == {name: kinds[name.split("/")[1]] for name in names}
