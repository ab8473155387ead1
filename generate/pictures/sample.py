"""Sample the cards' pictures: work/model/ and a seed → work/pictures/.

Reads the model folder alone, never the training pictures. Writes beast-001.png (the postcard's
picture), beast-001.frames.webp (its way from noise, side by side), metadata.jsonl, and a contact
sheet in work/report/.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from generate.files import replacing, write_text
from generate.pictures.caption import caption_picture, hour_of
from generate.pictures.export import export_zip
from generate.pictures.families import make_family
from generate.pictures.loop import Family
from generate.pictures.model import ALTERATIONS, Model, load_model, read_prompts
from generate.pictures.precision import arithmetic
from generate.pictures.refine import refine
from generate.pictures.run import to_pixels
from generate.pictures.sheets import as_images, write_sheet
from generate.pictures.vocabulary import tokens_of
from generate.recipe import derive_seed
from generate.settings import Settings

# A convolution's last bits may change with the size of its batch, so beasts are always drawn in the
# same company: number n with the others of its group, at the same place in it.
GROUP = 8


def sample_pictures(settings: Settings, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Draw the pictures of cards ``numbers`` (from 1) and return a row for each.

    A row holds file_name, frames, text, traits, hour, seed, prompt, how ("asked" or "measured"),
    recipe, model. Card n depends on the model, the jungle's seed and n, on nothing else.
    """
    folder = settings.work / "pictures"
    model = load_model(settings.work / "model")
    prompts = read_prompts(settings.work / "model")
    family = make_family(model.network, model.facts)
    groups = sorted({(number - 1) // GROUP for number in numbers})
    wanted = set(numbers)
    rows: dict[int, dict[str, Any]] = {}
    with tqdm(total=len(wanted), desc="sample", unit="picture") as bar:
        for group in groups:
            members = range(group * GROUP + 1, (group + 1) * GROUP + 1)
            asked = [choose_prompt(settings.seed, number, prompts) for number in members]
            conditions = encode(model, asked)
            seeds = [derive_seed("beast", settings.seed, number) for number in members]
            pictures, frames = draw(settings, model, family, conditions, seeds)
            for place, number in enumerate(members):
                if number not in wanted:
                    continue
                row = publish(settings, folder, number, pictures[place], frames[place])
                row |= describe(model, asked[place], conditions[place], pictures[place])
                row |= {"seed": seeds[place], "recipe": model.facts["recipe"]}
                row["model"] = model.facts.get("key", "")
                rows[number] = row
                bar.update()
    record(folder, rows)
    shown = [Image.open(folder / rows[n]["file_name"]).convert("RGB") for n in sorted(rows)]
    side = min(256, settings.pictures.postcard)
    write_sheet(settings.work / "report/contact.png", [s.resize((side, side)) for s in shown])
    export_zip(settings)
    return rows


def draw(
    settings: Settings, model: Model, family: Family, conditions: Tensor, seeds: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 (N, 3, S, S) and their frames uint8 (N, F, 3, S, S) on the way from noise."""
    asked = settings.pictures
    steps = asked.steps
    kept = set(np.linspace(0, steps, min(asked.frames, steps + 1)).round().astype(int).tolist())
    states: list[Tensor] = []

    def watch(step: int, state: Tensor) -> None:
        if step in kept:
            states.append(state.clone())

    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    with arithmetic(str(model.facts.get("arithmetic", "float32"))):
        pictures = family.sample(conditions, generators, steps, asked.guidance, watch)
    states[-1] = pictures
    frames = np.stack([to_pixels(develop(state)) for state in states], 1)
    return to_pixels(pictures), frames


def develop(state: Tensor) -> Tensor:
    """Bring a noisy state into [-1, 1]: noise of three deviations would burn out."""
    deviation = state.std((1, 2, 3), keepdim=True)
    return (state / (deviation / 0.5).clamp(min=1)).clamp(-1, 1)


def choose_prompt(seed: int, number: int, prompts: list[dict[str, Any]]) -> dict[str, Any]:
    """What card ``number`` asks for: a training caption, none twice before all were asked."""
    if not prompts:
        return {"text": None, "tags": {}}
    round_, place = divmod(number - 1, len(prompts))
    order = np.random.default_rng(derive_seed("prompts", seed, round_)).permutation(len(prompts))
    return prompts[int(order[place])]


def encode(model: Model, asked: Sequence[dict[str, Any]]) -> Tensor:
    """Conditions (N, words + ALTERATIONS) of prompts {"text", "tags"}."""
    names = [tokens_of(model.vocabulary, row["text"], row["tags"]) for row in asked]
    words = np.stack([model.vocabulary.encode(tokens) for tokens in names])
    return torch.cat([torch.from_numpy(words), torch.zeros(len(asked), ALTERATIONS)], 1)


def describe(
    model: Model, asked: dict[str, Any], condition: Tensor, picture: np.ndarray
) -> dict[str, Any]:
    """The caption, traits and hour of a picture: what it was asked to show, else what is seen."""
    image = as_images(picture[None])[0]
    measured = caption_picture(image)
    hour = str(asked["tags"].get("hour", "")) or hour_of(image)
    if asked["text"] and bool(condition.any()) and model.facts["recipe"] != "ddpm":
        traits = {**measured.traits, **asked["tags"]}
        return {
            "text": asked["text"],
            "prompt": asked["text"],
            "traits": traits,
            "hour": hour,
            "how": "asked",
        }
    return {
        "text": measured.text,
        "traits": measured.traits,
        "hour": hour_of(image),
        "how": "measured",
    }


def publish(
    settings: Settings, folder: Path, number: int, picture: np.ndarray, frames: np.ndarray
) -> dict[str, Any]:
    """Write one picture at the postcard's size, and its frames as a strip; the files' names."""
    name = f"beast-{number:03d}"
    side = settings.pictures.postcard
    with replacing(folder / f"{name}.png") as temporary:
        enlarge(refine(picture), side).save(temporary)
    strip = Image.fromarray(np.concatenate(list(frames.transpose(0, 2, 3, 1)), 1))
    with replacing(folder / f"{name}.frames.webp") as temporary:
        strip.save(temporary, quality=82, method=4)
    return {"file_name": f"{name}.png", "frames": f"{name}.frames.webp"}


def enlarge(picture: Image.Image, side: int) -> Image.Image:
    """``picture`` at ``side`` pixels."""
    if picture.size == (side, side):
        return picture
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def record(folder: Path, rows: dict[int, dict[str, Any]]) -> None:
    """Write metadata.jsonl, with the rows of earlier runs whose pictures still lie there."""
    path = folder / "metadata.jsonl"
    named = {
        row["file_name"]: row for row in read_rows(path) if (folder / row["file_name"]).is_file()
    }
    named |= {row["file_name"]: row for row in rows.values()}
    lines = [json.dumps(named[name], ensure_ascii=False) for name in sorted(named)]
    write_text(path, "".join(f"{line}\n" for line in lines))


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a metadata.jsonl; damaged lines are passed over, since they are made again."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and "file_name" in row:
                yield row
