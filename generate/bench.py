"""Measure ours against a baseline, side by side: work/bench.json and a table.

Pictures against the classic recipe, the gallery against a bare encoder and sigal.

Each measurement runs in a fresh process, the two recipes in turn, twice; the better of two counts,
so that a passing load on the machine spoils neither.
"""

import multiprocessing
from typing import Any

from tqdm import tqdm

from generate.files import write_json
from generate.settings import Settings

RECIPES = {"baseline": "ddpm", "ours": "flow"}
ROUNDS = 2


def run_bench(settings: Settings) -> list[dict[str, Any]]:
    """Measure, write work/bench.json, print the table, and return its rows."""
    from generate.gallery.measure import measure_gallery
    from generate.pictures.measure import Cost, measure_recipe

    costs: dict[str, list[Cost]] = {name: [] for name in RECIPES}
    turns = [name for _ in range(ROUNDS) for name in RECIPES]
    asked = settings.pictures
    for name in tqdm(turns, "bench", unit="run"):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            task = (RECIPES[name], asked.steps, asked.guidance)
            costs[name].append(pool.apply(measure_recipe, task))
    rows = [
        compare("seconds per training picture", "s", costs, "training"),
        compare("seconds per finished picture", "s", costs, "finished"),
        compare("peak memory", "MiB", costs, "memory", 2**20),
        *measure_gallery(),
    ]
    write_json(settings.work / "bench.json", rows)
    for row in rows:
        print(
            f"{row['name']:<40} baseline {row['baseline']:>9} {row['unit']:<6}"
            f" ours {row['ours']:>9} {row['unit']:<6} ratio {row['ratio']}"
        )
    return rows


def compare(
    name: str, unit: str, costs: dict[str, list[Any]], field: str, scale: float = 1.0
) -> dict[str, Any]:
    """One row: the better of the rounds of each, and how many times less ours takes."""
    best = {who: min(getattr(cost, field) for cost in found) for who, found in costs.items()}
    return {
        "name": name,
        "baseline": round(best["baseline"] / scale, 4),
        "ours": round(best["ours"] / scale, 4),
        "ratio": round(best["baseline"] / best["ours"], 1),
        "unit": unit,
    }
