"""What the site holds for summoning: pinned, small parts, only where it is wanted and possible."""

import gzip
import hashlib
import json
import re
import shutil

import pytest

from generate.errors import Refusal
from generate.gallery.publishing.audit import audit_site
from generate.gallery.site.render import render_site
from generate.gallery.summon import runtime
from generate.pictures import STARTER
from generate.pictures.summoning.model import open_portable
from generate.settings import read_settings
from tests.bundles import make_jungle

TOML = 'title = "A test jungle"\ncount = 2\n'


@pytest.fixture
def settings(tmp_path):
    made = make_jungle(tmp_path, 2, TOML, size=96, seconds=0.5)
    shutil.copytree(STARTER, tmp_path / "work" / "model")
    return made


def test_the_files_are_those_that_the_page_names(settings):
    render_site(settings)
    site = settings.home / "site"
    page = (site / "summon.html").read_text()
    text = re.search(r'<script type="application/json" id="summoning">(.*?)</script>', page)
    files = json.loads(text[1])["files"]
    kinds = [kind for kind, *_ in files]
    assert kinds == ["program", "wasm", "graph", "refiner", "weights", "weights"]
    for _, path, size, digest in files:
        data = (site / path).read_bytes()
        assert len(data) == size <= 8 * 2**20
        assert hashlib.sha256(data).hexdigest() == digest and digest[:10] in path
    assert sum(size for _, _, size, _ in files) < 22e6
    assert "wasm-unsafe-eval" in page and "unsafe-inline" not in page
    others = [path.read_text() for path in site.rglob("*.html") if path.name != "summon.html"]
    assert others and not any("wasm" in other for other in others)
    offline = json.loads((site / "offline.json").read_text())
    stored = [path for paths in offline.values() for path in paths]
    assert not [path for path in stored if path.startswith("summon/")]
    assert "summon.html" in offline["pages"]
    assert audit_site(settings).errors == []
    assert render_site(settings).written == ()


def test_another_model_has_other_files_and_the_old_ones_go(settings):
    render_site(settings)
    folder = settings.home / "site" / "summon"
    before = {path.name for path in folder.iterdir()}
    facts = settings.home / "work" / "model" / "jungle.json"
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"shift": 0.9}))
    page = settings.home / "site" / "summon.html"
    key = re.search(r'"key": "(\w{16})"', page.read_text())[1]
    render_site(settings)
    assert {path.name for path in folder.iterdir()} == before  # the weights are the same
    assert re.search(r'"key": "(\w{16})"', page.read_text())[1] != key
    shutil.rmtree(settings.home / "work" / "model")
    render_site(settings)
    assert not folder.exists() and not page.exists()


def test_a_model_of_own_pictures_is_published_only_if_asked_for(settings):
    facts = settings.home / "work" / "model" / "jungle.json"
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"source": "my-animals"}))
    render_site(settings)
    assert not (settings.home / "site" / "summon").exists()
    site = settings.site.model_copy(update={"summon": True})
    render_site(settings.model_copy(update={"site": site}))
    assert (settings.home / "site" / "summon.html").exists()


def test_what_is_asked_for_and_cannot_be_is_refused(tmp_path):
    make_jungle(tmp_path, 1, TOML + "[site]\nsummon = true\n", size=96, seconds=0.5)
    with pytest.raises(Refusal, match=r"site\.summon = true: there is no model"):
        render_site(read_settings(tmp_path))
    assert not list((tmp_path / "site").rglob("*.html"))


@pytest.mark.parametrize("name", runtime.PINNED)
def test_an_altered_program_is_refused(name, tmp_path, monkeypatch):
    data = runtime.read_runtime(name)
    monkeypatch.setattr(runtime, "RUNTIME", tmp_path)
    for broken in (gzip.compress(data + b" "), b"none", None):
        if broken is not None:
            runtime.find_runtime(name).write_bytes(broken)
        with pytest.raises(Refusal, match="missing or altered"):
            runtime.read_runtime(name)
        runtime.find_runtime(name).unlink(missing_ok=True)


def test_what_cards_hand_on_follows_them(settings):
    def read_parents():
        render_site(settings)
        return json.loads((settings.home / "site" / "parents.json").read_text())

    folder = settings.bundles / "beast-001"
    card = json.loads((folder / "card.json").read_text())
    before = read_parents()
    assert [*before] == ["beast-001", "beast-002"]
    noise, words = before["beast-001"]
    assert noise == [[card["made"]["picture"]["seed"], 1.0]]
    tokens = open_portable(settings.work / "model", 4, 3.0).facts["tokens"]
    assert {tokens[place] for place, _ in words} >= {"snake", "green", "river"}
    card["made"]["picture"]["noise"] = {"5": 0.6, "7": 0.8}
    (folder / "card.json").write_text(json.dumps(card))
    assert read_parents()["beast-001"][0] == [[5, 0.6], [7, 0.8]]
    page = (settings.home / "site" / "cards" / "beast-001.html").read_text()
    assert "summon.html#cross=beast-001,beast-002" in page
    (settings.bundles / "beast-002" / "postcard.md").write_text("---\nhidden: true\n---\n")
    assert [*read_parents()] == ["beast-001"]
    site = settings.site.model_copy(update={"summon": False})
    render_site(settings.model_copy(update={"site": site}))
    assert not (settings.home / "site" / "parents.json").exists()
    page = (settings.home / "site" / "cards" / "beast-001.html").read_text()
    assert "cross" not in page
