"""Make a word of favourites: content/words/NAME/ holds them, and the model learns it of them."""

import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from generate.errors import Refusal
from generate.files import write_bytes
from generate.keeping.steps import recorded
from generate.phrases.language.file import make_or_read_language
from generate.phrases.writing.naming import name_beast
from generate.phrases.writing.subject import read_subject
from generate.pictures.data.pixels import make_plain, open_image
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.registry import find_spec
from generate.pictures.wording.words import FILE, LEAST, MOST, NAME, find_common, read_known
from generate.recipe import derive_seed
from generate.settings import Settings

# Side of a favourite that is kept, at most; letters of a name.
SIDE, LONGEST = 256, 30
# Names of the language that are tried.
TRIES = 50


@dataclass(frozen=True)
class Favourite:
    """A picture that is liked, and the words {token: group} that it shows."""

    picture: Path
    shows: dict[str, str]


def add_word(settings: Settings, favourites: list[Favourite], name: str | None) -> str:
    """Write a word of ``favourites`` (the last 48 of them); its name, in the jungle's language.

    A step that `undo_step` takes back. `Refusal`, before anything is written, for fewer than five,
    for a ``name`` that is taken or is no word, and for recipes that learn none.
    """
    spec = find_spec(settings.pictures.recipe)
    if not spec.learns_words:
        raise Refusal(f'the "{spec.name}" recipe cannot learn a word')
    if len(favourites) < LEAST:
        raise Refusal(f"a word needs {LEAST} favourites, there are {len(favourites)}; mark more")
    favourites = favourites[-MOST:]
    vocabulary = read_known(settings.work / "model")
    held = find_common([one.shows for one in favourites])
    traits = {group: max(shares, key=lambda t: shares[t]) for group, shares in held.items()}
    if name is None:
        name = find_name(settings, vocabulary, traits, len(favourites))
    else:
        name = name.strip().casefold()
        require_free(settings, vocabulary, name)
    folder = settings.content / "words" / name
    files = {
        folder / f"{place}.png": reduce(one.picture) for place, one in enumerate(favourites, 1)
    }
    meaning = f"what you like: {', '.join(traits.values())}" if traits else "what you like"
    rows = [f'name = "{name}"', f'meaning = "{meaning}"']
    for path, one in zip(files, favourites, strict=True):
        shows = ", ".join(f'"{token}" = "{group}"' for token, group in one.shows.items())
        rows += ["", "[[favourites]]", f'picture = "{path.name}"', f"shows = {{ {shows} }}"]
    folder.mkdir(parents=True, exist_ok=True)
    with recorded(settings.home, f"the word {name}", [folder / FILE, *files]):
        for path, data in files.items():
            write_bytes(path, data)
        write_bytes(folder / FILE, ("\n".join(rows) + "\n").encode())
    return name


def find_name(
    settings: Settings, vocabulary: Vocabulary, traits: dict[str, str], count: int
) -> str:
    """A name in the jungle's language that says what the favourites share."""
    language = make_or_read_language(settings, write=False)
    for number in range(TRIES):
        seed = derive_seed("a word", settings.seed, sorted(traits.items()), count, number)
        subject = read_subject("", traits, traits.get("hour", "day"), seed)
        name = name_beast(language, subject, seed, set(), Counter()).form.casefold()
        if NAME.fullmatch(name) and is_free(settings, vocabulary, name):
            return name
    raise Refusal("no name of the language is free; give the word one of your own")


def is_free(settings: Settings, vocabulary: Vocabulary, name: str) -> bool:
    """Whether a name means nothing yet."""
    found, _ = vocabulary.find(name)
    return not found and not (settings.content / "words" / name / FILE).exists()


def require_free(settings: Settings, vocabulary: Vocabulary, name: str) -> None:
    """Raise `Refusal` for a name that is no word, or means something already."""
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise Refusal(f"a word has letters alone, {LONGEST} at most")
    if not is_free(settings, vocabulary, name):
        raise Refusal(f"{name} means something already; choose another name")


def reduce(path: Path) -> bytes:
    """A picture as PNG, `SIDE` pixels at most."""
    with open_image(path) as opened:
        picture = make_plain(opened).convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
