"""Captions and labels beside pictures, each in its true layout, as a folder and as a zip."""

import json

import pytest

from generate.errors import Refusal
from generate.pictures.data.folders import open_folder, open_zip
from tests.pictures.data.sets import lay, pack, read_both, texts_of

NAMES = ["0.jpg", "1.jpg", "2.jpg"]
SAID = {"0.jpg": "a red cat", "1.jpg": "a dog, asleep", "2.jpg": None}


def rows(*values):
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values)


# How one set may say the same of its pictures.
FORMS = {
    "jsonl": {
        "metadata.jsonl": rows(
            {"file_name": "0.jpg", "text": "a red cat"},
            {"file_name": "1.jpg", "text": "a dog, asleep"},
        )
    },
    "prompts": {
        "metadata.jsonl": rows(
            {"file_name": "0.jpg", "prompt": "a red cat"},
            {"file_name": "1.jpg", "Prompt": "a dog, asleep"},
        )
    },
    "csv": {"metadata.csv": 'file_name,text\n0.jpg,a red cat\n1.jpg,"a dog, asleep"\n2.jpg,\n'},
    "csv of a spreadsheet": {
        "metadata.csv": "\ufefffile_name;caption\r\n0.jpg;a red cat\r\n1.jpg;a dog, asleep\r\n"
    },
    "csv nobody quoted": {"captions.csv": "image,caption\n0.jpg,a red cat\n1.jpg,a dog, asleep\n"},
    "csv with more": {
        "labels.csv": "id,width,filename,description\n"
        '7,32,0.jpg,a red cat\n8,32,1.jpg,"a dog, asleep"\n'
    },
    "tsv": {"captions.tsv": "filename\tcaption\n0.jpg\ta red cat\n1.jpg\ta dog, asleep\n"},
    "flickr8k of kaggle": {
        "captions.txt": 'image,caption\n0.jpg,a red cat\n1.jpg,"a dog, asleep"\n'
    },
    "flickr30k": {
        "results.csv": "image_name| comment_number| comment\n"
        "0.jpg| 0| a red cat\n1.jpg| 0| a dog, asleep\n"
    },
    "flickr8k tokens": {"Flickr8k.token.txt": "0.jpg#0\ta red cat\n1.jpg#0\ta dog, asleep\n"},
    "bare csv": {"list.csv": "0.jpg,a red cat\n1.jpg,a dog, asleep\n"},
    "sidecars": {"0.txt": "a red cat\n", "1.txt": "a dog, asleep"},
    "sidecars of kohya": {"0.caption": "a red cat", "1.caption": "a dog, asleep"},
    "sidecars of img2dataset": {
        "0.json": json.dumps({"caption": "a red cat", "key": "0", "status": "success"}),
        "1.json": json.dumps({"caption": "a dog, asleep", "width": 32}),
    },
    "json by name": {
        "captions.json": json.dumps({"0.jpg": "a red cat", "1.jpg": ["a dog, asleep"]})
    },
    "json of rows": {
        "data.json": json.dumps(
            [
                {"image": "0.jpg", "caption": "a red cat"},
                {"image": "1.jpg", "text": "a dog, asleep"},
            ]
        )
    },
    "karpathy": {
        "dataset_flickr8k.json": json.dumps(
            {
                "images": [
                    {"filename": "0.jpg", "split": "train", "sentences": [{"raw": "a red cat"}]},
                    {"filename": "1.jpg", "split": "val", "sentences": [{"raw": "a dog, asleep"}]},
                ],
                "dataset": "flickr8k",
            }
        )
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_captions_in_every_form(tmp_path, form):
    root = lay(tmp_path / "set", NAMES, FORMS[form])
    assert texts_of(root) == SAID
    notes = read_both(root)[1]
    assert ": 2 pictures, 2 captions" in notes and "not read" not in notes
    assert "not pictures" not in notes


@pytest.mark.parametrize("form", ["csv", "flickr8k of kaggle", "json by name", "flickr8k tokens"])
def test_a_listing_above_the_pictures_finds_them(tmp_path, form):
    root = lay(tmp_path / "set", [f"Images/{name}" for name in NAMES], FORMS[form])
    assert texts_of(root) == {f"Images/{name}": text for name, text in SAID.items()}


def test_texts_in_a_folder_of_their_own(tmp_path):
    pictures = [f"{s}/images/{n}.jpg" for s in ("train", "val") for n in (0, 1)]
    files = {f"{s}/text/{n}.txt": f"a cat in {s} {n}" for s in ("train", "val") for n in (0, 1)}
    assert texts_of(lay(tmp_path / "set", pictures, files))["val/images/1.jpg"] == "a cat in val 1"
    pictures = [f"images/00{n}.{k}/{k}_{n}.jpg" for n, k in ((1, "Wren"), (2, "Tern"))]
    files = {
        f"text_c10/00{n}.{k}/{k}_{n}.txt": f"a {k} a\na {k} b\n"
        for n, k in ((1, "Wren"), (2, "Tern"))
    }
    entries, _, _ = read_both(lay(tmp_path / "cub", pictures, files))
    assert entries["images/001.Wren/Wren_1.jpg"].texts == ("a Wren a", "a Wren b")


SEVERAL = ["a red cat", "a cat that sleeps", "an animal"]
MANY = {
    "texts in a list": [{"text": SEVERAL}],
    "captions in a list": [{"captions": SEVERAL}],
    "sentences": [{"sentences": [{"raw": s, "tokens": s.split()} for s in SEVERAL]}],
    "sentences of one row": [{"sentences": {"raw": SEVERAL}}],
    "numbered": [{f"caption_{n}": text for n, text in enumerate(SEVERAL)}],
    "numbered from one": [{f"caption{n}": text for n, text in enumerate(SEVERAL, 1)}],
    "a line each": [{"text": text} for text in SEVERAL],
    "a line each, some twice": [{"text": f" {text}\n"} for text in (*SEVERAL, SEVERAL[0])],
}


@pytest.mark.parametrize("form", MANY)
def test_every_caption_of_a_picture_is_kept(tmp_path, form):
    listed = [{"file_name": "0.jpg", **row} for row in MANY[form]]
    root = lay(tmp_path / "set", NAMES, {"metadata.jsonl": rows(*listed)})
    entries, notes, _ = read_both(root)
    assert entries["0.jpg"].texts == tuple(SEVERAL)
    assert entries["0.jpg"].text == SEVERAL[0]
    assert "captions: 1 picture, 3 captions (metadata.jsonl)" in notes


def test_captions_numbered_beyond_nine_keep_their_order(tmp_path):
    row = {"file_name": "0.jpg"} | {f"caption_{n}": f"cat {n}" for n in range(12)}
    root = lay(tmp_path / "set", NAMES, {"metadata.jsonl": rows(row)})
    assert read_both(root)[0]["0.jpg"].texts == tuple(f"cat {n}" for n in range(12))


def test_five_lines_a_picture_in_csv_and_a_list_in_a_cell(tmp_path):
    lines = "".join(f'0.jpg,"{text}"\n' for text in SEVERAL)
    root = lay(tmp_path / "set", NAMES, {"captions.txt": f"image,caption\n{lines}"})
    assert read_both(root)[0]["0.jpg"].texts == tuple(SEVERAL)
    cell = json.dumps(SEVERAL).replace('"', '""')
    root = lay(tmp_path / "two", NAMES, {"flickr.csv": f'raw,filename\n"{cell}",0.jpg\n'})
    assert "not read" not in read_both(root)[1]
    root = lay(tmp_path / "three", NAMES, {"a.csv": f'caption,filename\n"{cell}",0.jpg\n'})
    assert read_both(root)[0]["0.jpg"].texts == tuple(SEVERAL)


@pytest.mark.parametrize("word", ["None", "NA", "null", "007", "nan", "True", "1.50", "-", "N/A"])
def test_words_of_a_csv_are_as_they_are_written(tmp_path, word):
    text = f"file_name,text\n0.jpg,{word}\n1.jpg,a cat\n2.jpg,\n"
    root = lay(tmp_path / "set", NAMES, {"metadata.csv": text})
    assert texts_of(root) == {"0.jpg": word, "1.jpg": "a cat", "2.jpg": None}


LABELLED = {
    "csv": {"labels.csv": "filename,label\n0.jpg,sea_lion\n1.jpg,owl\n"},
    "dog breeds": {"labels.csv": "id,breed\n0,sea-lion\n1,owl\n"},
    "birds": {
        "birds.csv": "class id,filepaths,labels,data set,scientific name\n"
        "0,0.jpg,SEA LION,train,X\n1,1.jpg,OWL,train,Y\n"
    },
    "jsonl": {
        "metadata.jsonl": rows(
            {"file_name": "0.jpg", "label": 3, "label_name": "sea lion"},
            {"file_name": "1.jpg", "species": "owl", "label": True},
        )
    },
    "roboflow detection": {
        "_annotations.csv": "filename,width,height,class,xmin,ymin,xmax,ymax\n"
        "0.jpg,32,32,sea-lion,1,1,9,9\n0.jpg,32,32,sea-lion,4,4,8,8\n1.jpg,32,32,owl,1,1,9,9\n"
    },
    "roboflow classes": {"_classes.csv": "filename, owl, sea lion\n0.jpg, 0, 1\n1.jpg, 1, 0\n"},
    "list": {"train.txt": "0.jpg sea_lion\n1.jpg owl\n"},
    "yolo": {"0.txt": "0 0.5 0.5 0.2 0.3\n0 0.1 0.1 0.2 0.2\n", "1.txt": "1 0.5 0.5 1.0 1.0\n"}
    | {"2.txt": "", "data.yaml": "nc: 2\nnames: [sea lion, owl]\n"},
    "darknet": {
        "0.txt": "0 0.5 0.5 0.2 0.3\n",
        "1.txt": "1 0.5 0.5 1 1\n",
        "obj.names": "sea lion\nowl\n",
    },
    "kitti": {"0.txt": "Sea lion 10.5 0.0 102.4 76.0\n", "1.txt": "Owl 1 2 30 31\n"},
}


@pytest.mark.parametrize("form", LABELLED)
def test_labels_in_every_form(tmp_path, form):
    root = lay(tmp_path / "set", NAMES, LABELLED[form])
    assert texts_of(root) == {"0.jpg": "a sea lion", "1.jpg": "an owl", "2.jpg": None}
    entries, notes, _ = read_both(root)
    assert entries["1.jpg"].tags == {"class": "owl"}
    assert "2 classes by" in notes


def test_yolo_labels_in_a_folder_of_their_own(tmp_path):
    pictures = [f"{s}/images/{n}.jpg" for s in ("train", "valid") for n in (0, 1)]
    files = {
        f"{s}/labels/{n}.txt": f"{n} 0.5 0.5 0.2 0.2\n" for s in ("train", "valid") for n in (0, 1)
    }
    root = lay(tmp_path / "set", pictures, files | {"data.yaml": "names: ['cat', 'dog']\n"})
    found = texts_of(root)
    assert found["train/images/0.jpg"] == "a cat" and found["valid/images/1.jpg"] == "a dog"


def test_boxes_are_never_captions(tmp_path):
    files = {"0.txt": "0 0.5 0.5 0.2 0.3\n", "1.txt": "3 0.1 0.2 0.3 0.4\n"}
    root = lay(tmp_path / "set", NAMES, files)
    assert set(texts_of(root).values()) == {None}
    assert "without a name: 0, 3;" in read_both(root)[1]


def test_kaggles_animals_for_detection(tmp_path):
    """Class folders with a folder of boxes in each."""
    pictures = [f"train/{k}/{n}.jpg" for k in ("Bear", "Polar bear") for n in ("a1", "a2")]
    files = {
        f"train/{k}/Label/{n}.txt": f"{k} 1 2 30 31\n"
        for k in ("Bear", "Polar bear")
        for n in ("a1", "a2")
    }
    found = texts_of(lay(tmp_path / "set", pictures, files))
    assert found["train/Bear/a1.jpg"] == "a bear"
    assert found["train/Polar bear/a2.jpg"] == "a polar bear"


def test_several_classes_of_one_picture(tmp_path):
    listed = [
        {"file_name": "0.jpg", "labels": ["dog", "owl", "sea-lion"]},
        {"file_name": "1.jpg", "labels": ["owl"]},
    ]
    root = lay(tmp_path / "set", NAMES, {"metadata.jsonl": rows(*listed)})
    entry = read_both(root)[0]["0.jpg"]
    assert entry.text == "a dog, an owl and a sea lion"
    assert entry.tags == {"class": "dog", "class 2": "owl", "class 3": "sea lion"}


def test_captions_come_before_classes_and_leave_the_rest_theirs(tmp_path):
    pictures = ["cat/0.jpg", "cat/1.jpg", "dog/2.jpg", "dog/3.jpg"]
    root = lay(tmp_path / "set", pictures, {"cat/0.txt": "two cats"})
    assert list(texts_of(root).values()) == ["two cats", "a cat", "a dog", "a dog"]


def test_captions_that_are_not_read_are_said(tmp_path):
    coco = {"images": [{"id": 1}], "annotations": [{"image_id": 1, "caption": "x"}]}
    files = {
        "annotations/captions_val2017.json": json.dumps(coco),
        "metadata.parquet": b"PAR1",
        "captions.xml": "<a/>",
        "readme.md": "hello",
        "notes.txt": "nothing of this",
        "Thumbs.db": b"x",
        "LICENSE": "x",
    }
    entries, notes, _ = read_both(lay(tmp_path / "set", NAMES, files))
    unread = next(
        line for line in notes.split("\n") if line.startswith("captions found but not read")
    )
    assert "annotations/captions_val2017.json (COCO)" in unread
    assert "metadata.parquet (Parquet)" in unread and "captions.xml (XML)" in unread
    assert "notes" not in unread
    rest = next(line for line in notes.split("\n") if line.startswith("not pictures"))
    assert sorted(rest.removeprefix("not pictures: ").split(", ")) == sorted(
        ["1 json", "1 parquet", "1 xml", "1 md", "1 txt", "1 db", "1 without an ending"]
    )
    assert all(entry.text is None for entry in entries.values())


def test_every_other_file_is_counted_once(tmp_path):
    root = lay(
        tmp_path / "set", NAMES, {"0.txt": "a cat", "a.txt": "x", "b/b.TXT": "y", "c.svg": "z"}
    )
    assert "not pictures: 2 txt, 1 svg" in read_both(root)[1]


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("metadata.csv", "a,b\n0.jpg,x\n", "line 1 is not a line of keys"),
        ("metadata.csv", "", "line 1 is not a line of keys"),
        (
            "metadata.csv",
            'file_name,text\n0.jpg,"a cat\n1.jpg,a dog\n',
            "line 3: unexpected end of data",
        ),
        ("metadata.csv", 'file_name,text\n0.jpg,"a "red" cat"\n', "line 2: "),
        ("metadata.csv", "file_name,text\n0.jpg,caf\xe9\n".encode("latin-1"), "save it as UTF-8"),
        ("metadata.jsonl", '{"text": "a cat"}', "line 1 is not"),
        ("metadata.jsonl", '{"file_name": "0.jpg"}\n[]', "line 2 is not"),
        ("metadata.jsonl", '{"file_name": null, "text": "a cat"}', "line 1 is not"),
    ],
)
def test_a_broken_metadata_file_is_one_clear_line(tmp_path, name, data, line):
    root = lay(tmp_path / "set", NAMES, {name: data})
    for read, source in ((open_folder, root), (open_zip, pack(root))):
        with pytest.raises(Refusal, match=line) as refusal:
            read(source)
        assert name in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b'"', b'{"0.jpg": ', b"[" * 90_000, b"\0", b""])
@pytest.mark.parametrize(
    "name", ["labels.csv", "notes.txt", "data.json", "x.jsonl", "a.yaml", "0.json"]
)
def test_any_other_file_may_be_broken(tmp_path, name, data):
    found = texts_of(lay(tmp_path / "set", NAMES, {name: data}))
    assert set(found.values()) == {None}


def test_a_caption_finds_no_other_picture_of_its_name(tmp_path):
    """Half of a set may be on this disk: what is said of the other half is of none here."""
    pictures = ["train/cat/001.jpg", "val/dog/002.jpg"]
    text = "filepaths,labels\ntrain/cat/001.jpg,cat\ntrain/dog/002.jpg,fox\nval/cat/009.jpg,wolf\n"
    text += "/kaggle/input/set/val/dog/002.jpg,dog\n"
    entries, notes, _ = read_both(lay(tmp_path / "set", pictures, {"metadata.csv": text}))
    assert entries["train/cat/001.jpg"].text == "a cat"
    assert entries["val/dog/002.jpg"].text != "a wolf"
    assert "no picture for 1 caption, such as 'val/cat/009.jpg'" in notes


@pytest.mark.parametrize("name", ["Training_set.csv", "trainLabels.csv", "labels.csv"])
def test_of_two_pictures_of_one_name_the_listing_means_that_of_its_split(tmp_path, name):
    pictures = [f"{split}/Image_{n}.jpg" for split in ("train", "test") for n in (1, 2)]
    files = {name: "filename,label\nImage_1.jpg,MONARCH\nImage_2.jpg,ATLAS MOTH\n"}
    files["Testing_set.csv"] = "filename\nImage_1.jpg\nImage_2.jpg\n"
    assert texts_of(lay(tmp_path / "set", pictures, files)) == {
        "test/Image_1.jpg": None,
        "test/Image_2.jpg": None,
        "train/Image_1.jpg": "a monarch",
        "train/Image_2.jpg": "an atlas moth",
    }


def test_objects_of_an_xml_are_classes(tmp_path):
    """Pascal VOC: several objects, parts with names of their own, masks of the same names."""
    box = "<object><name>{}</name><part><name>head</name></part></object>"
    pictures = ["JPEGImages/2007_000027.jpg", "JPEGImages/2007_000032.jpg"]
    masks = ["SegmentationClass/2007_000032.png", "SegmentationObject/2007_000032.png"]
    files = {
        "Annotations/2007_000027.xml": f"<annotation>{box.format('dog')}</annotation>",
        "Annotations/2007_000032.xml": f"<a>{box.format('cat')}\n{box.format('dog')}</a>",
        "ImageSets/Main/train.txt": "2007_000027\n2007_000032\n",
    }
    root = lay(tmp_path / "VOC2012", [*pictures, *masks], files)
    assert list(texts_of(root).values()) == ["a dog", "a cat and a dog"]


def test_a_listing_of_a_whole_set_tells_of_the_part_that_is_here(tmp_path):
    lines = "".join(f"{n}.jpg,{'owl' if n % 2 else 'cat'}\n" for n in range(100))
    root = lay(tmp_path / "set", NAMES, {"labels.csv": f"filename,label\n{lines}"})
    assert list(texts_of(root).values()) == ["a cat", "an owl", "a cat"]
    assert "no picture for 97 captions" in read_both(root)[1]


def test_a_file_that_says_nothing_of_pictures_is_counted(tmp_path):
    root = lay(tmp_path / "set", NAMES, {"sizes.csv": "filename,width\n0.jpg,32\n1.jpg,32\n"})
    assert "not pictures: 1 csv" in read_both(root)[1]


def test_a_caption_is_found_however_letters_are_cased_and_accents_kept(tmp_path):
    text = "file_name,text\nIMG_1.JPG,a cafe\u0301 cat\n"
    root = lay(tmp_path / "set", ["img_1.jpg", "img_2.jpg"], {"captions.csv": text})
    assert texts_of(root)["img_1.jpg"] == "a caf\u00e9 cat"
