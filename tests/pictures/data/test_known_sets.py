"""Sets of many people's work in their true layouts, tiny, as a folder and as a zip."""

import io
import json
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from generate.errors import Refusal
from generate.freshness.decide import decide_dataset
from generate.pictures.data.dataset import build_dataset, gather, read_dataset
from generate.pictures.data.folders import decide_reading, open_folder, open_zip
from generate.pictures.data.layouts.known import recognise
from generate.pictures.data.source import Cut
from generate.pictures.data.vocabulary import texts_of, tokens_of_each
from tests.pictures.data.sets import lay, pack, paint, read_both


def grey(seed):
    """A JPEG of one channel, as some of COCO's are."""
    file = io.BytesIO()
    Image.open(io.BytesIO(paint(seed, (64, 48)))).convert("L").save(file, "JPEG")
    return file.getvalue()


def lay_coco(root, boxes=((10.5, 5.25, 20.75, 30.0), (0.0, 0.0, 63.9, 47.5))):
    """Three pictures, one grey, ids as they are, six captions of one, some with line breaks."""
    names = {139: "000000000139.jpg", 285: "000000000285.jpg", 724: "000000000724.jpg"}
    pictures = {
        f"val2017/{name}": paint(number, (64, 48), "JPEG") for number, name in names.items()
    }
    pictures["val2017/000000000285.jpg"] = grey(285)
    images = [{"id": n, "file_name": name, "width": 64, "height": 48} for n, name in names.items()]
    told = [
        {"id": n, "image_id": 139, "caption": text}
        for n, text in enumerate(
            [
                "A dog runs.\n",
                "A brown dog ",
                "A dog and a cat",
                "Two pets.",
                "A dog, a cat",
                "Pets",
            ]
        )
    ]
    told += [{"id": 9, "image_id": 285, "caption": "A bear in grass.\n"}]
    told += [{"id": 10, "image_id": 4242, "caption": "Of a picture that is not here."}]
    kinds = [{"id": 18, "name": "dog", "supercategory": "animal"}, {"id": 17, "name": "cat"}]
    found = [
        {"id": 1, "image_id": 139, "category_id": 18, "bbox": list(boxes[0]), "iscrowd": 0},
        {"id": 2, "image_id": 139, "category_id": 17, "bbox": list(boxes[1]), "iscrowd": 0},
    ]
    files = {
        "annotations/captions_val2017.json": {"images": images, "annotations": told},
        "annotations/instances_val2017.json": {
            "images": images,
            "annotations": found,
            "categories": kinds,
        },
        "annotations/person_keypoints_val2017.json": {"images": [], "annotations": []},
    }
    return lay(root, pictures, {name: json.dumps(value) for name, value in files.items()})


def test_coco(tmp_path):
    entries, notes, _ = read_both(lay_coco(tmp_path / "coco"))
    first = entries["val2017/000000000139.jpg"]
    assert len(first.texts) == 6 and first.texts[:2] == ("A dog runs.", "A brown dog")
    assert first.seen == ("dog", "cat") and first.tags == {}
    assert entries["val2017/000000000285.jpg"].texts == ("A bear in grass.",)
    assert entries["val2017/000000000724.jpg"].text is None
    lines = notes.split("\n")
    assert "COCO: 2 pictures, 7 captions (annotations/captions_val2017.json)" in lines
    assert "COCO: not read: annotations/person_keypoints_val2017.json" in lines
    assert any("no picture for 1 caption" in line for line in lines)


def test_cocos_categories_stand_beside_the_words_of_captions(tmp_path, write_settings):
    lay_coco(tmp_path / "coco")
    build_dataset(write_settings('[pictures]\nsource = "coco"\nsize = 32\n'))
    dataset = read_dataset(tmp_path / "work/dataset")
    row = next(row for row in dataset.rows if row["file_name"].endswith("139.jpg"))
    assert len(texts_of(row)) == 6 and row["seen"] == ["dog", "cat"]
    each = tokens_of_each(dataset.vocabulary, row)
    assert len(each) == 6 and all({"dog", "cat"} <= set(tokens) for tokens in each)
    groups = dict(zip(dataset.vocabulary.tokens, dataset.vocabulary.groups, strict=True))
    assert groups["dog"] == "class"


def lay_cub(root):
    """Four pictures, numbered from 1, with boxes, a split and ten lines of text each."""
    kinds = ("001.Black_footed_Albatross", "002.Laysan_Albatross")
    names = [f"{kind}/{kind[4:]}_{n:04d}_{n}.jpg" for kind in kinds for n in (1, 2)]
    rows = list(enumerate(names, 1))
    files = {
        "images.txt": "".join(f"{n} {name}\n" for n, name in rows),
        "classes.txt": "".join(f"{n} {kind}\n" for n, kind in enumerate(kinds, 1)),
        "image_class_labels.txt": "1 1\n2 1\n3 2\n4 2\n",
        "train_test_split.txt": "1 0\n2 1\n3 0\n4 1\n",
        "bounding_boxes.txt": "1 20.0 4.0 40.0 40.0\n2 0.0 0.0 500.0 375.0\n3 900.0 9.0 9.0 9.0\n",
        "parts/parts.txt": "1 back\n",
    }
    for name in names:
        files[f"text_c10/{name[:-4]}.txt"] = "\n".join(
            f"this bird number {n} is white . " for n in range(10)
        )
    lay(root, {f"images/{name}": paint(n, (64, 48), "JPEG") for n, name in rows}, files)
    return root, [f"images/{name}" for name in names]


def test_cub(tmp_path):
    root, names = lay_cub(tmp_path / "CUB_200_2011")
    entries, notes, _ = read_both(root)
    assert len(entries[names[0]].texts) == 10
    assert entries[names[0]].texts[0] == "this bird number 0 is white ."
    assert [entries[name].testing for name in names] == [True, False, True, False]
    assert "CUB-200-2011: 4 pictures, 40 captions (4 files)" in notes
    assert "its own lists keep 2 pictures for testing" in notes
    assert "CUB-200-2011: not read: parts/parts.txt" in notes


def test_a_sets_own_split_is_kept_if_asked_for(tmp_path, write_settings):
    _, names = lay_cub(tmp_path / "CUB_200_2011")
    text = '[pictures]\nsource = "CUB_200_2011"\nsize = 32\nheld_out = 0.25\n'
    build_dataset(write_settings(text))
    assert (
        sum(row["split"] == "held-out" for row in read_dataset(tmp_path / "work/dataset").rows) == 1
    )
    build_dataset(write_settings(text + 'split = "set"\n'))
    rows = read_dataset(tmp_path / "work/dataset").rows
    assert {r["file_name"] for r in rows if r["split"] == "held-out"} == {names[0], names[2]}
    (tmp_path / "CUB_200_2011/train_test_split.txt").unlink()
    with pytest.raises(Refusal, match="this set has no list of pictures for training"):
        build_dataset(write_settings(text + 'split = "set"\n'))


def lay_genome(root, **more):
    """Two pictures of three, numbered from 1, in two folders; regions of all sizes."""
    pictures = {
        "VG_100K_2/1.jpg": paint(1, (200, 120), "JPEG"),
        "VG_100K/2.jpg": paint(2, (200, 120), "JPEG"),
    }
    data = [
        {
            "image_id": n,
            "url": f"https://cs.stanford.edu/people/rak248/VG_100K{'_2' * (n == 1)}/{n}.jpg",
            "width": 200,
            "height": 120,
            "coco_id": None,
            "flickr_id": None,
        }
        for n in (1, 2, 3)
    ]
    regions = {
        1: [
            (0, 0, 60, 48, "a brown dog \n"),
            (5, 5, 47, 90, "a tail"),
            (-3, 2, 90, 90, "the grass"),
        ],
        2: [(150, 60, 60, 60, "red bird"), (0, 0, 50, 50, " ")],
        3: [(0, 0, 99, 99, "not here")],
    }
    told = [
        {
            "id": n,
            "regions": [
                {"region_id": 10 * n + k, "image_id": n, "phrase": phrase}
                | dict(zip(("x", "y", "width", "height"), sides, strict=True))
                for k, (*sides, phrase) in enumerate(rows)
            ],
        }
        for n, rows in regions.items()
    ]
    objects = [{"image_id": 1, "objects": [{"x": 2, "y": 2, "w": 40, "h": 40, "names": ["dog"]}]}]
    files = {"image_data.json": data, "region_descriptions.json": told, "objects.json": objects}
    files |= {"relationships.json": [], **more}
    return lay(
        root, pictures, {k: v if isinstance(v, str) else json.dumps(v) for k, v in files.items()}
    )


def test_visual_genome_whole(tmp_path):
    entries, notes, _ = read_both(lay_genome(tmp_path / "vg"))
    assert entries["VG_100K_2/1.jpg"].texts == ("a brown dog", "a tail", "the grass")
    assert entries["VG_100K/2.jpg"].texts == ("red bird",)
    assert "Visual Genome: 2 pictures, 4 captions (region_descriptions.json)" in notes
    assert "Visual Genome: not read: relationships.json" in notes and "no picture for 1" in notes


def test_visual_genome_by_regions(tmp_path):
    entries, notes, source = read_both(lay_genome(tmp_path / "vg"), cut=Cut(regions=True))
    found = {name: entry.text for name, entry in entries.items()}
    assert found == {
        "VG_100K_2/1.jpg#10": "a brown dog",
        "VG_100K_2/1.jpg#12": "the grass",
        "VG_100K/2.jpg#20": "red bird",
    }
    assert source.total == 3 and "regions: 3 of 48 pixels or more" in notes
    assert entries["VG_100K/2.jpg#20"].of == "VG_100K/2.jpg"
    assert entries["VG_100K/2.jpg#20"].open().size == (66, 66)


def test_regions_of_one_picture_are_held_out_together(tmp_path, write_settings):
    rows = [
        {
            "id": n,
            "regions": [
                {"region_id": 9 * n + k, "phrase": f"part {k}", "x": 9 * k, "y": 0}
                | {"width": 60, "height": 60}
                for k in range(4)
            ],
        }
        for n in range(1, 9)
    ]
    pictures = {f"VG_100K/{n}.jpg": paint(n, (150, 90), "JPEG") for n in range(1, 9)}
    files = {"image_data.json": [], "region_descriptions.json": rows}
    lay(tmp_path / "vg", pictures, {name: json.dumps(value) for name, value in files.items()})
    text = '[pictures]\nsource = "vg"\nsize = 32\nregions = true\nheld_out = 0.2\n'
    build_dataset(write_settings(text))
    rows = read_dataset(tmp_path / "work/dataset").rows
    held = {row["of"] for row in rows if row["split"] == "held-out"}
    assert len(rows) == 32 and len(held) == 2
    assert not held & {row["of"] for row in rows if row["split"] == "train"}


def test_visual_genome_by_objects(tmp_path):
    entries, notes, _ = read_both(lay_genome(tmp_path / "vg"), cut=Cut(boxes=True))
    assert "boxes: 1 of 2 pictures have one" in notes
    assert entries["VG_100K_2/1.jpg"].open().size == (44, 44)


@pytest.mark.parametrize("rows", [3, "x", [[3]], [{"id": 1, "regions": 7}], [{"regions": [3, {}]}]])
def test_a_genome_of_other_rows_says_nothing(tmp_path, rows):
    root = lay_genome(tmp_path / "vg", **{"region_descriptions.json": json.dumps(rows)})
    assert {entry.text for entry in read_both(root)[0].values()} == {None}


def test_a_genome_that_is_cut_off_is_one_clear_line(tmp_path):
    text = '[{"id": 1, "regions": [{"phrase": "a dog", "x": 0}]}, {"id": 2, "reg'
    entries, notes, _ = read_both(lay_genome(tmp_path / "vg", **{"region_descriptions.json": text}))
    assert entries["VG_100K_2/1.jpg"].texts == ("a dog",)
    assert "captions found but not read: region_descriptions.json (from its letter 5" in notes


def test_flickr8k_and_its_lists(tmp_path):
    names = [f"{n}_{n}a.jpg" for n in range(1000, 1005)]
    tokens = "".join(f"{name}#{k}\tA dog {k} runs .\n" for name in names for k in range(5))
    files = {
        "Flickr8k_text/Flickr8k.token.txt": tokens + "2258277193_586949ec62.jpg.1#0\tpeople wait\n",
        "Flickr8k_text/Flickr8k.lemma.token.txt": tokens.replace("runs", "run"),
        "Flickr8k_text/Flickr_8k.trainImages.txt": "".join(f"{name}\n" for name in names[:3]),
        "Flickr8k_text/Flickr_8k.devImages.txt": f"{names[3]}\n",
        "Flickr8k_text/Flickr_8k.testImages.txt": f"{names[4]}\n",
    }
    root = lay(tmp_path / "flickr", [f"Flicker8k_Dataset/{name}" for name in names], files)
    entries, notes, _ = read_both(root)
    assert entries[f"Flicker8k_Dataset/{names[0]}"].texts[4] == "A dog 4 runs ."
    assert [entry.testing for entry in entries.values()] == [False] * 3 + [True] * 2
    assert "Flickr8k: 5 pictures, 25 captions (Flickr8k_text/Flickr8k.token.txt)" in notes


def test_flickr30k_tokens(tmp_path):
    names = ["1000092795.jpg", "10002456.jpg"]
    text = "".join(f"{name}#{k}\tTwo men , {k} .\n" for name in names for k in range(5))
    root = lay(
        tmp_path / "f30",
        [f"flickr30k-images/{name}" for name in names],
        {"results_20130124.token": text},
    )
    entries, notes, _ = read_both(root)
    assert all(len(entry.texts) == 5 for entry in entries.values())
    assert "Flickr30k: 2 pictures, 10 captions (results_20130124.token)" in notes


def test_a_quote_that_never_closes_ends_with_its_line(tmp_path):
    text = 'image,caption\n0.jpg,"a dog\n1.jpg,a cat\n'
    entries = read_both(lay(tmp_path / "set", ["0.jpg", "1.jpg"], {"captions.csv": text}))[0]
    assert [entries[name].text for name in ("0.jpg", "1.jpg")] == ["a dog", "a cat"]


def lay_tiny(root):
    files = {
        "wnids.txt": "n01443537\nn02085620\n",
        "words.txt": "n01443537\tgoldfish, Carassius auratus\nn02085620\tChihuahua\n",
        "val/val_annotations.txt": "val_0.JPEG\tn01443537\t0\t32\t44\t62\n",
    }
    pictures = {}
    for wnid in ("n01443537", "n02085620"):
        files[f"train/{wnid}/{wnid}_boxes.txt"] = f"{wnid}_0.JPEG\t0\t10\t63\t58\n"
        for n in range(2):
            pictures[f"train/{wnid}/images/{wnid}_{n}.JPEG"] = paint(
                len(pictures), (64, 64), "JPEG"
            )
    pictures["val/images/val_0.JPEG"] = paint(9, (64, 64), "JPEG")
    return lay(root, pictures, files)


def test_tiny_imagenet_by_its_boxes(tmp_path):
    entries, notes, _ = read_both(lay_tiny(tmp_path / "tiny"), cut=Cut(boxes=True))
    assert entries["train/n01443537/images/n01443537_0.JPEG"].text == "a goldfish"
    assert "tiny-imagenet: 5 pictures, 3 with boxes" in notes
    assert "boxes: 3 of 5 pictures have one and are cut to it" in notes
    assert entries["val/images/val_0.JPEG"].open().size == (50, 50)


def test_imagenet_is_said_by_its_name(tmp_path):
    names = [f"train/{w}/{w}_{n}.JPEG" for w in ("n01443537", "n02085620") for n in (1, 2)]
    entries, notes, _ = read_both(lay(tmp_path / "ilsvrc", names))
    assert entries[names[0]].text == "a goldfish" and "ImageNet: 4 pictures" in notes


VOC = """<annotation><filename>{0}</filename><size><width>64</width></size><object><name>dog</name>
<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox>
</part><bndbox><xmax>40.0</xmax><xmin>11.0</xmin><ymax>41</ymax><ymin>12</ymin></bndbox></object>
<object><name>car</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>64</xmax><ymax>48</ymax></bndbox>
</object></annotation>"""


def test_pascal_voc(tmp_path):
    pictures = {f"JPEGImages/2007_00{n}.jpg": paint(n, (64, 48), "JPEG") for n in range(3)}
    files = {f"Annotations/2007_00{n}.xml": VOC.format(f"2007_00{n}.jpg") for n in range(2)}
    root = lay(tmp_path / "VOC2007", pictures, files)
    entries, notes, _ = read_both(root, cut=Cut(boxes=True))
    assert "Pascal VOC: 3 pictures, 2 with boxes" in notes
    # The dog's, not its head's, nor the larger car's: 30 by 30 pixels and a little around them.
    assert entries["JPEGImages/2007_000.jpg"].open().size == (33, 33)
    with entries["JPEGImages/2007_002.jpg"].open() as whole:
        assert whole.size == (64, 48)


def test_shards_in_a_zip_are_as_folders(tmp_path, write_settings):
    root = tmp_path / "shards"
    root.mkdir()
    for shard in range(2):
        with tarfile.open(root / f"train-{shard:05d}.tar", "w") as archive:
            for n in range(2 * shard, 2 * shard + 2):
                parts = {"jpg": paint(n, kind="JPEG"), "txt": f"owl {n}\n".encode()}
                parts["json"] = json.dumps({"key": f"{n:06d}"}).encode()
                for ending, data in parts.items():
                    member = tarfile.TarInfo(f"./{n:06d}.{ending}")
                    member.size = len(data)
                    archive.addfile(member, io.BytesIO(data))
    path = pack(root)
    _, rows, skipped, _ = gather(write_settings(f'[pictures]\nsize = 32\nsource = "{path.name}"\n'))
    assert [row["text"] for row in rows] == [f"owl {n}" for n in range(4)] and not skipped
    with zipfile.ZipFile(tmp_path / "torn.zip", "w") as archive:
        archive.writestr("a.tar", b"no tar at all" * 99)
    with pytest.raises(Refusal, match=r"torn\.zip:a\.tar: cannot be read"):
        open_zip(tmp_path / "torn.zip")


def test_only_sets_that_are_read_otherwise_have_another_key(tmp_path):
    plain = lay(tmp_path / "plain", ["cat/1.jpg", "dog/2.jpg"])
    assert set(decide_reading(plain, None)) == {"reading"}
    assert set(decide_reading(lay_tiny(tmp_path / "tiny"), None)) == {"reading"}
    coco = lay_coco(tmp_path / "coco")
    assert decide_reading(coco, None)["layout"][0] == "COCO, captions and instances"
    assert decide_reading(pack(coco), None) == decide_reading(coco, None)
    (coco / "annotations/instances_val2017.json").unlink()
    assert set(decide_reading(coco, None)) == {"reading"}
    assert decide_reading(lay_genome(tmp_path / "vg"), None)["layout"][0] == "Visual Genome"


def test_new_settings_are_in_the_key_where_they_are_not_usual(tmp_path, write_settings):
    lay(tmp_path / "plain", ["cat/1.jpg", "dog/2.jpg"])
    text = '[pictures]\nsource = "plain"\n'
    usual = decide_dataset(write_settings(text))
    assert not {"crop", "regions", "split", "clean"} & set(usual.settings)
    for line in ('crop = "boxes"', "regions = true", 'split = "set"', "clean = true"):
        assert decide_dataset(write_settings(f"{text}{line}\n")).key != usual.key
    for line in ('crop = "middle"', "regions = false", 'split = "share"', "clean = false"):
        assert decide_dataset(write_settings(f"{text}{line}\n")).key == usual.key


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a/captions_train2014.json"], "COCO"),
        (["images.txt", "bounding_boxes.txt"], "CUB-200-2011"),
        (["images.txt", "1.jpg"], None),
        (["image_data.json"], None),
        (["vg/image_data.json", "vg/region_descriptions.json"], "Visual Genome"),
        (["my_results.csv"], None),
        (["words.txt"], None),
    ],
)
def test_a_set_is_known_by_the_names_of_its_files(names, said):
    found = recognise(names)
    assert (found.name if found else None) == said


def test_pictures_of_one_channel_are_taken(tmp_path):
    entry = next(
        entry
        for entry in open_folder(lay_coco(tmp_path / "coco")).entries
        if entry.name.endswith("285.jpg")
    )
    assert np.asarray(entry.open()).ndim == 2
