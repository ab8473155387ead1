"""Whole builds that are killed, starved of disk, or given what cannot be used."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from generate.files import PART
from generate.recipe import digest_file, digest_folder
from tests.jungles import ROOT, read_bundle, run, write_jungle
from tests.sounds.engines.recorded import RATE, bark, drum, folder_of

pytestmark = pytest.mark.slow

STOPS = [
    "work/dataset",
    "work/dataset/recipe.json",
    "work/training/*/plan.json",
    "work/model",
    "work/pictures",
    "content/postcards/beast-001",
    "content/postcards/beast-003/picture.png",
    "content/language.toml",
    "content/postcards/beast-001/postcard.md",
    "content/postcards/beast-002/sound.flac",
    "site/media",
    "site/cards",
]


def test_killed_at_every_stage_the_build_completes(grown, tmp_path):
    home = write_jungle(tmp_path / "killed")
    command = [sys.executable, "-m", "generate", "--home", str(home), "build"]
    killed = 0
    for stop in STOPS:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        while process.poll() is None and not any(home.glob(stop)):
            time.sleep(0.005)
        if process.poll() is None:
            killed += 1
            process.send_signal(signal.SIGKILL)
        _, errors = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), errors
    assert killed >= len(STOPS) // 2
    run(home, "build")
    for number in range(1, 5):
        ours, theirs = read_bundle(home, number), read_bundle(grown, number)
        for key in ("caption", "phrase", "gloss", "translation", "title", "place", "date", "times"):
            assert ours[key] == theirs[key], key
        name = f"content/postcards/beast-{number:03d}"
        for file in ("sound.flac", "postcard.md"):
            assert digest_file(home / name / file) == digest_file(grown / name / file)
        mine, reference = (
            np.asarray(Image.open(place / name / "picture.png"), dtype=float)
            for place in (home, grown)
        )
        assert np.abs(mine - reference).mean() < 40
    assert not [path for path in home.rglob(f".*{PART}*") if "work" not in path.parts]


def test_a_folder_of_pictures_with_broken_ones_is_learnt_from(tmp_path):
    photos = tmp_path / "photos"
    generator = np.random.default_rng(1)
    for name in ("cat", "dog"):
        (photos / name).mkdir(parents=True)
        for number in range(6):
            pixels = generator.integers(0, 255, (6, 8, 3), dtype=np.uint8)
            picture = Image.fromarray(pixels).resize((160, 120))
            picture.save(photos / name / f"{number}.jpg")
    whole = (photos / "cat/0.jpg").read_bytes()
    (photos / "cat/0.jpg").write_bytes(whole[: len(whole) // 2])
    (photos / "dog/1.jpg").write_bytes((photos / "dog/1.jpg").read_bytes()[:300])
    (photos / "dog/notes.jpg").write_text("not a picture")
    text = f'count = 2\n[pictures]\nsource = "{photos}"\nsteps = 2\nframes = 2\n'
    text += 'size = 16\nfrom = "scratch"\nexposures = 48\npostcard = 64\n'
    home = write_jungle(tmp_path / "jungle", text)
    process = run(home, "build")
    assert re.search(r"3 (broken|unreadable)", process.stdout + process.stderr)
    captions = {read_bundle(home, number)["caption"].lower() for number in (1, 2)}
    assert all("cat" in caption or "dog" in caption for caption in captions)


@pytest.mark.parametrize("room", [30_000, 200_000, 3_000_000])
def test_a_disk_without_room_is_one_clear_line_and_nothing_half_written(grown, tmp_path, room):
    """A limit on the size of files stands in for a full disk: writes stop in the middle."""
    home = write_jungle(tmp_path / "jungle")
    if room == 30_000:
        shutil.copytree(grown / "work", home / "work")
    code = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        "from generate.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, "--home", str(home), "build"],
        cwd=ROOT,
        env={**os.environ, "TQDM_DISABLE": "1", "MPLCONFIGDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1, process.stdout
    assert re.search(r"error: .*disk is full", process.stderr.strip().splitlines()[-1])
    assert "Traceback" not in process.stderr
    assert not list(home.rglob(f".*{PART}*"))
    for path in home.rglob("*.json"):
        json.loads(path.read_text())
    for path in home.rglob("*.png"):
        Image.open(path).load()


@pytest.mark.parametrize(
    ("text", "env", "said"),
    [
        ("[pictures]\nsiez = 3", {}, "did you mean size?"),
        ('[pictures]\nsource = "nowhere"', {}, "nowhere"),
        ('[pictures]\nsource = "empty"', {}, "empty"),
        ('[pictures]\nsource = "some/dataset"', {"HF_HUB_OFFLINE": "1"}, "some/dataset"),
    ],
)
def test_bad_sources_are_one_clear_line_and_change_nothing(tmp_path, text, env, said):
    home = write_jungle(tmp_path / "jungle", text)
    (home / "empty").mkdir()
    process = run(home, "build", env=env, ok=False)
    assert process.returncode == 1
    last = process.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ") and said in last
    assert "Traceback" not in process.stderr
    assert not (home / "content/postcards").exists()
    assert not (home / "site").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[phrases]\nwriter = "openai"', "OPENAI_API_KEY"),
        ('[sounds]\nengine = "stable-audio"', "HF_TOKEN"),
        ('[sounds]\nengine = "folder"\nfolder = "nowhere"', "nowhere"),
    ],
)
def test_missing_keys_and_folders_are_one_clear_line(jungle, text, said):
    before = digest_folder(jungle / "content/postcards")
    with (jungle / "content/jungle.toml").open("a") as file:
        file.write("\n" + text)
    env = {"OPENAI_API_KEY": "", "HF_TOKEN": "", "HF_HUB_OFFLINE": "1"}
    process = run(jungle, "build", env=env, ok=False)
    assert process.returncode == 1
    last = process.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ") and said in last
    assert "Traceback" not in process.stderr
    assert digest_folder(jungle / "content/postcards") == before


def test_one_sharp_recording_ends_no_build(jungle):
    sounds = {f"bark{k}": (bark(0.5 + 0.1 * k), RATE) for k in range(3)}
    folder = folder_of(jungle / "recordings", drum=(drum(), RATE), **sounds)
    (folder / "notes.txt").write_text("a woodpecker, and the neighbour's dog")
    with (jungle / "content/jungle.toml").open("a") as file:
        file.write('\n[sounds]\nengine = "folder"\nfolder = "recordings"\n')
    process = run(jungle, "build")
    lines = [line for line in process.stdout.splitlines() if "passed over" in line]
    assert len(lines) == 2 and "drum.wav: the sound is too sharp" in lines[0]
    made = [read_bundle(jungle, number)["made"]["sound"] for number in range(1, 5)]
    assert len({(sound["recording"], sound["semitones"]) for sound in made}) == 4
    assert "drum.wav" not in {sound["recording"] for sound in made}
