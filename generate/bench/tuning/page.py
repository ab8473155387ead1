"""Show a search: work/report/tuning.html, with Optuna's plots in it."""

import base64
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generate.bench.page import open_template
from generate.files import write_text

HERE = Path(__file__).parent


def write_page(path: Path, report: dict[str, Any], study: Any) -> None:
    """tuning.html, which needs no other file."""
    page = open_template(HERE / "tuning.html", True)
    searched = sorted({name for row in report["trials"] for name in row["values"]})
    plots = draw_plots(study)
    write_text(path, page.render(report=report, plots=plots, searched=searched))


def draw_plots(study: Any) -> dict[str, str]:
    """Optuna's plots by title, as data addresses. One that the trials do not allow is left out.

    Importance is that of PED-ANOVA (Watanabe et al., arXiv 2304.10255).
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from optuna.importance import PedAnovaImportanceEvaluator
    from optuna.visualization import matplotlib as shown

    drawings: dict[str, Callable[[], Any]] = {
        "History": lambda: shown.plot_optimization_history(study),
        "Which settings matter": lambda: shown.plot_param_importances(
            study, evaluator=PedAnovaImportanceEvaluator()
        ),
        "Slices": lambda: shown.plot_slice(study),
    }
    found = {}
    for title, draw in drawings.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                draw()
            buffer = io.BytesIO()
            pyplot.gcf().savefig(buffer, format="png", dpi=100, bbox_inches="tight")
            data = base64.b64encode(buffer.getvalue()).decode()
            found[title] = f"data:image/png;base64,{data}"
        except (ValueError, RuntimeError):
            pass  # importance needs several trials of different figures
        finally:
            pyplot.close("all")
    return found
