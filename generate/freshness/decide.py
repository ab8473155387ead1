"""What decides each product, and so its key.

A key is the digest of what version 0.1.0 hashed. Only what is otherwise than it could be in that
version is added: a raised revision, a new setting that is not at its default. So cards stay fresh
when the project learns something new.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from generate.cards import Bundle
from generate.errors import Refusal
from generate.freshness.methods import METHODS, list_revised
from generate.pictures.families.registry import find_spec
from generate.pictures.model_folder import digest_model, find_starter
from generate.recipe import Recipe, digest, digest_file, digest_folder
from generate.section import Section
from generate.settings import Pictures, Settings
from generate.sounds.settings import EMBODIED, MODELS, RECORDED

# The settings that 0.1.0 had, where they decide something.
PICTURES = (
    *("source", "examples", "size", "recipe", "minutes", "exposures", "start", "guidance", "steps"),
    *("candidates", "mirror", "rotation", "jitter", "held_out", "postcard", "frames", "batch"),
)
PHRASES = ("writer", "mode", "mood", "model", "base_url", "temperature", "top_p")
SOUNDS = ("engine", "loudness")
STABLE_AUDIO = ("model", "prompts", "negative_prompt", "seconds", "steps", "candidates")
# And those that decide nothing of a card.
CALLING = ("timeout", "retries", "max_tokens", "notes")
BESIDE = ("folder", "ambience", "bed_loudness", "mixed", "guidance", "dtype", "offload", "enhance")
# What training depends on, of the picture settings; the others are for sampling and publishing.
TRAINING = ("recipe", "minutes", "size", "rotation", "jitter")
# These as well, where they are given.
GIVEN = ("exposures", "batch", "mirror")
# How a person's own pictures are read, where it is not as usual.
OWN_PICTURES = ("crop", "regions", "split", "clean")
# How pictures become strokes, for recipes that learn those.
STROKES = 1
# The field guide's code as 0.1.0 hashed it: part of its data's key, whatever the code is now.
DRAWING = "71be804e81d1ac604a32c8012dbc14233dfff7e14f65689db68d4907eba2bdf9"


def list_new(section: Section, known: tuple[str, ...]) -> dict[str, Any]:
    """Settings of ``section`` beside those ``known`` that are not at their defaults, by name.

    Of the families' own tables, [pictures.NAME], that of the chosen recipe counts alone.
    """
    now, usual = section.model_dump(mode="json"), type(section)().model_dump(mode="json")
    found = {name: now[name] for name in now.keys() - {*known} if now[name] != usual[name]}
    if isinstance(section, Pictures):
        own = section.own.model_dump(mode="json", exclude_defaults=True)
        found |= {f"{section.recipe}.{name}": value for name, value in own.items()}
    return found


def list_training(settings: Settings, *methods: str) -> dict[str, Any]:
    """`list_revised` of what makes the training pictures, and of ``methods`` after it."""
    drawn = settings.pictures.source == "field-guide"
    return list_revised("training set", *["field guide"] * drawn, *methods)


def decide_dataset(settings: Settings) -> Recipe:
    """What decides the training set: source and its content, size, seed where it is drawn."""
    asked = settings.pictures
    relevant: dict[str, Any] = {"source": asked.source, "size": asked.size, "held": asked.held_out}
    inputs: dict[str, str] = {}
    path = settings.home / asked.source
    seed = 0
    if asked.source == "field-guide":
        relevant["examples"] = asked.examples
        seed = settings.seed
        inputs["drawing"] = DRAWING
    elif path.is_dir():
        inputs["source"] = digest_folder(path)
    elif path.is_file():
        inputs["source"] = digest_file(path)
    else:
        relevant["examples"] = asked.examples
    if find_spec(asked.recipe).strokes:
        relevant["strokes"] = STROKES
    if asked.captions:
        relevant |= {"captions": asked.captions, "confidence": settings.captioner.confidence}
        if found := digest_path(settings.home / asked.captions):
            inputs["captions"] = found
    if asked.source != "field-guide":
        from generate.pictures.data.folders import decide_reading  # light, but not as light as this

        relevant |= decide_reading(path, asked.names)
        usual = type(asked)()
        relevant |= {
            name: value
            for name in OWN_PICTURES
            if (value := getattr(asked, name)) != getattr(usual, name)
        }
    return Recipe("dataset", relevant, inputs, seed, list_training(settings))


def decide_model(settings: Settings) -> Recipe:
    """What decides the model: settings, training pictures, the weights it starts from, the seed."""
    asked = settings.pictures
    relevant = {name: getattr(asked, name) for name in TRAINING}
    relevant |= {name: value for name in GIVEN if (value := getattr(asked, name)) is not None}
    relevant |= {"start": asked.start, "revision": METHODS["trainer"][-1]}
    inputs = {"dataset": decide_dataset(settings).key}
    start = find_start(settings)
    if start is not None and start.is_dir():
        inputs["start"] = digest_model(start)
    if asked.model and (found := digest_path(settings.home / asked.model)):
        inputs["weights"] = found
    beyond = list_revised("trainer") | list_new(asked, PICTURES)
    return Recipe("model", relevant, inputs, settings.seed, beyond)


def find_start(settings: Settings) -> Path | None:
    """The folder of weights to begin from; None for "scratch" and for recipes that need none."""
    asked = settings.pictures
    if asked.start == "scratch" or not find_spec(asked.recipe).begins:
        return None
    if asked.start == "starter":
        return find_starter(asked.recipe)
    folder = settings.home / settings.pictures.start
    if folder.resolve() == (settings.work / "model").resolve():
        raise Refusal(
            f'pictures.from = "{settings.pictures.start}": that is where the trained model is '
            "written to; copy the folder elsewhere and name the copy"
        )
    return folder


def decide_picture(
    settings: Settings, number: int | None, wish: Mapping[str, Any] | None = None
) -> Recipe:
    """What decides the picture of card ``number``, whatever the count, and a person's ``wish`` for
    it; None for a card added by hand, whose wish alone decides.

    The weights that the project ships are not part of it: new ones leave published cards alone,
    unless the revision of the trainer or the refiner is raised with them.
    """
    asked = settings.pictures
    known = {name: value for name in PICTURES if (value := getattr(asked, name)) is not None}
    beyond = list_training(settings, "trainer", "sampler", "choice", "refiner")
    base = ["picture", METHODS["sampler"][-1], known, settings.seed, number]
    beyond |= list_new(asked, PICTURES) | dict(wish or {})
    return Recipe("picture", known, {}, settings.seed, beyond, base)


def decide_caption(picture: str | None, how: str) -> Recipe:
    """What decides the caption of a picture with this digest.

    ``how``: "asked", "measured" or "learned".
    """
    beyond = list_revised(f"{how} captions") if how in ("measured", "learned") else {}
    return Recipe("caption", {"how": how}, {"picture": str(picture)}, beyond=beyond)


def decide_phrase(settings: Settings, bundle: Bundle, language: str) -> Recipe:
    """What decides a phrase: writer, language, caption, hour, or the person's words."""
    asked, baseline, seed = settings.phrases, METHODS["phrase writer"][-1], bundle.seed
    beyond, inputs = list_revised("phrase writer"), {"language": language}
    if text := bundle.front.get("phrase"):
        base = ["phrase by hand", baseline, language, str(text)]
        return Recipe("phrase", {"phrase": str(text)}, inputs, seed, beyond, base)
    names = PHRASES if asked.writer == "openai" else ("writer", "mood")
    known = {name: getattr(asked, name) for name in names}
    if asked.writer == "learned":
        beyond |= list_revised("learned writer")
        corpus = settings.content / "corpus.txt"
        known["corpus"] = digest_file(corpus) if corpus.is_file() else ""
    subject = [bundle.subject.get(key) for key in ("caption", "traits", "hour")]
    inputs["caption"] = digest(subject)
    beyond |= list_new(asked, PHRASES + CALLING)
    base = ["phrase", baseline, known, language, seed, subject]
    return Recipe("phrase", known, inputs, seed, beyond, base)


def decide_notes(settings: Settings, bundle: Bundle, facts: list[Any]) -> Recipe:
    """What decides a field note: who writes it, and ``facts`` of what the card shows."""
    asked = settings.phrases
    names = [name for name in PHRASES if name not in ("mode", "mood")]
    known = {name: getattr(asked, name) for name in names}
    # No other writer tells of nature in English, so the built-in one does.
    known = known if asked.writer == "openai" else {"writer": "offline"}
    inputs, beyond = {"card": digest(facts)}, list_revised("field notes")
    base = ["notes", METHODS["field notes"][-1], known, bundle.seed, facts]
    return Recipe("notes", known, inputs, bundle.seed, beyond, base)


def decide_sound(settings: Settings, bundle: Bundle) -> Recipe:
    """What decides a sound: the engine's own settings, the phrase, the beast."""
    # Where engines are mixed, a card is as fresh as if all were made by its own.
    asked, seed = settings.sounds.of_card(bundle.number), bundle.seed
    names = SOUNDS + STABLE_AUDIO if asked.engine in MODELS else SOUNDS
    known: dict[str, Any] = {name: getattr(asked, name) for name in names}
    if asked.engine in RECORDED:
        known["recordings"] = read_recordings(settings)
    said = [bundle.card.get(key) for key in ("phrase", "mood")]
    about = [bundle.subject.get(key) for key in ("caption", "traits")]
    inputs = {"phrase": digest(said), "caption": digest(about)}
    embodied, learned = asked.engine in EMBODIED, asked.engine == "learned"
    beyond = list_revised("sound", *["voice"] * embodied, *["learned voice"] * learned)
    beyond |= list_new(asked, SOUNDS + STABLE_AUDIO + BESIDE)
    beyond |= asked.asked_beside
    if "room" in asked.asked_beside.get("enhance", ()):
        beyond["room"] = [bundle.subject.get("hour"), settings.seed]
    take = bundle.front.get("take_sound") or 1
    # Of models the first clip is not always the best, which is kept without a wish.
    if take > 1 or (asked.engine in MODELS and bundle.front.get("take_sound")):
        beyond["take_sound"] = take
    if learned:
        beyond["learnt with seed"] = settings.seed
    if embodied:
        beyond |= {f"voice.{name}": value for name, value in bundle.voice.items()}
    base = ["sound", METHODS["sound"][-1], known, seed, said + about]
    return Recipe("sound", known, inputs, seed, beyond, base)


def read_sources(settings: Settings) -> dict[str, str | None]:
    """Digests of a person's own pictures ("source"), weights to begin from ("start") and weights
    that are used as they are ("weights"), if they lie here."""
    asked, found = settings.pictures, {}
    own = asked.source != "field-guide"
    found["source"] = digest_path(settings.home / asked.source) if own else None
    if find_spec(asked.recipe).begins and asked.start not in ("starter", "scratch"):
        found["start"] = digest_path(settings.home / asked.start, digest_model)
    if asked.model:
        found["weights"] = digest_path(settings.home / asked.model)
    return found


def read_recordings(settings: Settings) -> str | None:
    """Digest of the folder of recordings, None where it is missing."""
    return digest_path(settings.home / settings.sounds.folder) if settings.sounds.folder else None


@lru_cache(maxsize=8)
def digest_path(path: Path, digest_inside: Callable[[Path], str] = digest_folder) -> str | None:
    """Digest of a file or folder, taken once a run."""
    if path.is_dir():
        return digest_inside(path)
    return digest_file(path) if path.is_file() else None
