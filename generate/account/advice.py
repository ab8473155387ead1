"""What would improve a jungle, derived from its own figures, with the line to change.

Each rule looks at recorded figures alone, and says nothing where they are missing or well. How far
a figure lies from where it should be decides the order.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from generate.account.facts import Count, Fact, find, show
from generate.account.plain import plain
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.families.registry import FAMILIES
from generate.settings import Settings
from generate.sounds.judging.judge import MUSIC

# A class with less than this share of the median class is seldom learnt; a set below FEW pictures
# is soon known by heart.
RARE, FEW = 1 / 4, 100
# Cards with less than this share of the training pictures' saturation look grey.
GREY = 0.8


@dataclass(frozen=True)
class Advice:
    """What was measured, in Markdown, and the line of content/jungle.toml to change, below
    ``table``; ``weight`` is how far the figure is from where it should be, 0 at the limit."""

    weight: float
    told: str
    table: str
    line: str


@dataclass(frozen=True)
class Evidence:
    """All facts that advice is derived from."""

    settings: Settings
    data: Sequence[Fact] = ()
    model: Sequence[Fact] = ()
    pictures: Sequence[Fact] = ()
    sounds: Sequence[Fact] = ()
    classes: Count | None = None
    engines: Count | None = None
    writers: Count | None = None


Rule = Callable[[Evidence], Iterator[Advice]]


def list_advice(evidence: Evidence, most: int = 6) -> list[Advice]:
    """The most pressing advice first, one for each line that is to be changed."""
    found = [advice for rule in RULES for advice in rule(evidence)]
    found.sort(key=lambda advice: -advice.weight)
    first: dict[tuple[str, str], Advice] = {}
    for advice in found:
        first.setdefault((advice.table, advice.line.split("=")[0].strip()), advice)
    return list(first.values())[:most]


def advise_exposures(evidence: Evidence) -> Iterator[Advice]:
    """Too few pictures seen for the recipe."""
    seen, recipe = find(evidence.model, "pictures seen"), find(evidence.model, "recipe")
    steps = find(evidence.model, "steps taken") or find(evidence.model, "steps")
    pictures = find(evidence.data, "learnt from, of these")
    if not seen or not steps:
        return
    spec = FAMILIES.get(str(recipe))
    own = evidence.settings.pictures.source != FIELD_GUIDE
    if spec is None:
        return
    if seen <= spec.too_few:
        wanted = 4.0 * spec.too_few / seen
        why = f"{show(spec.too_few)} were still too few when this recipe was tried"
    elif pictures and seen < spec.least_epochs * pictures:
        wanted = spec.least_epochs * pictures / seen
        why = f"its usual run shows each of {show(pictures)} pictures {spec.least_epochs} times"
    elif own and steps < spec.least_steps:
        # The field guide's own starter knows these pictures already.
        wanted = spec.least_steps / steps
        why = f"they made {show(steps)} steps, where {show(spec.least_steps)} are wanted at least"
    else:
        return
    told = f"The model saw {show(seen)} pictures; {why}."
    yield Advice(math.log2(max(wanted, 1.01)), told, "[pictures]", lengthen(evidence, wanted))


def lengthen(evidence: Evidence, times: float) -> str:
    """The line that makes a run about ``times`` as long."""
    asked = evidence.settings.pictures
    if asked.exposures:
        return f"exposures = {math.ceil(asked.exposures * times)}"
    minutes = asked.minutes or (find(evidence.model, "training took") or 60) / 60
    return f"minutes = {float(max(1, math.ceil(minutes * times)))}"


def advise_device(evidence: Evidence) -> Iterator[Advice]:
    """A processor, where a GPU would show many more pictures in the same time."""
    seen, took = find(evidence.model, "pictures seen"), find(evidence.model, "training took")
    if find(evidence.model, "computed on") != "cpu" or not seen or not took:
        return
    rate = round(60 * seen / took)
    told = (
        f"It learnt on a processor, {show(rate)} pictures a minute. A GPU shows many times as many "
        "in the same minutes; the settings need no change, and there is time for larger pictures."
    )
    side = min(512, 32 * (evidence.settings.pictures.size // 32 + 1))
    yield Advice(0.5, told, "[pictures]", f"size = {side}")


def advise_colour(evidence: Evidence) -> Iterator[Advice]:
    """Grey pictures."""
    share = find(evidence.pictures, "saturation, over that of the training pictures")
    if share is None or share >= GREY:
        return
    told = f"The cards have {show(share)} of the colour of the training pictures: they are grey."
    # A stricter guidance brings colour; where it is strict already, the run was too short.
    now = evidence.settings.pictures.guidance
    line = f"guidance = {now + 1}" if now < 4 else lengthen(evidence, 2.0)
    yield Advice(4 * (GREY - share) / GREY, told, "[pictures]", line)


def advise_classes(evidence: Evidence) -> Iterator[Advice]:
    """One class too rare, or too few pictures in all."""
    source = evidence.settings.pictures.source
    pictures = find(evidence.data, "pictures")
    line = f"examples = {4 * evidence.settings.pictures.examples}"
    if source != FIELD_GUIDE and (evidence.settings.home / source).exists():
        # The site names a person's own folder only where it may.
        named = quote(source) if evidence.settings.site.show_sources else '"…"'
        line = f"source = {named}   # add pictures there"
    if evidence.classes and len(evidence.classes.counts) > 2:
        counts = sorted(evidence.classes.counts.items(), key=lambda pair: pair[1])
        name, fewest = counts[0]
        usual = counts[len(counts) // 2][1]
        if fewest < RARE * usual:
            told = f"{plain(name)} is rare: {show(fewest)} pictures, where a class usually has "
            told += f"{show(usual)}."
            yield Advice(math.log2(RARE * usual / fewest) + 0.8, told, "[pictures]", line)
    if pictures and pictures < FEW:
        told = f"{show(pictures)} pictures are few: the model soon knows them by heart."
        yield Advice(math.log2(FEW / pictures) + 0.6, told, "[pictures]", line)


def advise_copies(evidence: Evidence) -> Iterator[Advice]:
    """Cards that are near copies of training pictures."""
    copies = find(evidence.pictures, "near copies of a training picture")
    drawn = find(evidence.pictures, "drawn by the model")
    if not copies or not drawn or copies < drawn / 20:
        return
    told = f"{show(copies)} of {show(drawn)} pictures nearly are training pictures."
    candidates = evidence.settings.pictures.candidates
    line = f"candidates = {min(16, 2 * candidates + 1)}"
    yield Advice(1.0 + 2 * copies / drawn, told, "[pictures]", line)


def advise_choice(evidence: Evidence) -> Iterator[Advice]:
    """One candidate, so no choice."""
    if evidence.settings.pictures.candidates == 1 and find(evidence.pictures, "drawn by the model"):
        told = "Each card got the only picture that was drawn for it."
        yield Advice(0.4, told, "[pictures]", "candidates = 3")


def advise_music(evidence: Evidence) -> Iterator[Advice]:
    """Prompts that gave music."""
    music = find(evidence.sounds, "likeness to music of the kept clip")
    if music is None or music < MUSIC:
        return
    told = (
        f"The clips that were kept are like music: their likeness to it is {show(music)}, where "
        f"{show(MUSIC)} is much."
    )
    now = round(find(evidence.sounds, "candidates for each sound") or 4)
    line = f"candidates = {min(16, 2 * now)}" if now < 16 else 'engine = "voice"'
    yield Advice(2 * music / MUSIC, told, "[sounds]", line)


def advise_loudness(evidence: Evidence) -> Iterator[Advice]:
    """Sounds that their peaks keep from being as loud as asked for."""
    held = find(evidence.sounds, "held down by their peak")
    made = sum(evidence.engines.counts.values()) if evidence.engines else 0
    if not held or held < made / 10:
        return
    told = f"{show(held)} of {show(made)} sounds are held down by their peaks."
    line = f"loudness = {evidence.settings.sounds.loudness - 3}"
    yield Advice(0.3 + held / made, told, "[sounds]", line)


def advise_words(evidence: Evidence) -> Iterator[Advice]:
    """A chat server that was asked for and did not answer."""
    wanted = evidence.settings.phrases.writer
    stood_in = evidence.writers.counts.get("offline", 0) if evidence.writers else 0
    if wanted == "openai" and stood_in:
        told = f"The built-in writer stood in for the server on {show(stood_in)} cards."
        retries = min(20, 2 * evidence.settings.phrases.retries + 1)
        yield Advice(0.7, told, "[phrases]", f"retries = {retries}")


def quote(text: str) -> str:
    """A string as TOML writes it."""
    signs = {"\\": "\\\\", '"': '\\"', "`": "\\u0060"}
    letters = (signs.get(x) or (x if x.isprintable() else f"\\U{ord(x):08x}") for x in text)
    return '"' + "".join(letters) + '"'


RULES: tuple[Rule, ...] = (
    advise_exposures,
    advise_device,
    advise_colour,
    advise_classes,
    advise_copies,
    advise_choice,
    advise_music,
    advise_loudness,
    advise_words,
)
