"""Measure ours against a baseline, side by side: work/bench.json, a table and a grid.

Pictures against the classic recipe (costs, and quality after the same minutes from scratch), the
gallery against a bare encoder and sigal.
"""

from typing import Any

from generate.files import write_json
from generate.pictures.families import registry
from generate.settings import Settings

# Minutes that either recipe learns for; pictures drawn to learn from; pictures of each compared.
MINUTES, DRAWN, SAMPLES, DDIM = 2.0, 640, 64, 20


def run_bench(settings: Settings, minutes: float | None = None) -> list[dict[str, Any]]:
    """Measure, write work/bench.json and work/report/bench.png, print the table, return its rows.

    A row holds name, baseline, ours, ratio (how many times less ours takes), spread (the least and
    the greatest ratio of the rounds, where there are rounds) and unit.
    """
    from generate.bench.gallery import measure_gallery
    from generate.bench.turns import measure_costs

    rows = measure_costs(settings)
    rows += measure_quality(settings, minutes or MINUTES)
    rows += measure_gallery()
    write_json(settings.work / "bench.json", rows)
    for row in rows:
        spread = "–".join(f"{end:g}" for end in row.get("spread", []))
        print(
            f"{row['name']:<44} baseline {row['baseline']:>9} {row['unit']:<6}"
            f" ours {row['ours']:>9} {row['unit']:<6} ratio {row['ratio']:<7} {spread}"
        )
    return rows


def measure_quality(settings: Settings, minutes: float) -> list[dict[str, Any]]:
    """KID of both recipes after the same minutes on the field guide, a row for each extractor."""
    from generate.bench.comparison import CLASSIC, OURS, Contest, draw_grid, fight, settle
    from generate.bench.entrant import Entrant
    from generate.pictures.data.source import FIELD_GUIDE

    entrants = {
        CLASSIC: Entrant(registry.CLASSIC, minutes, None, SAMPLES, DDIM),
        OURS: Entrant(registry.DEFAULT, minutes, None, SAMPLES, settings.pictures.steps),
    }
    contest = Contest(FIELD_GUIDE, settle(settings, FIELD_GUIDE, "quick", DRAWN), entrants)
    report = fight(contest)
    draw_grid(settings.work / "report" / "bench.png", contest)
    rows = []
    for extractor, found in report["KID"].items():
        baseline, ours = found[CLASSIC][0], found[OURS][0]
        rows.append(
            {
                "name": f"KID after {minutes:g} minutes, features {extractor}",
                "baseline": baseline,
                "ours": ours,
                "ratio": round(baseline / ours, 2),
                "held-out": found["held-out pictures"][0],
                "unit": "",
            }
        )
    return rows
