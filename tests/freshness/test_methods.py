"""Revisions: where they live, what they change, and when the field guide's must be raised."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from generate.freshness import decide, methods
from generate.freshness.judge import weigh
from generate.pictures import fieldguide
from generate.pictures.fieldguide.scene import VOCABULARY, choose_tags, draw
from generate.recipe import digest, digest_file
from tests.jungles import ROOT

# Between them they show every word of the vocabulary.
SEEDS = [0, 1, 23, 30, 61, 73, 89, 70, 363, 83, 202, 4, 5, 8, 9, 11, 21, 41]
DRAWN = ROOT / f"tests/fixtures/field-guide-{fieldguide.REVISION}"


def write_drawings():
    """Keep the drawings of this revision, which the next test compares with."""
    drawings = [draw(seed, 32) for seed in SEEDS]
    pixels = np.concatenate([np.asarray(drawing.image) for drawing in drawings], 1)
    Image.fromarray(pixels).save(DRAWN.with_suffix(".png"))
    DRAWN.with_suffix(".txt").write_text("".join(f"{drawing.text}\n" for drawing in drawings))


def test_the_drawings_are_those_of_their_revision():
    advice = "drawings changed: raise the field guide's REVISION, then call write_drawings()"
    assert {tag for seed in SEEDS for tag in choose_tags(seed).values()} >= {
        word for words in VOCABULARY.values() for word in words
    }
    assert DRAWN.with_suffix(".png").is_file(), advice
    drawings = [draw(seed, 32) for seed in SEEDS]
    assert [drawing.text for drawing in drawings] == DRAWN.with_suffix(
        ".txt"
    ).read_text().splitlines(), advice
    kept = np.asarray(Image.open(DRAWN.with_suffix(".png")), int)
    now = np.concatenate([np.asarray(drawing.image, int) for drawing in drawings], 1)
    # Another processor may round a value in thousands the other way.
    assert np.abs(now - kept).max() <= 1 and (now != kept).mean() < 0.002, advice


def test_the_code_of_the_field_guide_is_that_of_its_revision(monkeypatch):
    paths = sorted(methods.GUIDE.rglob("*.py"))
    paths = [path for path in paths if path != methods.GUIDE / "__init__.py"]
    names = [path.relative_to(methods.GUIDE).as_posix() for path in paths]
    written = digest([names, [digest_file(path) for path in paths]])
    monkeypatch.setattr(methods, "WRITTEN", "")
    code = methods.digest_code.__wrapped__(methods.GUIDE)
    assert (code, written) == (methods.CODE, KEPT), (
        "the code changed: if the drawings did not, or REVISION is raised, put this into "
        f"generate/freshness/methods.py:\nCODE = {code!r}\nWRITTEN = {written!r}"
    )


KEPT = methods.WRITTEN


def change(tmp_path, old, new):
    """The field guide's digest after ``old`` became ``new`` in its file on the sky."""
    shutil.rmtree(tmp_path / "guide", ignore_errors=True)
    folder = shutil.copytree(methods.GUIDE, tmp_path / "guide")
    path = folder / "places/sky.py"
    assert path.read_text().count(old) >= 1
    path.write_text(path.read_text().replace(old, new, 1))
    return methods.digest_code.__wrapped__(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\ndef ", "\n# A remark.\ndef "),
        ('    """', '    """Another docstring. '),
        ("np.exp(-0.5 * u * u)", "np.exp(\n        -0.5 * u * u\n    )"),
        ("\ndef ", "\n\n\n\ndef "),
        (" * ", "*"),
    ],
)
def test_remarks_and_layout_are_not_code(tmp_path, old, new):
    assert change(tmp_path, old, new) == methods.CODE


@pytest.mark.parametrize(
    ("old", "new"), [("0.62", "0.63"), ("    return", "    1 / 0\n    return"), ("-0.5", "+0.5")]
)
def test_a_changed_brush_is_another_code(tmp_path, old, new):
    assert change(tmp_path, old, new) != methods.CODE


def test_blanks_within_a_text_and_depth_are_code():
    import ast

    def see(text):
        return methods.outline(ast.parse(text))

    assert see("f('a b')") != see("f('ab')")
    assert see("if a:\n    b()\n    c()") != see("if a:\n    b()\nc()")
    assert see("f(a, b)") == see("f(\n    a,\n    b,\n)  # so")
    assert see("def f():\n    'Say.'\n    return 1") == see("def f():\n    return 1")


def test_a_changed_brush_makes_data_model_and_pictures_stale(tmp_path, write_settings, monkeypatch):
    settings, own = write_settings(""), write_settings('[pictures]\nsource = "mine"')
    decisions = [
        lambda settings: decide.decide_dataset(settings),
        lambda settings: decide.decide_model(settings),
        lambda settings: decide.decide_picture(settings, 1),
    ]
    before = [decided(settings) for decided in decisions]
    kept = [decided(own).key for decided in decisions]
    monkeypatch.setattr(methods, "CODE", "0" * 64)
    for recipe, decided in zip(before, decisions, strict=True):
        assert decided(settings).key != recipe.key
    made = before[-1].record
    assert weigh(decisions[-1](settings), made).causes == ("code of the field guide",)
    assert [decided(own).key for decided in decisions] == kept


FOLLOWS = {
    "field guide": "data model picture",
    "training set": "data model picture",
    "trainer": "model picture",
    "sampler": "picture",
    "choice": "picture",
    "refiner": "picture",
    "measured captions": "caption",
    "learned captions": "told",
    "phrase writer": "phrase learned",
    "learned writer": "learned",
    "learned voice": "sung",
    "field notes": "notes",
    "voice": "sound sung",
    "sound": "sound sung",
}


@pytest.mark.parametrize("method", methods.METHODS)
def test_a_revision_changes_the_keys_of_what_follows_and_no_others(
    write_settings, monkeypatch, method
):
    from tests.freshness.test_decide import make_bundle

    settings, bundle = write_settings(""), make_bundle()
    learning = settings.phrases.model_copy(update={"writer": "learned"})
    learning = settings.model_copy(update={"phrases": learning})
    singing = settings.sounds.model_copy(update={"engine": "learned"})
    singing = settings.model_copy(update={"sounds": singing})

    def decide_all():
        return {
            "data": decide.decide_dataset(settings),
            "model": decide.decide_model(settings),
            "picture": decide.decide_picture(settings, 1),
            "caption": decide.decide_caption("of", "measured"),
            "asked": decide.decide_caption("of", "asked"),
            "told": decide.decide_caption("of", "learned"),
            "phrase": decide.decide_phrase(settings, bundle, "language"),
            "learned": decide.decide_phrase(learning, bundle, "language"),
            "sound": decide.decide_sound(settings, bundle),
            "sung": decide.decide_sound(singing, bundle),
            "notes": decide.decide_notes(settings, bundle, ["a frog"]),
        }

    before = decide_all()
    module, constant, baseline = methods.METHODS[method]
    monkeypatch.setattr(f"{module}.{constant}", baseline + 1)
    after = decide_all()
    changed = [name for name in before if before[name].key != after[name].key]
    assert " ".join(changed) == FOLLOWS[method]
    cause = f"revision of the {method} {baseline} → {baseline + 1}"
    for name in changed:
        causes = weigh(after[name], before[name].record).causes
        assert cause in causes or (name, causes) == ("model", ("dataset",))


def test_the_revisions_are_read_without_what_makes_things():
    code = (
        "import sys\n"
        "from generate.freshness.methods import METHODS, list_revised\n"
        "list_revised(*METHODS)\n"
        "heavy = {'numpy', 'PIL', 'scipy', 'torch', 'safetensors'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
