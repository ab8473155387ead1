"""One tiny jungle, grown for real through the command line, then disturbed in every way."""

import html.parser
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from PIL import Image

from generate.recipe import digest_file, digest_folder

ROOT = Path(__file__).parents[1]
SETTINGS = """
title = "A tiny jungle"
count = 4
[pictures]
examples = 48
minutes = 0.2
steps = 4
frames = 4
postcard = 128
"""
pytestmark = pytest.mark.slow


def run(home: Path, *arguments: str, env: dict[str, str] | None = None, ok: bool = True):
    """Run the command line in ``home`` as a user would."""
    process = subprocess.run(
        [sys.executable, "-m", "generate", "--home", str(home), *arguments],
        cwd=ROOT,
        env={**os.environ, "TQDM_DISABLE": "1", **(env or {})},
        capture_output=True,
        text=True,
        timeout=600,
    )
    if ok:
        assert process.returncode == 0, process.stdout + process.stderr
    return process


def write_jungle(home: Path, text: str = SETTINGS) -> Path:
    (home / "content" / "pages").mkdir(parents=True)
    (home / "content" / "jungle.toml").write_text(text)
    (home / "content" / "pages" / "about.md").write_text("# About\n\nA *tiny* jungle.\n")
    return home


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Path:
    """A jungle as `make build` leaves it; tests copy it before they touch it."""
    home = write_jungle(tmp_path_factory.mktemp("grown"))
    run(home, "build")
    return home


@pytest.fixture
def jungle(grown, tmp_path) -> Path:
    """A copy of the grown jungle to disturb."""
    return Path(shutil.copytree(grown, tmp_path / "jungle"))


@pytest.fixture
def no_torch(tmp_path) -> dict[str, str]:
    """An environment in which importing torch fails."""
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow" / "torch.py").write_text("raise ImportError('torch is not needed here')")
    return {"PYTHONPATH": f"{tmp_path / 'shadow'}{os.pathsep}{ROOT}"}


def read_bundle(home: Path, number: int) -> dict:
    return json.loads((home / f"content/postcards/beast-{number:03d}/card.json").read_text())


def digest_content(home: Path) -> str:
    return digest_folder(home / "content")


class Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value and not value.startswith(("data:", "mailto:")):
                self.found.add(value)


def test_four_real_postcards(grown):
    index = (grown / "site/index.html").read_text()
    assert set(re.findall(r'href="(cards/beast-\d+\.html)"', index)) == {
        f"cards/beast-{number:03d}.html" for number in range(1, 5)
    }
    cards = json.loads((grown / "site/postcards.json").read_text())
    assert [card["slug"] for card in cards] == [f"beast-{n:03d}" for n in range(1, 5)]
    for key in ("picture", "sound"):
        assert len({digest_file(grown / "site" / card[key]) for card in cards}) == 4, key
    assert len({card["phrase"] for card in cards}) == 4
    assert all(card["alt"] and card["translation"] and card["title"] for card in cards)
    for number in range(1, 5):
        bundle = grown / f"content/postcards/beast-{number:03d}"
        assert {path.name for path in bundle.iterdir()} >= {
            "card.json",
            "picture.png",
            "sound.flac",
            "postcard.md",
        }
        pixels = np.asarray(Image.open(bundle / "picture.png").convert("RGB"))
        assert pixels.shape == (128, 128, 3)
        assert pixels.std() > 5, "a blank picture"


def test_every_internal_link_resolves(grown):
    site = grown / "site"
    for page in site.rglob("*.html"):
        if page.name == "404.html":
            continue
        links = Links()
        links.feed(page.read_text())
        for link in links.found:
            parts = urlsplit(link)
            assert not parts.path.startswith("/"), f"{page}: {link}"
            if not parts.scheme and parts.path:
                assert (page.parent / unquote(parts.path)).exists(), f"{page}: {link}"


def test_a_second_build_does_nothing_and_never_imports_torch(jungle, no_torch):
    before = [digest_folder(jungle / name) for name in ("content", "site", "work/model")]
    run(jungle, "build", env=no_torch)
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        process = run(jungle, "build", env=no_torch)
        seconds.append(time.perf_counter() - start)
    assert "0 made, 4 fresh" in process.stdout
    after = [digest_folder(jungle / name) for name in ("content", "site", "work/model")]
    assert after == before
    assert min(seconds) < 3


def test_a_new_title_renders_pages_only(jungle, no_torch):
    before = digest_folder(jungle / "content/postcards"), digest_folder(jungle / "work/model")
    text = (jungle / "content/jungle.toml").read_text()
    (jungle / "content/jungle.toml").write_text(text.replace("A tiny jungle", "Grüße & <b>"))
    run(jungle, "build", env=no_torch)
    after = digest_folder(jungle / "content/postcards"), digest_folder(jungle / "work/model")
    assert after == before
    assert "Grüße &amp; &lt;b&gt;" in (jungle / "site/index.html").read_text()


def test_a_clone_with_committed_bundles_needs_no_torch(jungle, no_torch):
    shutil.rmtree(jungle / "work")
    shutil.rmtree(jungle / "site")
    before = digest_folder(jungle / "content/postcards")
    assert run(jungle, "needs", "build").stdout == "light\n"
    run(jungle, "build", env=no_torch)
    assert digest_folder(jungle / "content/postcards") == before
    assert (jungle / "site/cards/beast-004.html").exists()


def test_a_hand_written_postcard_is_kept_shown_and_spoken(jungle, no_torch):
    path = jungle / "content/postcards/beast-002/postcard.md"
    sounds = [
        digest_file(jungle / f"content/postcards/beast-{n:03d}/sound.flac") for n in range(1, 5)
    ]
    phrase = read_bundle(jungle, 3)["phrase"]
    path.write_text(f"---\ntitle: Mine\nphrase: {phrase}\n---\nMy *own* words.\n")
    run(jungle, "build", "--seed", "7", env=no_torch)
    assert path.read_text().endswith("My *own* words.\n")
    page = (jungle / "site/cards/beast-002.html").read_text()
    assert "Mine" in page and "My <em>own</em> words." in page
    assert read_bundle(jungle, 2)["gloss"] == read_bundle(jungle, 3)["gloss"]
    after = [
        digest_file(jungle / f"content/postcards/beast-{n:03d}/sound.flac") for n in range(1, 5)
    ]
    assert [a != b for a, b in zip(sounds, after, strict=True)] == [False, True, False, False]


def test_what_a_person_replaced_is_kept_unless_forced(jungle):
    bundle = jungle / "content/postcards/beast-001"
    Image.new("RGB", (300, 200), (200, 30, 30)).save(bundle / "picture.png")
    mine = digest_file(bundle / "picture.png")
    shutil.copy(jungle / "content/postcards/beast-002/sound.flac", bundle / "sound.flac")
    sound = digest_file(bundle / "sound.flac")
    process = run(jungle, "build", "--seed", "8")
    assert process.stdout.count("kept 1 put there by hand (beast-001)") == 2
    assert digest_file(bundle / "picture.png") == mine
    assert digest_file(bundle / "sound.flac") == sound
    assert "red" in read_bundle(jungle, 1)["caption"].lower()
    run(jungle, "build", "--seed", "8", "--force")
    assert digest_file(bundle / "picture.png") != mine
    assert digest_file(bundle / "sound.flac") != sound


def test_a_deleted_bundle_is_made_again_the_same_and_count_changes_no_card(jungle):
    before = digest_folder(jungle / "content/postcards")
    shutil.rmtree(jungle / "content/postcards/beast-003")
    run(jungle, "build")
    assert digest_folder(jungle / "content/postcards") == before
    run(jungle, "build", "--count", "6")
    assert len(list((jungle / "site/cards").glob("*.html"))) == 6
    for number in (5, 6):
        shutil.rmtree(jungle / f"content/postcards/beast-{number:03d}")
    assert digest_folder(jungle / "content/postcards") == before


def test_a_bundle_added_by_hand_joins_and_fewer_cards_are_shown(jungle, no_torch):
    bundle = jungle / "content/postcards/My cat & é #1"
    bundle.mkdir()
    Image.new("RGB", (320, 240), (40, 160, 60)).save(bundle / "picture.jpg")
    (bundle / "postcard.md").write_text("---\ntitle: The cat\n---\nPurr.\n")
    process = run(jungle, "build", "--count", "3", env=no_torch)
    assert "1 beyond count = 3" in process.stdout
    cards = json.loads((jungle / "site/postcards.json").read_text())
    assert [card["title"] for card in cards][3:] == ["The cat"]
    assert (bundle / "sound.flac").exists()
    assert not (jungle / "site/cards/beast-004.html").exists()
    assert (jungle / "content/postcards/beast-004/picture.png").exists()


def test_other_sounds_leave_pictures_and_phrases_alone(jungle, no_torch):
    cards = [read_bundle(jungle, number) for number in range(1, 5)]
    with (jungle / "content/jungle.toml").open("a") as file:
        file.write("\n[sounds]\nloudness = -20.0\n")
    run(jungle, "build", env=no_torch)
    for number, old in enumerate(cards, 1):
        new = read_bundle(jungle, number)
        assert new["made"]["picture"] == old["made"]["picture"]
        assert new["made"]["phrase"] == old["made"]["phrase"]
        assert new["made"]["sound"]["sha256"] != old["made"]["sound"]["sha256"]


def test_hostile_words_are_harmless(jungle, no_torch):
    attack = "<script>alert(1)</script>"
    path = jungle / "content/postcards/beast-001/postcard.md"
    path.write_text(
        f'---\ntitle: "{attack}"\nphrase: "{attack}"\nplace: "{attack}"\n---\n{attack}\n'
    )
    run(jungle, "build", env=no_torch)
    for page in (jungle / "site").rglob("*.html"):
        assert attack not in page.read_text(), page


def test_honest_pictures(jungle, tmp_path):
    """Published pictures come from weights and seed: redraw three without the field guide."""
    shutil.rmtree(jungle / "work/dataset")
    shutil.rmtree(jungle / "work/pictures")
    published = {
        number: np.asarray(Image.open(jungle / f"content/postcards/beast-{number:03d}/picture.png"))
        for number in (1, 2, 4)
    }
    code = (
        "import sys; from pathlib import Path\n"
        "sys.modules['generate.pictures.fieldguide'] = None\n"
        "from generate.settings import read_settings\n"
        "from generate.pictures.sample import sample_pictures\n"
        f"sample_pictures(read_settings(Path({str(jungle)!r})), [4, 1, 2])\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)
    for number, pixels in published.items():
        redrawn = np.asarray(Image.open(jungle / f"work/pictures/beast-{number:03d}.png"))
        assert np.array_equal(redrawn, pixels), number


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
    assert not [path for path in home.rglob(".*.part*") if "work" not in path.parts]


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
    text = f'count = 2\n[pictures]\nsource = "{photos}"\nminutes = 0.05\nsteps = 2\nframes = 2\n'
    home = write_jungle(tmp_path / "jungle", text + "postcard = 64\n")
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
    assert not list(home.rglob(".*.part*"))
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
