"""Whatever an artist does, kept cards stay, and the next build makes the rest and then nothing."""

import contextlib
import random

import pytest

from generate.cards import MESSAGE, read_message
from generate.errors import Refusal
from generate.hand.card import add_card, write_back
from generate.hand.cross import add_cross
from generate.hand.keep import keep_cards
from generate.hand.undo import undo_step
from generate.keeping.line import find_seen, write_line
from generate.pictures.data.vocabulary import Vocabulary
from generate.recipe import digest_folder
from generate.settings import read_settings
from tests.keeping.sketches import make_all

DEEDS = "keep keep-all un-keep take prompt cross card order series voice seed undo undo title build"


class Artist:
    """Whoever owns the jungle in ``home``; ``kept`` has the files of kept cards as they must be."""

    def __init__(self, home, chance: random.Random) -> None:
        self.home, self.chance, self.seed, self.kept = home, chance, 7, {}
        (home / "content").mkdir(parents=True)
        self.build()

    @property
    def settings(self):
        text = (
            f"count = 3\nseed = {self.seed}\n[pictures]\nframes = 2\n[sounds]\nambience = false\n"
        )
        (self.home / "content/jungle.toml").write_text(text)
        return read_settings(self.home)

    def cards(self):
        return sorted(folder.name for folder in self.settings.bundles.iterdir())

    def build(self):
        """Make all; what was made, of pictures, phrases and sounds."""
        bundles = make_all(self.settings)
        assert not bundles.faults
        self.look()
        return bundles

    def read(self, slug):
        folder = self.settings.bundles / slug
        return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != MESSAGE}

    def keeps(self, slug):
        return read_message(self.settings.bundles / slug)[0].get("keep") is True

    def look(self):
        """Kept cards are as they were when they were whole and kept."""
        cards = self.cards()
        for slug, files in list(self.kept.items()):
            if slug not in cards or not self.keeps(slug):
                del self.kept[slug]
            else:
                assert self.read(slug) == files, f"{slug} is kept and was altered"
        for slug in cards:
            files = self.read(slug)
            if self.keeps(slug) and {"picture.png", "sound.flac"} <= files.keys():
                self.kept.setdefault(slug, files)

    def write(self, slug, key, value):
        path = self.settings.bundles / slug / MESSAGE
        write_line(self.home, path, key, value, find_seen(path))

    def do(self, deed: str) -> None:
        """One deed; one that is refused changes nothing."""
        slug, other = self.chance.choice(self.cards()), self.chance.choice(self.cards())
        before, chance = digest_folder(self.home / "content"), self.chance
        match deed:
            case "un-keep":
                return self.write(slug, "keep", None)
            case "take":
                return self.write(slug, "take", chance.randint(1, 4))
            case "prompt" if "-00" in slug:
                return self.write(slug, "prompt", chance.choice(["a newt", "a red newt", None]))
            case "order":
                return self.write(slug, "order", chance.choice([0, 1.5, None]))
            case "series":
                return self.write(slug, "series", chance.choice(["Rain: all", "Moss", None]))
            case "voice":
                return self.write(slug, "voice", chance.choice([{"mass": 3}, {"pitch": 2}, None]))
            case "title":
                return self.write(slug, "title", f"T {chance.randint(1, 9)} # \U0001f438")
            case "seed":
                self.seed = chance.choice([7, 8])
                return None
            case "build":
                self.build()
                return None
        with contextlib.suppress(Refusal):
            match deed:
                case "keep":
                    keep_cards(self.settings, slug)
                case "keep-all":
                    keep_cards(self.settings)
                case "undo":
                    undo_step(self.settings)
                case "cross":
                    self.finish(*add_cross(self.settings, slug, other, chance.choice("ab")))
                case "card":
                    self.finish(*add_card(self.settings, "a newt", chance.choice([1, 2, None])))
            return None
        assert digest_folder(self.home / "content") == before, f"{deed} was refused half-way"

    def finish(self, path, front):
        self.build()
        write_back(self.settings, path, front)


@pytest.mark.parametrize("seed", range(8))
def test_twenty_steps_lose_nothing_and_can_be_built(tmp_path, sketched, monkeypatch, capsys, seed):
    vocabulary = Vocabulary(("newt",), ("plan",))
    monkeypatch.setattr("generate.hand.card.read_known", lambda folder: vocabulary)
    artist = Artist(tmp_path / "home", random.Random(seed))
    for _ in range(20):
        artist.do(artist.chance.choice(DEEDS.split()))
        artist.look()
    artist.build()
    whole = digest_folder(artist.home / "content")
    capsys.readouterr()
    artist.build()
    said = capsys.readouterr().out
    for line in ("pictures  0 made", "phrases   0 written", "sounds    0 made"):
        assert line in said
    assert digest_folder(artist.home / "content") == whole
