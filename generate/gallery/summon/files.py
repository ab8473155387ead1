"""List the files that a browser fetches to summon: program, graph and weights, and their sizes."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from generate.errors import Refusal
from generate.gallery.incremental.ledger import Ledger, make_key
from generate.gallery.incremental.outputs import Output
from generate.gallery.summon.runtime import PROGRAM, VERSION, WASM, find_runtime, read_runtime
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.model_folder import read_facts
from generate.pictures.summoning.model import Portable, cut, open_portable
from generate.pictures.summoning.parts import PARTS
from generate.recipe import digest_bytes
from generate.settings import FILE, Settings

# All that a browser fetches lies in this folder; the service worker leaves it to the page.
FOLDER = "summon"
# Scripts and styles of the page, which a site without it does not have.
NAMES = "summon.css summon.js words.js paint.js christen.js conjure.js cross.js inherit.js"
ASSETS = tuple(f"assets/{name}" for name in NAMES.split())


@dataclass(frozen=True)
class Summoning:
    """A model that visitors can summon from.

    ``key`` is the model's digest in links. ``files`` are rows [kind, path below site/, bytes,
    SHA-256], in the order in which they are fetched. ``sayings`` are what beasts are called and
    say, as JSON, if the jungle has a language.
    """

    portable: Portable
    key: str
    files: list[list[Any]]
    sayings: str = ""

    @property
    def megabytes(self) -> int:
        """What a browser fetches in all, in MB."""
        return round(sum(size for _, _, size, _ in self.files) / 1e6)

    def tell(self) -> dict[str, Any]:
        """What the page's script must know."""
        return {"key": self.key, "files": self.files, **self.portable.facts}


def open_summoning(
    settings: Settings, ledger: Ledger, inputs: Mapping[str, str], base: str
) -> Summoning | None:
    """The model that the site is to be summoned from, None where there is none, or none is wanted.

    ``base`` is the digest of settings and code.

    Raises `Refusal` where ``[site] summon = true`` and there is none.
    """
    pictures, folder = settings.pictures, settings.work / "model"
    if settings.site.summon is False:
        return None
    sources = {pictures.source, read_facts(folder).get("source")}
    if settings.site.summon is None and sources != {FIELD_GUIDE}:
        # Its weights and words are of a person's own pictures: only they may publish them.
        return None
    portable = open_portable(folder, pictures.steps, pictures.guidance)
    if isinstance(portable, str):
        if settings.site.summon:
            raise Refusal(f"{FILE}: site.summon = true: {portable}; take the line out, or false")
        return None
    found = {part: inputs.get(f"model/{part}", "") for part in PARTS}
    key = portable.sign(found)
    made = make_key(key, VERSION)
    files = ledger.recall("summon", made)
    if files is None:
        files = list(list_files(portable))
        ledger.record("summon", made, files)
    spoken = inputs.get("language.toml")
    if not spoken:
        return Summoning(portable, key, files)
    told = make_key(base, spoken, portable.facts["tokens"])
    sayings = ledger.recall("sayings", told)
    if sayings is None:
        from generate.gallery.summon.sayings import write_sayings
        from generate.phrases.language.file import read_language

        language = read_language(settings.content / "language.toml")
        facts = portable.facts
        sayings = write_sayings(language, facts["tokens"], facts["groups"]).decode()
        ledger.record("sayings", told, sayings)
    spoken_row = row("sayings", "sayings.{}.json", sayings.encode())
    return Summoning(portable, key, [*files, spoken_row], sayings)


def list_files(portable: Portable) -> Iterator[list[Any]]:
    """The rows of `Summoning.files`."""
    graph, refiner = pack(portable.graph), pack(portable.refiner)
    yield row("program", "ort.{}.js", read_runtime(PROGRAM))
    yield row("wasm", "ort.{}.wasm.gz", find_runtime(WASM).read_bytes())
    yield row("graph", "graph.{}.onnx.gz", graph)
    yield row("refiner", "refiner.{}.onnx.gz", refiner)
    for number, part in enumerate(cut(portable.read_weights())):
        yield row("weights", f"weights-{number}.{{}}.bin", part)


def row(kind: str, name: str, data: bytes) -> list[Any]:
    """One row of `Summoning.files`; the name holds ten digits of the digest."""
    found = digest_bytes(data)
    return [kind, f"{FOLDER}/{name.format(found[:10])}", len(data), found]


def plan_summoning(summoning: Summoning) -> Iterator[Output]:
    """The files of ``summoning`` as outputs, with the licence of the program."""
    portable = summoning.portable
    parts = cache(lambda: cut(portable.read_weights()))
    makers: dict[str, Callable[[], str | bytes]] = {
        "sayings": lambda: summoning.sayings,
        "program": partial(read_runtime, PROGRAM),
        "wasm": read_wasm,
        "graph": partial(pack, portable.graph),
        "refiner": partial(pack, portable.refiner),
    }
    number = 0
    for kind, path, _, found in summoning.files:
        if kind == "weights":
            yield Output(path, found, partial(take, parts, number))
            number += 1
        else:
            yield Output(path, found, makers[kind])
    licence = find_runtime(WASM).with_name("LICENSE.txt").read_bytes()
    yield Output(f"{FOLDER}/LICENSE.txt", digest_bytes(licence), lambda: licence)


def pack(data: bytes) -> bytes:
    """``data`` compressed, always to the same bytes."""
    return gzip.compress(data, 9, mtime=0)


def take(parts: Any, number: int) -> bytes:
    """One of the ``parts``, which are made when the first one is wanted."""
    found: bytes = parts()[number]
    return found


def read_wasm() -> bytes:
    """The program's WASM, compressed, once its digest is checked."""
    read_runtime(WASM)
    return find_runtime(WASM).read_bytes()
