"""Train every family on one training set for the same minutes, sample it, score what it drew.

Works in work/bench/; writes work/report/contest.json and contest.html. A family whose packages lack
here is left out and named. What is done is not done again: killed at any moment, the next call goes
on.
"""

from collections.abc import Callable, Sequence
from typing import Any

from generate.bench.comparison import name_set
from generate.bench.contest.contestants import SHIPPED, Contestant, list_contestants
from generate.bench.contest.page import record_contest, write_page
from generate.bench.contest.scores import measure_sets
from generate.bench.entrant import run_apart, run_entrant
from generate.bench.samples import FACTS
from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.data.dataset import build_dataset
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.families.registry import FAMILIES, find_spec
from generate.recipe import digest
from generate.settings import Settings

MINUTES, SAMPLES = 5.0, 48


def run_contest(
    settings: Settings,
    source: str | None = None,
    minutes: float | None = None,
    families: Sequence[str] = (),
    samples: int = SAMPLES,
    record: bool = False,
    run: Callable[..., None] = run_apart,
) -> dict[str, Any]:
    """Run what has not been run yet, write the report, and return it.

    source: a folder, a zip or "field-guide"; the jungle's own pictures if left out. families: names
    of recipes; all that train if left out. With ``record`` the table also goes to docs/comparison/.
    Raises `Refusal` for a family or a set that is not there, and where no family could be run.
    """
    source, minutes = source or settings.pictures.source, minutes or MINUTES
    specs = [find_spec(name) for name in families] or list(FAMILIES.values())
    if untrained := [spec.name for spec in specs if not spec.trains and families]:
        raise Refusal(
            f"contest: {untrained[0]} draws with a model that others trained; leave it out"
        )
    specs = [spec for spec in specs if spec.trains]
    name = FIELD_GUIDE if source == FIELD_GUIDE else name_set(settings.home / source)
    place = f"contest-{name}-{digest([source, minutes, samples])[:6]}"
    contestants = list_contestants(settings, source, place, specs, minutes, samples)
    left_out: dict[str, str] = {}
    for number, one in enumerate(contestants, 1):
        print(f"contest   {number} of {len(contestants)}: {one.name}", flush=True)
        try:
            build_dataset(one.settings)
            run(run_entrant, one.settings, one.entrant, one.home)
        except Refusal as refusal:
            left_out[one.name] = str(refusal)
            print(f"contest   left out: {one.name}: {refusal}", flush=True)
    done = [one for one in contestants if one.name not in left_out]
    if not done:
        raise Refusal(f"contest: no family could be run ({next(iter(left_out.values()))})")
    report = {
        "training set": name,
        "minutes": minutes,
        "samples": samples,
        "facts": {one.name: tell_facts(one) for one in done},
        "started": [one.name for one in done if one.entrant.start == SHIPPED],
        **measure_sets(done, samples),
        "left out": left_out,
    }
    folder = settings.work / "report"
    write_json(folder / "contest.json", report)
    write_page(folder / "contest.html", report, done)
    print(f"contest   {folder / 'contest.html'}", flush=True)
    if record:
        record_contest(settings.home / "docs" / "comparison", f"families-{name}", report, done)
    return report


def tell_facts(one: Contestant) -> dict[str, Any]:
    """What was recorded of a contestant's run, and how long published ones of its kind were."""
    facts: dict[str, Any] = read_json(one.home / FACTS)
    return facts | {"published": one.spec.published, "published by": one.spec.published_by}
