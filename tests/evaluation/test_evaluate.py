"""The whole stage on a tiny jungle: what it judges, what it leaves out, what it writes."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from generate.bundles.merged import read_cards
from generate.cards import read_card, write_card
from generate.errors import Refusal
from generate.evaluation import pictures as judging
from generate.evaluation.scoring import sets
from generate.evaluation.scoring.features import Features
from generate.evaluation.scoring.sets import gather_sets
from generate.evaluation.stage import evaluate_jungle
from generate.phrases.language.file import make_or_read_language
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.families.flow import Flow
from generate.pictures.model_folder import save_model
from generate.pictures.networks.unet import Network
from generate.recipe import digest_folder
from generate.settings import read_settings
from tests.bundles import make_jungle
from tests.pictures.tiny import TINY

ROOT = Path(__file__).parents[2]
TOML = """\
count = 6
title = "A <tiny> jungle"
[pictures]
source = "set"
size = 16
steps = 3
frames = 2
held_out = 0.25
[sounds]
engine = "folder"
folder = "."
ambience = false
[evaluate]
pictures = 12
extractors = ["random"]
"""


def save_tiny_model(folder, dataset):
    torch.manual_seed(0)
    network = Network(TINY, len(dataset.vocabulary)).eval()
    torch.nn.init.normal_(network.unet.conv_out.weight, std=0.05)
    prompts = [{"text": row["text"], "tags": row["tags"]} for row in dataset.rows]
    facts = {"recipe": "flow", "size": 16, "source": "set"}
    save_model(Flow(network, dataset.vocabulary, facts), folder, prompts, "")


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """Six cards, forty training pictures in two classes, an untrained model."""
    home = tmp_path_factory.mktemp("jungle")
    generator = np.random.default_rng(0)
    for number in range(40):
        kind = ("snake", "bird")[number % 2]
        levels = generator.integers(0, 256, (4, 4, 3)).astype(np.uint8)
        path = home / "set" / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels).resize((16, 16)).save(path)
    settings = make_jungle(home, 6, TOML, size=32)
    build_dataset(settings)
    save_tiny_model(settings.work / "model", read_dataset(settings.work / "dataset"))
    return settings


@pytest.fixture
def jungle(grown, monkeypatch):
    """The same, with the tiny model for a starter."""
    monkeypatch.setattr(sets, "find_starter", lambda recipe: grown.work / "model")
    return grown


class Page(HTMLParser):
    """Counts elements, and collects every address that a page would fetch."""

    def __init__(self, text):
        super().__init__()
        self.fetched, self.counts = [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.fetched += [v for k, v in attributes if k in ("src", "href", "srcset") and v]
        if tag == "img":
            assert dict(attributes).get("alt")


def test_a_jungle_is_judged_beside_floor_ceiling_and_starter(jungle, capsys):
    record = evaluate_jungle(jungle)
    pictures = record["pictures"]
    names = {"held-out", "cards", "uncurated", "starter", "gaussian", "memory"}
    assert set(pictures["scores"]["random"]) == set(pictures["tones"]) == names
    assert pictures["count"]["cards"] == 6 and pictures["count"]["uncurated"] == 12
    kid = {name: found["KID"] for name, found in pictures["scores"]["random"].items()}
    # An untrained model draws noise.
    assert kid["uncurated"] > 0.4 > 10 * abs(kid["held-out"])
    assert pictures["copies"]["memory"]["copied"] == 12
    assert pictures["copies"]["gaussian"]["copied"] == 0
    assert pictures["copies"]["held-out"]["novelty"] == 1
    # The starter is the very model here, asked for the same with the same noise.
    assert pictures["scores"]["random"]["starter"] == pictures["scores"]["random"]["uncurated"]
    # Cards were asked for snakes; of training classes that are bodies the eye is asked too.
    assert pictures["answers"]["cards"]["plan"]["asked"] == 6
    said = capsys.readouterr().out
    assert "features: random" in said and "work/report/index.html" in said.splitlines()[-1]

    report = jungle.work / "report"
    assert json.loads((report / "evaluation.json").read_text())["pictures"] == pictures
    text = (report / "index.html").read_text()
    page = Page(text)
    assert page.fetched and all(address.startswith("data:") for address in page.fetched)
    assert page.counts["img"] >= 2 * 6 + 5
    assert "A &lt;tiny&gt; jungle" in text and "<tiny>" not in text


def test_a_second_look_samples_nothing_and_a_changed_model_all(jungle, monkeypatch):
    first = gather_sets(jungle, read_cards(jungle))
    drawn = []
    real = sets.draw_group
    monkeypatch.setattr(sets, "draw_group", lambda *given: drawn.append(1) or real(*given))
    second = gather_sets(jungle, read_cards(jungle))
    assert not drawn
    for name in first.sets:
        assert np.array_equal(first.sets[name].pictures, second.sets[name].pictures), name
    more = jungle.model_copy(
        update={"evaluate": jungle.evaluate.model_copy(update={"pictures": 20})}
    )
    third = gather_sets(more, read_cards(jungle))
    assert len(drawn) == 2 * 3
    assert np.array_equal(third.sets["uncurated"].pictures[:12], first.sets["uncurated"].pictures)


def test_uncurated_pictures_are_those_that_cards_would_have(jungle):
    from generate.pictures.model_folder import load_model, read_prompts
    from generate.pictures.sampling.deck import Deck
    from generate.pictures.sampling.draw import draw_group
    from generate.recipe import derive_seed

    model = load_model(jungle.work / "model")
    deck = Deck(jungle.seed, read_prompts(jungle.work / "model"))
    asked = [deck.ask(number) for number in range(1, 9)]
    seeds = [derive_seed("beast", jungle.seed, number) for number in range(1, 9)]
    expected = draw_group(jungle, model, model.encode(asked), seeds).pictures
    found = gather_sets(jungle, read_cards(jungle)).sets["uncurated"]
    assert np.array_equal(found.pictures[:8], expected)
    assert found.asked[:8] == [row["tags"] for row in asked]


def test_a_persons_picture_is_not_judged_as_the_models(jungle):
    folder = jungle.bundles / "beast-002"
    card = read_card(folder)
    by_hand = {**card, "made": {**card["made"], "picture": {"by_hand": True}}}
    write_card(folder, by_hand)
    try:
        gathered = gather_sets(jungle, read_cards(jungle))
    finally:
        write_card(folder, card)
    assert gathered.sets["cards"].labels == [f"beast-00{n}" for n in (1, 3, 4, 5, 6)]
    assert any(line.startswith("1 cards") for line in gathered.left_out)


def test_a_picture_that_was_damaged_is_none_of_the_models(jungle):
    path = jungle.bundles / "beast-003/picture.png"
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    try:
        gathered = gather_sets(jungle, read_cards(jungle))
    finally:
        path.write_bytes(whole)
    assert "beast-003" not in gathered.sets["cards"].labels
    assert any(line.startswith("1 cards") for line in gathered.left_out)


def test_an_unknown_extractor_is_one_clear_line(jungle):
    other = jungle.evaluate.model_copy(update={"extractors": ["inception"]})
    with pytest.raises(Refusal, match="inception"):
        evaluate_jungle(jungle.model_copy(update={"evaluate": other}))


def test_nothing_yet_is_one_clear_line_that_names_the_command(tmp_path):
    settings = make_jungle(tmp_path, 0, "count = 2\n")
    with pytest.raises(Refusal, match="make build"):
        evaluate_jungle(settings)
    process = subprocess.run(
        [sys.executable, "-m", "generate", "--home", str(tmp_path), "evaluate"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1 and "make build" in process.stderr
    assert process.stderr.count("\n") == 1 and not (tmp_path / "work").exists()


def test_sounds_and_words_are_judged_without_a_model_and_without_torch(tmp_path):
    toml = 'count = 4\n[sounds]\nengine = "folder"\nfolder = "."\n'
    settings = make_jungle(tmp_path, 4, toml, seconds=0.8)
    make_or_read_language(settings)
    code = (
        "import sys\n"
        "class Barrier:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'diffusers', 'safetensors', 'transformers'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Barrier())\n"
        "from generate.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, "--home", str(tmp_path), "evaluate"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    assert re.search(r"left out: pictures: .*make train", process.stdout)
    record = json.loads((tmp_path / "work/report/evaluation.json").read_text())
    assert record["pictures"] == {} and len(record["left out"]) == 1
    # Words of no language do not read back, and the tones that stand for sounds are too quiet.
    assert record["words"]["read back to their own gloss"]["holds"] is False
    assert record["words"]["phrases"]["value"] == 4
    assert record["sounds"]["true peak, largest"]["holds"] is True
    page = (tmp_path / "work/report/index.html").read_text()
    assert "true peak, largest" in page and "<h2>Scores" not in page


def test_what_is_missing_is_left_out_with_a_line_and_never_made_up(tmp_path):
    settings = make_jungle(tmp_path, 2, seconds=0)
    record = evaluate_jungle_or_fail(settings)
    assert record is None
    make_or_read_language(settings)
    record = evaluate_jungle(read_settings(tmp_path))
    assert record["sounds"] == {} and record["words"]
    assert [line.split(":")[0] for line in record["left out"]] == ["sounds", "pictures"]


def evaluate_jungle_or_fail(settings):
    with pytest.raises(Refusal, match=r"words: .*sounds: .*pictures: "):
        evaluate_jungle(settings)


@pytest.mark.parametrize("change", [{"size": 48}, {"held_out": 0.3}])
def test_pictures_of_other_settings_are_not_compared(jungle, change):
    before = digest_folder(jungle.work / "dataset")
    asked = jungle.pictures.model_copy(update=change)
    record = evaluate_jungle(jungle.model_copy(update={"pictures": asked}))
    assert record["pictures"] == {}
    assert any("settings have changed" in line for line in record["left out"])
    assert digest_folder(jungle.work / "dataset") == before


def test_two_extractors_of_one_name_are_refused(jungle, monkeypatch):
    monkeypatch.setattr(judging, "open_features", lambda name, home: Features("eye", None))
    asked = jungle.evaluate.model_copy(update={"extractors": ["a/eye", "b/eye"]})
    with pytest.raises(Refusal, match="two are called eye"):
        judging.evaluate_pictures(jungle.model_copy(update={"evaluate": asked}), [])
