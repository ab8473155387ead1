"""Annotations of the tools that people annotate with, in their true layouts, tiny."""

import json

import pytest

from generate.pictures.data.columns import find_labels, fold_key
from generate.pictures.data.folders import open_folder
from generate.pictures.data.naming import Namer
from tests.pictures.data.sets import lay, read_both, texts_of

KINDS = ("owl", "fox", "hen")
SIX = [f"{n}.jpg" for n in range(1, 7)]
SAID = {name: ("an owl", "a fox", "a hen")[at % 3] for at, name in enumerate(SIX)}


def kind_of(name):
    return KINDS[SIX.index(name) % 3]


def coco(names, **more):
    return json.dumps(
        {
            "info": {"year": 2024},
            "licenses": [],
            "categories": [{"id": 0, "name": "animals", "supercategory": "none"}]
            + [
                {"id": n, "name": kind, "supercategory": "animals"}
                for n, kind in enumerate(KINDS, 1)
            ],
            "images": [{"id": n, "file_name": name, "width": 32} for n, name in enumerate(names)],
            "annotations": [
                {
                    "id": n,
                    "image_id": n,
                    "category_id": 1 + SIX.index(name) % 3,
                    "bbox": [0, 0, 9.5, 9],
                }
                for n, name in enumerate(names)
            ],
            **more,
        }
    )


def fiftyone(names, by_name=False):
    labels = {name[:-4]: kind_of(name) if by_name else KINDS.index(kind_of(name)) for name in names}
    return json.dumps({"classes": None if by_name else [*KINDS], "labels": labels})


def label_studio(names, shape):
    values = {
        "choices": lambda kind: {
            "value": {"choices": [kind]},
            "from_name": "choice",
            "type": "choices",
        },
        "boxes": lambda kind: {
            "value": {"x": 1, "y": 2, "width": 9, "height": 9, "rectanglelabels": [kind]},
            "type": "rectanglelabels",
        },
    }
    return json.dumps(
        [
            {
                "id": n,
                "data": {"image": f"/data/upload/1/3f2a1b4{n % 10}-{name}"},
                "annotations": [{"id": n, "result": [values[shape](kind_of(name))]}],
            }
            for n, name in enumerate(names)
        ]
    )


def via(names, whole):
    rows = {
        f"{name}1234": {
            "filename": name,
            "size": 1234,
            "regions": [
                {"shape_attributes": {"name": "rect"}, "region_attributes": {"what": kind_of(name)}}
            ],
            "file_attributes": {},
        }
        for name in names
    }
    return json.dumps({"_via_settings": {}, "_via_img_metadata": rows} if whole else rows)


CVAT = (
    '<?xml version="1.0"?><annotations><version>1.1</version><meta><task><labels><label><name>owl'
    "</name></label></labels></task></meta>{}</annotations>"
)
FILES = {
    "Roboflow": {"_annotations.coco.json": coco(SIX)},
    "COCO": {"annotations/instances_val2017.json": coco(SIX)},
    "FiftyOne": {"labels.json": fiftyone(SIX)},
    "FiftyOne, named": {"labels.json": fiftyone(SIX, by_name=True)},
    "Label Studio, choices": {"project-1-at-2024.json": label_studio(SIX, "choices")},
    "Label Studio, boxes": {"project-1-at-2024.json": label_studio(SIX, "boxes")},
    "Label Studio, short": {
        "export.json": json.dumps(
            [{"image": f"/data/upload/{n}", "choice": kind_of(n)} for n in SIX]
        )
    },
    "Label Studio, CSV": {
        "export.csv": "annotation_id,annotator,choice,created_at,id,image\n"
        + "".join(f"1,2,{kind_of(n)},2024-01-01,7,/data/upload/1/{n}\n" for n in SIX)
    },
    "VIA": {"via_region_data.json": via(SIX, whole=False)},
    "VIA, a project": {"via_project.json": via(SIX, whole=True)},
    "CVAT": {
        "annotations.xml": CVAT.format(
            "".join(
                f'<image id="{at}" name="{n}"><box label="{kind_of(n)}" xtl="1"/></image>'
                for at, n in enumerate(SIX)
            )
        )
    },
    "LabelMe": {
        f"{n[:-4]}.json": json.dumps(
            {
                "version": "5.0",
                "shapes": [{"label": kind_of(n), "points": [[1, 2]]}],
                "imagePath": n,
            }
        )
        for n in SIX
    },
    "Supervisely": {
        f"{n}.json": json.dumps({"tags": [], "objects": [{"classTitle": kind_of(n)}]}) for n in SIX
    },
    "CreateML": {
        "_annotations.createml.json": json.dumps(
            [
                {"image": n, "annotations": [{"label": kind_of(n), "coordinates": {"x": 1}}]}
                for n in SIX
            ]
        )
    },
    "SageMaker": {
        "output.manifest": "".join(
            json.dumps(
                {
                    "source-ref": f"s3://bucket/pictures/{n}",
                    "animals": SIX.index(n) % 3,
                    "animals-metadata": {"class-name": kind_of(n), "type": "groundtruth"},
                }
            )
            + "\n"
            for n in SIX
        )
    },
    "AutoML": {"all.csv": "".join(f"TRAIN,gs://bucket/here/{n},{kind_of(n)}\n" for n in SIX)},
    "labels first": {"list.csv": "".join(f"{kind_of(n)},{n}\n" for n in SIX)},
}


@pytest.mark.parametrize("tool", FILES)
def test_classes_as_tools_write_them(tmp_path, tool):
    assert texts_of(lay(tmp_path / "set", SIX, FILES[tool])) == SAID


def test_a_split_each_with_its_own_annotations(tmp_path):
    names = {"train": SIX[:3], "valid": SIX[3:]}
    files = {f"{split}/_annotations.coco.json": coco(some) for split, some in names.items()}
    pictures = [f"{split}/{name}" for split, some in names.items() for name in some]
    found = texts_of(lay(tmp_path / "set", pictures, files))
    assert found == {name: SAID[name.rpartition("/")[2]] for name in pictures}


def test_captions_of_coco_and_those_of_absent_pictures(tmp_path):
    captions = [
        {"image_id": 0, "id": 1, "caption": "An owl in the snow.\n"},
        {"image_id": 0, "id": 2, "caption": "A white owl."},
        {"image_id": 1, "id": 3, "caption": "A fox asleep"},
        {"image_id": 99, "id": 4, "caption": "nothing"},
    ]
    images = [{"id": 0, "file_name": "1.jpg"}, {"id": 1, "file_name": "9.jpg"}, "no row"]
    files = {"annotations/captions_val2017.json": coco([], images=images, annotations=captions)}
    entries, notes, _ = read_both(lay(tmp_path / "coco", [f"val2017/{n}" for n in SIX[:2]], files))
    assert entries["val2017/1.jpg"].texts == ("An owl in the snow.", "A white owl.")
    assert entries["val2017/2.jpg"].text is None
    assert "COCO: 1 picture, 2 captions (annotations/captions_val2017.json)" in notes
    assert "no picture for 2 captions" in notes


def test_a_common_name_comes_before_a_latin_one(tmp_path):
    rows = [
        {"id": n, "name": latin, "common_name": common}
        for n, (latin, common) in enumerate(
            [("Strix aluco", "Owl"), ("Vulpes vulpes", "Fox"), ("Gallus gallus", "Hen")], 1
        )
    ]
    root = lay(tmp_path / "set", SIX, {"train.json": coco(SIX, categories=rows)})
    assert texts_of(root) == SAID


@pytest.mark.parametrize(
    "text",
    [
        '{"images": 3, "annotations": []}',
        '{"images": [], "annotations": [{"image_id": 1, "category_id": []}]}',
        '{"images": [{"id": 1, "file_name": 7}], "annotations": [3]}',
        '{"classes": {"a": 1}, "labels": {"1": 0, "2": true, "3": {"label": {}}}}',
        '{"_via_img_metadata": {"1": 3, "2": {"filename": []}}}',
        '{"images": [',
        "[" * 100_000,
    ],
)
def test_annotations_that_are_none_change_nothing(tmp_path, text):
    root = lay(tmp_path / "set", SIX, {"annotations.json": text})
    assert set(texts_of(root).values()) == {None}


def test_annotations_that_say_nothing_known_are_named(tmp_path):
    root = lay(tmp_path / "set", SIX, {"x.json": '{"annotations": [{"polygons": [1, 2]}]}'})
    assert "not read: x.json" in "\n".join(open_folder(root).notes)


def test_an_address_with_letters_spelt_out(tmp_path):
    rows = [{"image": f"https://host/a%20b/{n[0]}%20x.jpg?w=9", "label": kind_of(n)} for n in SIX]
    root = lay(tmp_path / "set", [f"pics/{n[0]} x.jpg" for n in SIX], {"l.json": json.dumps(rows)})
    assert [*texts_of(root).values()] == [*SAID.values()]


def test_a_bare_name_means_no_picture_of_another_folder(tmp_path):
    files = {"metadata.csv": "file_name,text\n" + "".join(f"cat/{n},a {n[0]}\n" for n in SIX)}
    assert set(texts_of(lay(tmp_path / "set", [f"dog/{n}" for n in SIX], files)).values()) == {None}


@pytest.mark.parametrize(
    ("text", "captions"),
    [
        (
            "a red fox, masterpiece <lora:fur:0.8>\nin the snow\nNegative prompt: text, dog\n"
            "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12",
            ("a red fox, masterpiece in the snow",),
        ),
        ("an owl\nSteps: 20, Sampler: Euler a, Seed: 1, Size: 512x512", ("an owl",)),
        ("an owl\nit takes Steps: many\n", ("an owl", "it takes Steps: many")),
        ("Negative prompt: dog\nSteps: 20, Seed: 1", ()),
    ],
)
def test_what_a_prompt_was_drawn_with_is_no_caption(tmp_path, text, captions):
    root = lay(tmp_path / "set", ["1.png", "2.png"], {"1.txt": text, "2.txt": "a hen"})
    assert read_both(root)[0]["1.png"].texts == captions


@pytest.mark.parametrize(
    "said",
    [
        ["{}-samples"],
        ["{}_val", "{}_train"],
        ["{}_valid", "{}_test"],
        ["{} validation"],
        ["{}_dir"],
        ["{} Images Resized"],
        ["my_{}s"],
        ["photos of {}s"],
        ["{}_224x224"],
        ["{}_from_kaggle"],
        ["{}_v2"],
    ],
)
def test_what_says_that_pictures_lie_there_is_no_name(said):
    namer = Namer([words.format(kind) for words in said for kind in KINDS])
    assert {namer.name(raw) for raw in namer.raws} == {*KINDS}


def test_an_animal_that_all_names_end_in_stays():
    namer = Namer(["black_bear", "brown_bear", "polar_bear"])
    assert sorted(map(namer.name, namer.raws)) == ["black bear", "brown bear", "polar bear"]


@pytest.mark.parametrize("first_folder", [0, 1])
@pytest.mark.parametrize("first_row", [0, 1])
def test_folders_and_lists_that_count_from_different_numbers(tmp_path, first_folder, first_row):
    names = [f"{n}/{m}.jpg" for n in range(first_folder, first_folder + 3) for m in range(2)]
    files = {"classes.txt": "".join(f"{n} {kind}\n" for n, kind in enumerate(KINDS, first_row))}
    said = ("an owl", "a fox", "a hen")
    found = texts_of(lay(tmp_path / "set", names, files))
    assert found == {name: said[int(name[0]) - first_folder] for name in names}


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ("commonName", "common_name"),
        ("Common Name", "common_name"),
        ("ImageID", "image_id"),
        ("file-name", "file_name"),
        ("LABEL", "label"),
        ("vernacularName", "vernacular_name"),
        ("fileName", "file_name"),
    ],
)
def test_columns_however_their_words_are_joined(told, key):
    assert fold_key(told) == key


def test_the_animal_of_a_row_by_any_of_its_names():
    assert find_labels({"vernacularName": "Tawny Owl", "scientificName": "Strix aluco"}) == [
        "Tawny Owl"
    ]
