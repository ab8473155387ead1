"""Class folders as real sets have them, each in its true layout, as a folder and as a zip."""

import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.errors import Refusal
from generate.pictures.data import tables
from generate.pictures.data.classes import find_classes, find_stems
from generate.pictures.data.folders import open_folder, open_zip
from generate.pictures.data.naming import Namer, describe_classes, is_known
from tests.pictures.data.sets import lay, paint, read_both, texts_of

ITALIAN = "cane cavallo elefante farfalla gallina gatto mucca pecora ragno scoiattolo".split()
ENGLISH = "dog horse elephant butterfly chicken cat cow sheep spider squirrel".split()
# As the file of animals10 has it: some pairs twice, some once, some the other way round.
TRANSLATE = (
    'translate = {"cane": "dog", "cavallo": "horse", "elefante": "elephant", '
    '"farfalla": "butterfly", "gallina": "chicken", "gatto": "cat", "mucca": "cow", '
    '"pecora": "sheep", "scoiattolo": "squirrel", "dog": "cane", "cavallo": "horse", '
    '"elephant" : "elefante", "butterfly": "farfalla", "chicken": "gallina", "cat": "gatto", '
    '"cow": "mucca", "spider": "ragno", "squirrel": "scoiattolo"}\n'
)


def article(name):
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def lay_classes(root, folders, files=None, under="", each=2):
    """A folder for each class with some pictures in it."""
    names = [f"{under}{folder}/{number}.jpg" for folder in folders for number in range(each)]
    return lay(root, names, files)


def classes_of(root, names=None):
    """The captions by the folder that each picture lies in."""
    return {name.rsplit("/", 2)[-2]: text for name, text in texts_of(root, names).items()}


def test_animals10_is_in_english(tmp_path):
    root = lay_classes(tmp_path / "a10", ITALIAN, {"translate.py": TRANSLATE}, "raw-img/")
    said = dict(zip(ITALIAN, map(article, ENGLISH), strict=True))
    assert classes_of(root) == said
    entries, notes, _ = read_both(root)
    assert entries["raw-img/ragno/0.jpg"].tags == {"class": "spider"}
    assert "10 classes by class folders, named by translate.py" in notes


def test_english_folders_stay_english_beside_animals10s_file(tmp_path):
    root = lay_classes(tmp_path / "a10", ENGLISH, {"translate.py": TRANSLATE})
    assert classes_of(root) == {name: article(name) for name in ENGLISH}


def test_a_translation_is_read_and_never_run(tmp_path):
    code = f"import os\nos.mkdir({str(tmp_path / 'run')!r})\n{TRANSLATE}x = open('y')\n"
    root = lay_classes(tmp_path / "a10", ITALIAN[:3], {"translate.py": code})
    assert classes_of(root)["cane"] == "a dog"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("code", ["translate = {", "a = dict(cane='dog')", "\0", "(" * 5000])
def test_a_translation_that_cannot_be_read_changes_nothing(tmp_path, code):
    root = lay_classes(tmp_path / "a10", ITALIAN[:3], {"translate.py": code})
    assert classes_of(root)["cane"] == "a cane"


def test_the_settings_rename_any_class(tmp_path):
    root = lay_classes(tmp_path / "a10", ["cane", "n02123045", "Polar_Bear", "7"])
    names = {"cane": "Dog", "n02123045": "house cat", "polar bear": "ice bear", "7": "owl"}
    assert classes_of(root, names) == {
        "cane": "a dog",
        "n02123045": "a house cat",
        "Polar_Bear": "an ice bear",
        "7": "an owl",
    }
    assert "no class here: gatto" in read_both(root, {"gatto": "cat"})[1]


def test_a_name_in_the_settings_comes_before_a_file(tmp_path):
    root = lay_classes(tmp_path / "a10", ITALIAN, {"translate.py": TRANSLATE})
    names = {"gallina": "hen", "cow": "bull"}
    found = classes_of(root, names)
    assert (found["gallina"], found["mucca"]) == ("a hen", "a bull")


@pytest.mark.parametrize("words", [True, False])
def test_tiny_imagenet(tmp_path, monkeypatch, words):
    synsets = {"n01443537": "goldfish", "n02085620": "chihuahua", "n02504458": "african elephant"}
    synsets |= {"n02666196": "abacus"} if words else {}
    pictures = [f"train/{wnid}/images/{wnid}_{n}.JPEG" for wnid in synsets for n in range(3)]
    pictures += [f"val/images/val_{n}.JPEG" for n in range(3)]
    pictures += [f"test/images/test_{n}.JPEG" for n in range(3)]
    boxes = "{0}_0.JPEG\t0\t10\t63\t58\n{0}_1.JPEG\t3\t1\t60\t51\n"
    files = {f"train/{wnid}/{wnid}_boxes.txt": boxes.format(wnid) for wnid in synsets}
    monkeypatch.setattr(tables, "MOST", 2)  # as many files as these are not looked into
    lines = ["n00001740\tentity", "n01443537\tgoldfish, Carassius auratus"]
    lines += ["n02085620\tChihuahua", "n02504458\tAfrican elephant, Loxodonta africana"]
    lines += ["n02666196\tabacus", "n02123394\tPersian cat"]
    if words:
        files |= {"words.txt": "\n".join(lines), "wnids.txt": "\n".join(synsets)}
        files["val/val_annotations.txt"] = "".join(
            f"val_{n}.JPEG\t{wnid}\t0\t32\t44\t62\n"
            for n, wnid in enumerate(["n01443537", "n02085620", "n01443537"])
        )
    root = lay(tmp_path / "tiny-imagenet-200", pictures, files)
    found = texts_of(root)
    for wnid, name in synsets.items():
        assert found[f"train/{wnid}/images/{wnid}_1.JPEG"] == article(name)
    assert found["test/images/test_1.JPEG"] is None
    assert found["val/images/val_1.JPEG"] == ("a chihuahua" if words else None)


def test_ids_without_a_name_are_said_and_not_printed_on_cards(tmp_path):
    root = lay_classes(tmp_path / "s", ["n01443537", "n02085620", "n02666196"])
    entries, notes, _ = read_both(root)
    assert classes_of(root)["n02666196"] is None
    assert entries["n02666196/0.jpg"].tags == {}
    assert "without a name: n02666196; name them under [pictures.names]" in notes


@pytest.mark.parametrize(
    "line",
    ["n01440764 tench, Tinca tinca\nn02666196 abacus", "n02666196: abacus", '"n02666196",abacus'],
)
def test_synsets_by_a_file_of_any_form(tmp_path, line):
    root = lay_classes(tmp_path / "s", ["n01440764", "n02666196"], {"LOC_synset_mapping.txt": line})
    assert classes_of(root)["n01440764"] == "a tench"


# Folders of real sets, and what their pictures show.
FOLDERS = {
    "stanford dogs": (
        "Images/",
        {
            "n02085620-Chihuahua": "a chihuahua",
            "n02085936-Maltese_dog": "a maltese dog",
            "n02088094-Afghan_hound": "an afghan hound",
            "n02091635-otterhound": "an otterhound",
            "n02094433-Yorkshire_terrier": "a yorkshire terrier",
            "n02098105-soft-coated_wheaten_terrier": "a soft coated wheaten terrier",
            "n02106662-German_shepherd": "a german shepherd",
        },
    ),
    "cub": (
        "CUB_200_2011/images/",
        {
            "001.Black_footed_Albatross": "a black footed albatross",
            "004.Groove_billed_Ani": "a groove billed ani",
            "023.Brandt_Cormorant": "a brandt cormorant",
            "098.Scott_Oriole": "a scott oriole",
            "188.Pileated_Woodpecker": "a pileated woodpecker",
            "200.Common_Yellowthroat": "a common yellowthroat",
        },
    ),
    "caltech 256": (
        "256_ObjectCategories/",
        {
            "046.kangaroo": "a kangaroo",
            "085.goat": "a goat",
            "129.leopards-101": "a leopard",
            "151.ostrich": "an ostrich",
            "256.toad": "a toad",
            "257.clutter": None,
        },
    ),
    "caltech 101": (
        "101_ObjectCategories/",
        {
            "kangaroo": "a kangaroo",
            "emu": "an emu",
            "BACKGROUND_Google": None,
            "gerenuk": "a gerenuk",
        },
    ),
    "animals with attributes 2": (
        "Animals_with_Attributes2/JPEGImages/",
        {
            "antelope": "an antelope",
            "grizzly+bear": "a grizzly bear",
            "killer+whale": "a killer whale",
            "giant+panda": "a giant panda",
            "ox": "an ox",
        },
    ),
    "animals 90": (
        "animals/animals/",
        {"antelope": "an antelope", "hornbill": "a hornbill", "okapi": "an okapi", "ox": "an ox"},
    ),
    "inaturalist": (
        "train_mini/",
        {
            "00012_Animalia_Chordata_Aves_Passeriformes_Turdidae_Turdus_migratorius": (
                "a turdus migratorius"
            ),
            "02912_Animalia_Arthropoda_Insecta_Lepidoptera_Nymphalidae_Danaus_plexippus": (
                "a danaus plexippus"
            ),
            "06371_Plantae_Tracheophyta_Magnoliopsida_Asterales_Asteraceae_Arnica_montana": (
                "an arnica montana"
            ),
        },
    ),
    "birds": (
        "train/",
        {"ABBOTTS BABBLER": "an abbotts babbler", "EMU": "an emu", "HOUSE FINCH": "a house finch"},
    ),
    "capitals and plurals": (
        "",
        {"GermanShepherd": "a german shepherd", "polarBear": "a polar bear", "Wolves": "a wolf"}
        | {"domestic cats": "a domestic cat", "fox_images": "a fox", "Walrus": "a walrus"},
    ),
    "hyphens and dots": (
        "",
        {"sea-lion": "a sea lion", "st._bernard": "a st. bernard", "snow.leopard": "a snow leopard"}
        | {"7-spot_ladybird": "a 7 spot ladybird"},
    ),
    "spoken": (
        "data/",
        {"unicorn": "a unicorn", "hourglass_dolphin": "an hourglass dolphin", "ewe": "a ewe"}
        | {"urial": "a urial", "european robin": "a european robin", "egret": "an egret"},
    ),
    "things": ("", {"tea set": "a tea set", "Passenger Train": "a passenger train"}),
    "words around": (
        "",
        {"cats_set": "a cat", "class_owl": "an owl", "Hen (120)": "a hen", "fox images": "a fox"},
    ),
    "sea animals": (
        "",
        {"Sea Urchins": "a sea urchin", "Corals": "a coral", "Jelly Fish": "a jelly fish"}
        | {"Octopus": "an octopus", "Nudibranchs": "a nudibranch", "Grebes": "a grebe"},
    ),
    "other letters": ("", {"猫": "a 猫", "犬": "a 犬", "éléphant": "an éléphant"}),
    "afhq": ("afhq/train/", {"cat": "a cat", "dog": "a dog", "wild": "a wild animal"}),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_of_real_sets(tmp_path, name):
    under, said = FOLDERS[name]
    assert classes_of(lay_classes(tmp_path / "set", said, under=under)) == said


def test_a_species_by_its_ranks_is_of_a_kind(tmp_path):
    under, said = FOLDERS["inaturalist"]
    entries, _, _ = read_both(lay_classes(tmp_path / "set", said, under=under))
    found = {entry.tags["class"]: entry.tags["kind"] for entry in entries.values()}
    assert found == {
        "turdus migratorius": "bird",
        "danaus plexippus": "butterfly",
        "arnica montana": "plant",
    }


@pytest.mark.parametrize(
    "under",
    [
        ("train/", "val/"),
        ("training_set/training_set/", "test_set/test_set/"),
        ("archive/Train/images/", "archive/Test/images/"),
        ("seg_train/seg_train/", "seg_test/seg_test/"),
        ("fold1/", "fold2/"),
        ("2021_train_mini/", "2021_valid/"),
        ("images_001/", "images_002/"),
    ],
)
def test_however_a_set_is_divided_its_classes_are_its_animals(tmp_path, under):
    names = [f"{u}{kind}/{u[0]}{n}.jpg" for u in under for kind in ("cat", "dog") for n in (1, 2)]
    found = texts_of(lay(tmp_path / "set", names))
    assert set(found.values()) == {"a cat", "a dog"}
    assert all(text.removeprefix("a ") in name for name, text in found.items())


@pytest.mark.parametrize("inner", ["images", "img", "photos", "jpg", "bilder", "train"])
def test_one_folder_inside_every_class_is_none(tmp_path, inner):
    names = [f"{kind}/{inner}/{n}.jpg" for kind in ("cat", "dog", "owl") for n in (1, 2)]
    found = texts_of(lay(tmp_path / "set", names))
    assert set(found.values()) == {"a cat", "a dog", "an owl"}


def test_what_is_the_same_inside_every_class_is_no_class(tmp_path):
    names = [
        f"{k}/{w}/{n}.jpg" for k in ("cat", "dog") for w in ("indoor", "outdoor") for n in (1, 2)
    ]
    assert set(texts_of(lay(tmp_path / "set", names)).values()) == {"a cat", "a dog"}
    names = [f"{p}/{k}/{p}.jpg" for k in ("cat", "dog") for p in ("anna", "ben")]
    assert set(texts_of(lay(tmp_path / "people", names)).values()) == {"a cat", "a dog"}


def test_a_train_is_a_class_among_vehicles(tmp_path):
    said = classes_of(lay_classes(tmp_path / "set", ["train", "plane", "car"]))
    assert said["train"] == "a train"


def test_the_innermost_of_nested_folders_counts(tmp_path):
    names = ["mammals/dog/1.jpg", "mammals/cat/1.jpg", "birds/robin/1.jpg", "birds/owl/1.jpg"]
    found = texts_of(lay(tmp_path / "set", names))
    assert list(found.values()) == ["an owl", "a robin", "a cat", "a dog"]


NUMBERED = {
    "classes.txt": "polar bear\nowl\nsea-lion\n",
    "labels.txt": "0 polar bear\n1 owl\n2 sea lion\n",
    "class_names.json": json.dumps(["polar_bear", "owl", "sea lion"]),
    "index.json": json.dumps({"0": "polar bear", "1": "owl", "2": "sea lion"}),
    "class_to_idx.json": json.dumps({"polar bear": 0, "owl": 1, "sea lion": 2}),
    "class_dict.csv": "class_index,class,height\n0,POLAR BEAR,224\n1,OWL,224\n2,SEA LION,224\n",
    "data.yaml": "nc: 3\nnames: ['polar bear', 'owl', 'sea-lion']\n",
    "names.yaml": "names:\n  0: polar bear\n  1: owl\n  2: sea lion\n",
}


@pytest.mark.parametrize("file", NUMBERED)
def test_numbered_folders_are_named_by_a_file(tmp_path, file):
    root = lay_classes(tmp_path / "set", "012", {file: NUMBERED[file]}, "train/")
    assert classes_of(root) == {"0": "a polar bear", "1": "an owl", "2": "a sea lion"}


def test_numbers_from_one_and_with_noughts(tmp_path):
    root = lay_classes(tmp_path / "set", ["1", "2", "3"], {"classes.txt": NUMBERED["classes.txt"]})
    assert classes_of(root)["1"] == "a polar bear"
    root = lay_classes(tmp_path / "two", ["000", "001"], {"classes.txt": "cat\ndog\n"})
    assert classes_of(root) == {"000": "a cat", "001": "a dog"}


def test_numbers_that_nothing_names_are_no_caption(tmp_path):
    entries, notes, _ = read_both(lay_classes(tmp_path / "set", ["0", "1"]))
    assert all(entry.text is None and not entry.tags for entry in entries.values())
    assert "without a name: 0, 1;" in notes


def test_numbers_inside_named_folders(tmp_path):
    names = [
        f"train_val2018/{k}/{n}/{n}.jpg" for k, n in (("Aves", 27), ("Aves", 28), ("Insecta", 5))
    ]
    assert set(texts_of(lay(tmp_path / "set", names)).values()) == {"a bird", "an insect"}


def test_latin_folders_with_a_translation(tmp_path):
    said = {
        "acinonyx-jubatus": "cheetah",
        "canis-lupus": "wolf",
        "aethia-cristatella": "crested auklet",
    }
    files = {"translation.json": json.dumps(said)}
    root = lay_classes(tmp_path / "animals141", said, files, "dataset/dataset/")
    assert classes_of(root) == {latin: f"a {english}" for latin, english in said.items()}


# Names of files in one folder, and what each shows.
FLAT = {
    "cats and dogs": {"train/cat.0.jpg": "a cat", "train/cat.1.jpg": "a cat"}
    | {"train/dog.0.jpg": "a dog", "train/dog.1.jpg": "a dog", "test1/1.jpg": None},
    "oxford pets": {
        "images/Abyssinian_1.jpg": "an abyssinian",
        "images/Abyssinian_100.jpg": "an abyssinian",
        "images/american_bulldog_3.jpg": "an american bulldog",
        "images/american_bulldog_4.jpg": "an american bulldog",
        "images/great_pyrenees_12.jpg": "a great pyrenees",
        "images/great_pyrenees_13.jpg": "a great pyrenees",
    },
    "synsets": {"n02123045_1.JPEG": "a tabby", "n02123045_7.JPEG": "a tabby"}
    | {"n01443537_3.JPEG": "a goldfish", "n01443537_4.JPEG": "a goldfish"},
    "copies": {"fox (1).jpg": "a fox", "fox (2).jpg": "a fox", "owl (1).png": "an owl"}
    | {"owl (2).png": "an owl"},
    "a camera's": {
        "IMG_0001.jpg": None,
        "IMG_0002.jpg": None,
        "DSC_1.jpg": None,
        "DSC_2.jpg": None,
    },
    "a family's": {
        "anna-swimming-1.jpg": None,
        "anna-swimming-2.jpg": None,
        "lake_house_1.jpg": None,
        "lake_house_2.jpg": None,
    },
    "titles": {f"a cat on a red mat in spring {n}.jpg": None for n in range(4)},
    "one of each": {"ant 1.jpg": None, "bee 1.jpg": None, "cat 1.jpg": None, "dog 1.jpg": None},
    "codes": {"emoji_u1f436.png": None, "emoji_u2603.png": None, "emoji_u2604.png": None}
    | {"emoji_u1f431.png": None},
    "no numbers": {"rex.jpg": None, "mimi.jpg": None, "tom.jpg": None},
    "roboflow": {
        "train/images/cat-12_jpg.rf.3f2a9c0d1e4b5a6f7788.jpg": "a cat",
        "train/images/cat-14_jpg.rf.3f2a9c0d1e4b5a6f7799.jpg": "a cat",
        "valid/images/dog-2_jpg.rf.aa2a9c0d1e4b5a6f7788.jpg": "a dog",
        "valid/images/dog-3_jpg.rf.bb2a9c0d1e4b5a6f7788.jpg": "a dog",
    },
}


@pytest.mark.parametrize("name", FLAT)
def test_classes_by_the_names_of_files(tmp_path, name):
    assert texts_of(lay(tmp_path / "set", list(FLAT[name]))) == FLAT[name]


def test_oxford_pets_whole(tmp_path):
    """Its masks are PNG files too, its lists name files without their endings."""
    said = FLAT["oxford pets"]
    stems = [name.removeprefix("images/").removesuffix(".jpg") for name in said]
    masks = [f"annotations/trimaps/{stem}.png" for stem in stems]
    lines = "".join(f"{stem} {n // 2 + 1} 1 1\n" for n, stem in enumerate(stems))
    box = "<annotation><object><name>{}</name><pose>Frontal</pose></object></annotation>"
    files = {
        f"annotations/xmls/{stem}.xml": box.format("cat" if stem[0].isupper() else "dog")
        for stem in stems[:3]
    }
    files |= {"annotations/list.txt": f"#Image CLASS-ID SPECIES BREED ID\n{lines}"}
    files |= {"annotations/trainval.txt": lines, "annotations/trimaps/._Abyssinian_1.png": "x"}
    root = lay(tmp_path / "pets", [*said, *masks], files)
    entries, notes, source = read_both(root)
    assert {name: entry.text for name, entry in entries.items()} == said
    assert source.left_out == {"masks of other pictures": len(masks)}
    assert "3 classes by file names" in notes


def test_one_class_says_nothing(tmp_path):
    root = lay_classes(tmp_path / "set", ["cat"])
    assert set(texts_of(root).values()) == {None}


def test_what_belongs_to_no_class_has_no_caption(tmp_path):
    said = classes_of(lay_classes(tmp_path / "set", ["cat", "dog", "others", "Unknown", "_misc"]))
    assert [said[name] for name in ("others", "Unknown", "_misc")] == [None] * 3
    assert said["cat"] == "a cat"


def test_a_folder_without_pictures_says_what_it_holds(tmp_path):
    lay(tmp_path / "set", {"train.parquet": b"x", "a/notes.txt": b"y", "b.txt": b"z"})
    with pytest.raises(Refusal, match=r"set: holds no pictures \(.*\); it holds 2 txt, 1 parquet"):
        open_folder(tmp_path / "set")


def test_jpegs_of_other_endings_are_read(tmp_path):
    pictures = {
        f"a.{ending}": paint(n, kind="JPEG") for n, ending in enumerate(["jfif", "jpe", "JPG"])
    }
    entries, _, _ = read_both(lay(tmp_path / "set", pictures))
    assert sorted(entries) == ["a.JPG", "a.jfif", "a.jpe"]
    with entries["a.jfif"].open() as picture:
        assert picture.format == "JPEG"


def test_a_table_with_several_names_gives_the_common_one(tmp_path):
    """As the ten species of monkeys have it."""
    lines = "Label, Latin Name              , Common Name          , Train Images, Validation\n"
    lines += "n0   , alouatta_palliata\t, mantled_howler       , 131         , 26\n"
    lines += "n1   , erythrocebus_patas\t, patas_monkey         , 139         , 28\n"
    files = {"monkey_labels.txt": lines}
    root = lay_classes(tmp_path / "m", ["n0", "n1"], files, "training/training/")
    assert classes_of(root) == {"n0": "a mantled howler", "n1": "a patas monkey"}


def test_imagenet_in_parts_with_labels(tmp_path):
    labels = {"n01968897": "chambered nautilus, pearly nautilus", "n02123045": "tabby, tabby cat"}
    parts = ((1, "train.X1"), (2, "val.X"))
    names = [f"{part}/{wnid}/{wnid}_{n}.JPEG" for wnid in labels for n, part in parts]
    root = lay(tmp_path / "i", names, {"Labels.json": json.dumps(labels)})
    assert set(texts_of(root).values()) == {"a chambered nautilus", "a tabby"}


def test_nabirds_numbers_have_noughts(tmp_path):
    files = {"classes.txt": "817 American Coot\n818 Sora\n1 Ducks\n"}
    root = lay_classes(tmp_path / "nabirds", ["0817", "0818"], files, "images/")
    assert classes_of(root) == {"0817": "an american coot", "0818": "a sora"}


def test_one_heap_in_two_folders_is_no_classes(tmp_path):
    root = lay_classes(tmp_path / "vg", ["VG_100K", "VG_100K_2"])
    assert set(texts_of(root).values()) == {None}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("ab/0._- né", min_size=1, max_size=12), min_size=1, max_size=8))
def test_any_names_are_read_without_fault(names):
    names = [name.strip("/") + "/1.jpg" for name in names]
    found = find_classes(names, is_known)
    assert len(found) == len(find_stems(names)) == len(names)
    namer = Namer(found)
    for raw in found:
        tags = namer.find_tags([raw])
        text = describe_classes(tags)
        assert text is None if not tags else text.startswith(("a ", "an "))
        assert namer.name(namer.name(raw)) == namer.name(raw)


def test_a_folder_for_each_picture_is_no_class(tmp_path):
    names = [f"{kind}/{n}/img.jpg" for kind in ("cat", "owl") for n in ("0001", "3fa9")]
    assert set(texts_of(lay(tmp_path / "set", names)).values()) == {"a cat", "an owl"}


def test_styles_inside_every_class_are_none(tmp_path):
    """As Fluent Emoji lie."""
    faces = ("Dog face", "Cat face", "Butterfly")
    names = [f"assets/{face}/{style}/x.png" for face in faces for style in ("3D", "Flat", "Color")]
    found = texts_of(lay(tmp_path / "set", names))
    assert set(found.values()) == {"a dog face", "a cat face", "a butterfly"}


def test_masks_beside_their_pictures_are_left_out(tmp_path):
    root = lay(
        tmp_path / "set", ["a/1.jpg", "a/1_mask.png", "b/2.jpg", "b/2_mask_1.png", "c_mask.png"]
    )
    entries, _, source = read_both(root)
    assert list(entries) == ["a/1.jpg", "b/2.jpg", "c_mask.png"]
    assert source.left_out == {"masks of other pictures": 2}


def test_latin_names_do_not_replace_common_ones(tmp_path):
    lines = "class,scientific name\ndaisy,Bellis perennis\ntulip,Tulipa gesneriana\n"
    root = lay_classes(tmp_path / "f", ["daisy", "tulip"], {"class_names.csv": lines})
    assert classes_of(root) == {"daisy": "a daisy", "tulip": "a tulip"}
    root = lay_classes(tmp_path / "n", ["1", "2"], {"names.csv": "id,latin\n1,Bellis\n2,Tulipa\n"})
    assert classes_of(root) == {"1": "a bellis", "2": "a tulipa"}


def test_folders_for_the_rest_need_no_name(tmp_path):
    notes = read_both(lay_classes(tmp_path / "s", ["cat", "dog", "others", "n02666196"]))[1]
    assert "without a name: n02666196;" in notes
    assert "without" not in read_both(tmp_path / "s", {"n02666196": ""})[1]


def test_cub_whole(tmp_path):
    pictures = [
        f"images/{k}/{k[4:]}_{n:04d}_{n}.jpg"
        for k in ("001.Black_footed_Albatross", "002.Laysan_Albatross")
        for n in (1, 2)
    ]
    masks = [f"segmentations/{name[7:-4]}.png" for name in pictures]
    files = {
        "images.txt": "".join(f"{n} {name[7:]}\n" for n, name in enumerate(pictures, 1)),
        "classes.txt": "1 001.Black_footed_Albatross\n2 002.Laysan_Albatross\n",
        "image_class_labels.txt": "1 1\n2 1\n3 2\n4 2\n",
        "train_test_split.txt": "1 0\n2 1\n3 0\n4 1\n",
        "bounding_boxes.txt": "1 60.0 27.0 325.0 304.0\n",
        "parts/parts.txt": "1 back\n2 beak\n3 belly\n",
        "README": "CUB",
    }
    root = lay(tmp_path / "CUB_200_2011", [*pictures, *masks], files)
    first, second = ["a black footed albatross"] * 2, ["a laysan albatross"] * 2
    assert list(texts_of(root).values()) == [*first, *second]
    assert read_both(root)[2].left_out == {"masks of other pictures": 4}


def test_a_zip_that_windows_packed_has_folders(tmp_path):
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for seed, name in enumerate(["pets\\cat\\1.png", "pets\\owl\\1.png"]):
            archive.writestr(name, paint(seed))
    found = {entry.name: entry for entry in open_zip(path).entries}
    assert found["pets/owl/1.png"].text == "an owl"
    assert found["pets/cat/1.png"].open().size == (32, 32)


def test_a_data_yaml_that_multiplies_or_never_ends_names_nothing():
    merged = "a0: &a0 {x: owl}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 8)}]}}\n" for n in range(1, 6)
    )
    for text in (f"{merged}names: [owl, cat]\n", f"names: [{'owl, ' * 20_000}]\n"):
        with pytest.raises(tables.FAULTS):
            tables.read_yaml(text, "data.yaml")
    table = tables.read_yaml("names: [owl, cat]\n", "data.yaml")
    assert table and table.listed == ["owl", "cat"]
