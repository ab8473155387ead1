"""The process that draws for the studio: orders come as lines of JSON, frames go out as such.

Run as ``python -m generate.studio.drawing HOME``. An order is {"sheet", "dials"}, {"stop"}, or
{"open": dials}, which loads the model beforehand and is not answered. The sheet "words" is none,
but the words of favourites, which are to be learnt. It answers with
{"sheet", "step", "of", "pictures"} as pictures develop, {"word", "step", "of"} as a word is learnt,
and {"sheet", "end"} with "drawn", "stopped" or the fault. It ends when nobody is left to order.
"""

import base64
import io
import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from generate.errors import Refusal
from generate.files import write_json
from generate.hand.find import find_card
from generate.keeping.lock import locked
from generate.pictures.compute.levels import to_levels
from generate.pictures.compute.sharing import give_way
from generate.pictures.data.pixels import open_image
from generate.pictures.families.base import PRINT
from generate.pictures.families.mixed import mix_noise
from generate.pictures.model_folder import digest_model, read_prompts
from generate.pictures.refining.refiner import refine
from generate.pictures.sampling.candidates import Sampler
from generate.pictures.sampling.crossing import find_descent
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import sample_seeds
from generate.pictures.sampling.takes import Takes
from generate.pictures.sampling.words import understand
from generate.pictures.sheets import as_images, enlarge, write_image
from generate.pictures.wording.learning import learn_words
from generate.pictures.wording.loading import open_model
from generate.pictures.wording.words import sign_words
from generate.settings import Settings, read_settings
from generate.studio.painter import WORDS
from generate.studio.sheets import DRAWN, Asked, find_sheet, key_of, name_picture, read_asked
from generate.studio.taste.choices import describe_words, measure_look

# Side of the pictures on a sheet, in pixels, at most.
SIDE = 256


class Stopped(Exception):
    """The person does not want the rest of a sheet."""


class Easel:
    """Draws sheets of the jungle in ``home``; ``say`` sends a message to the studio."""

    def __init__(self, home: Path, say: Callable[[dict[str, Any]], None]) -> None:
        self.home, self.say = home, say
        self.stopped: set[str] = set()
        self.family: Any = None
        self.model, self.words, self.prompts = "", "", list[dict[str, Any]]()

    def draw(self, name: str, dials: dict[str, Any]) -> None:
        """Draw the sheet ``name`` and write its pictures. `Stopped` when it is given up."""
        settings = read_settings(self.home, dials)
        folder = find_sheet(settings, name)
        asked = read_asked(folder)
        self.open(settings)
        key = key_of(settings, asked, model=self.model, words=self.words)
        drawn, prompts = self.sample(settings, name, asked)
        vocabulary, shown = self.family.vocabulary, dict[str, Any]()
        groups = dict(zip(vocabulary.tokens, vocabulary.groups, strict=True))
        beside = drawn.beside or [{} for _ in asked.takes]
        for take, picture, files, prompt in zip(
            asked.takes, to_levels(drawn.pictures), beside, prompts, strict=True
        ):
            self.look_up(name)
            words = dict(zip(vocabulary.tokens, vocabulary.encode_prompt(prompt), strict=True))
            shows, looks = describe_words(words, groups), measure_look(picture)
            shown[str(take)] = {"shows": shows, "looks": looks}
            side = min(SIDE, settings.pictures.postcard)
            large = open_image(io.BytesIO(files[PRINT])) if PRINT in files else refine(picture)
            write_image(folder / name_picture(take), enlarge(large, side))
        write_json(folder / DRAWN, {"of": key, "shown": shown})

    def open(self, settings: Settings) -> None:
        """Load the model if it is another than before, and no build is at work that may change it.

        `Refusal` where one is, and none was loaded.
        """
        folder = settings.work / "model"
        try:
            found = self.look_at(folder)
            if found == (self.model, self.words):
                return
            # Cards may be written to while it is read, which takes a while.
            family, prompts = open_model(folder), read_prompts(folder)
            if self.look_at(folder) != found:
                raise Refusal("the model was made anew meanwhile; draw it again")
            self.family, self.prompts = family, prompts
            self.model, self.words = found
        except Refusal:
            if not self.model:
                raise

    def look_at(self, folder: Path) -> tuple[str, str]:
        """Digests of a model and of its words of favourites; `Refusal` while a build is at work."""
        with locked(self.home, "build", wait=False):
            return digest_model(folder), sign_words(folder)

    def learn(self, dials: dict[str, Any]) -> None:
        """Learn the words of favourites that the model does not know yet."""
        settings = read_settings(self.home, dials)

        def watch(word: str, step: int, of: int) -> None:
            self.look_up(WORDS)
            self.say({"word": word, "step": step, "of": of})

        learn_words(settings.work / "model", settings.seed, watch)

    def sample(
        self, settings: Settings, name: str, asked: Asked
    ) -> tuple[Any, list[dict[str, Any]]]:
        """The pictures of a sheet, shown at each step, and what was asked for of each."""
        family, steps = self.family, settings.pictures.steps
        sampler = Sampler(settings, family, Deck(settings.seed, self.prompts), None, "")
        descent, noise = None, None
        if asked.parents:
            cards = [(name, find_card(settings, name).card) for name in asked.parents]
            descent = find_descent(cards, asked.stranger)
        pictures = []
        for number in asked.takes:
            wish, take = asked.find(number)
            words = understand(family.vocabulary, wish["prompt"]) if "prompt" in wish else None
            pictures.append((Takes(sampler, None, words, descent), take))
        if descent:
            noise = mix_noise(family, [takes.inherit(take) for takes, take in pictures])

        def watch(step: int, state: Tensor) -> None:
            give_way()
            self.look_up(name)
            shown = to_levels(family.develop(state) if step < steps else state)
            frames = [show(picture) for picture in shown]
            self.say({"sheet": name, "step": step, "of": steps, "pictures": frames})

        prompts = [takes.ask(take) for takes, take in pictures]
        conditions = family.encode(prompts)
        seeds = [takes.seed_of(take) for takes, take in pictures]
        kind = str(family.facts.get("arithmetic", "float32"))
        drawn = sample_seeds(family, conditions, seeds, steps, asked.guidance, kind, watch, noise)
        return drawn, prompts

    def look_up(self, name: str) -> None:
        """Stop here if the person wants it."""
        if name in self.stopped:
            raise Stopped

    def obey(self, order: dict[str, Any]) -> None:
        """Draw what is ordered, and say how it ended."""
        if "open" in order:
            with suppress(Exception):  # said when something is to be drawn
                self.open(read_settings(self.home, order["open"]))
            return
        name, end = order["sheet"], "drawn"
        try:
            if name == WORDS:
                self.learn(order["dials"])
            else:
                self.draw(name, order["dials"])
        except Stopped:
            end = "stopped"
        except Refusal as refusal:
            end = str(refusal)
        except Exception as fault:  # the next sheet may be drawn all the same
            end = f"{type(fault).__name__}: {fault}"
        self.stopped.discard(name)
        self.say({"sheet": name, "end": end})


def show(picture: np.ndarray) -> str:
    """A picture uint8 (3, S, S) as an address that holds it."""
    image, file = as_images(picture[None])[0], io.BytesIO()
    image.thumbnail((128, 128), Image.Resampling.BOX)
    image.save(file, "WEBP", quality=80, method=0)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def main(home: Path) -> None:
    """Take orders from standard input until it ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    orders: queue.Queue[dict[str, Any]] = queue.Queue()

    def say(message: dict[str, Any]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    easel = Easel(home, say)

    def listen() -> None:
        for line in sys.stdin:
            order = json.loads(line)
            if "stop" in order:
                easel.stopped.add(order["stop"])
            else:
                orders.put(order)
        os._exit(0)  # the studio has ended, however that was

    threading.Thread(target=listen, daemon=True).start()
    while True:
        easel.obey(orders.get())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
