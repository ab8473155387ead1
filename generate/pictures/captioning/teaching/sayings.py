"""What is said of a drawing in training: all of it, or only what can still be seen of it."""

import random
from collections.abc import Mapping

from generate.pictures.fieldguide.captions import PHRASES, write_caption
from generate.words.english import choose_article

# Of the scenes, how many are told in brief, and how likely each fact is then left out.
BRIEF, LEFT_OUT = 0.2, 0.4
LOOKS = ("mood", "coat", "colour")
PLACES = ("habitat", "hour", "weather")


def say_scene(rng: random.Random, tags: Mapping[str, str]) -> str:
    """A caption of a whole drawing with all its ``tags``; sometimes a brief one."""
    if rng.random() >= BRIEF:
        return write_caption(rng, tags)
    kept = {
        group: token for group, token in tags.items() if group == "plan" or rng.random() >= LEFT_OUT
    }
    return say_brief(rng, kept)


def say_brief(rng: random.Random, tags: Mapping[str, str]) -> str:
    """A caption that names ``tags``, of which only the plan must be there."""
    said = {group: rng.choice(PHRASES[group][token]) for group, token in tags.items()}
    looks = [said[group] for group in LOOKS if group in said]
    if len(looks) == 3 and rng.random() < 0.35:
        looks = [looks[0], looks[2], looks[1]]
    subject = " ".join([*looks, said["plan"]])
    if "feature" in said:
        subject += f" {said['feature']}"
    place, hour, weather = (said.get(group) for group in PLACES)
    where = " ".join(part for part in (place, hour) if part)
    text = f"{choose_article(subject)} {subject} {where}".rstrip()
    if weather:
        text += f", {weather}" if where else f" {weather}"
    return f"{text[0].upper()}{text[1:]}."
