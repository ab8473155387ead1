"""The shipped graphs: which one a network has."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generate.recipe import digest

GRAPHS = Path(__file__).parent / "graphs"
REFINER = "refiner"  # the name of the second stage, whose weights lie in its graph


def name_graph(config: Mapping[str, Any]) -> str:
    """The name of the graph of the network that ``config`` (config.json) describes."""
    # Keys that begin with "_" tell where the network came from; dropout is for training.
    kept = {key: config[key] for key in config if not key.startswith("_") and key != "dropout"}
    return digest(kept)[:16]


def read_graph(name: str) -> bytes | None:
    """The graph of this name, without its weights; None where none is shipped."""
    path = GRAPHS / f"{name}.onnx.gz"
    return gzip.decompress(path.read_bytes()) if path.is_file() else None


def read_order(name: str) -> list[tuple[str, list[int], bool]]:
    """[(weight, its shape in the graph, whether it is transposed there)], one after the other."""
    rows = json.loads((GRAPHS / f"{name}.json").read_text(encoding="utf-8"))
    return [(weight, shape, turned) for weight, shape, turned in rows]
