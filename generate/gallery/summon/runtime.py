"""onnxruntime-web, a pinned copy: where its files lie, and that they are what they should be.

There is no Python package that carries them. The copy is its smallest build, WASM alone, and runs
with one thread, since static hosts do not send the headers that threads need.
"""

import gzip
from pathlib import Path

from generate.errors import Refusal
from generate.recipe import digest_bytes

VERSION = "1.30.0"
RUNTIME = Path(__file__).parent / "runtime"
# The files of the npm package, in its dist/, with the SHA-256 of each.
PROGRAM, WASM = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
PINNED = {
    PROGRAM: "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    WASM: "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}


def read_runtime(name: str) -> bytes:
    """One of the files, as npm has it. Raises `Refusal` if it is missing or altered."""
    path = find_runtime(name)
    try:
        data = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, ValueError):
        data = b""
    if digest_bytes(data) != PINNED[name]:
        raise Refusal(f"{path}: missing or altered; install the program again")
    return data


def find_runtime(name: str) -> Path:
    """Where one of the files lies, compressed."""
    return RUNTIME / f"{name}.gz"
