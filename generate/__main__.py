"""The command line: jungle STAGE, or python -m generate STAGE."""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from generate.command_line import Parser, at_least, spell_out
from generate.errors import Refusal
from generate.project.install import SETS, WEIGHED, install_packages, require_packages
from generate.settings import Settings, read_settings
from generate.shipped import require_clone
from generate.stops import polite_stops


def build(settings: Settings, args: argparse.Namespace) -> None:
    """make what is missing or stale, then render the site"""
    sounds(settings, args)
    site(settings, args)


def train(settings: Settings, args: argparse.Namespace) -> None:
    """draw or read the training pictures and train the image model"""
    from generate.pictures.training.stage import train_model

    train_model(settings)


def sample(settings: Settings, args: argparse.Namespace) -> list[Any]:
    """make the cards' pictures and captions"""
    from generate.build import build_pictures

    return build_pictures(settings, args.force, args.keep_going)


def beast(settings: Settings, args: argparse.Namespace) -> None:
    """draw one beast from words"""
    from generate.pictures.sampling.beast import draw_beast

    draw_beast(settings, args.prompt)


def phrases(settings: Settings, args: argparse.Namespace) -> list[Any]:
    """make the language and the cards' phrases"""
    from generate.build import build_phrases

    bundles = sample(settings, args)
    build_phrases(settings, bundles, args.force)
    return bundles


def sounds(settings: Settings, args: argparse.Namespace) -> None:
    """make and master the cards' sounds"""
    from generate.build import build_sounds

    build_sounds(settings, phrases(settings, args), args.force, report=args.stage == "sounds")


def site(settings: Settings, args: argparse.Namespace) -> None:
    """render site/ from the cards as they are"""
    from generate.gallery.site.render import render_site

    report = render_site(settings, keep_going=args.keep_going)
    print(f"{'site':<9} {report}", flush=True)


def serve(settings: Settings, args: argparse.Namespace) -> None:
    """preview the site and reload it at every change"""
    from generate.gallery.preview.server import serve_site

    serve_site(lambda: read_settings(args.home, read_dials(args)), args.port)


def audit(settings: Settings, args: argparse.Namespace) -> None:
    """check site/ for broken links, missing alt texts, foreign requests and secrets"""
    from generate.gallery.publishing.audit import require_fit

    print(f"{'audit':<9} {require_fit(settings)}", flush=True)


def publish(settings: Settings, args: argparse.Namespace) -> None:
    """put site/ on the gh-pages branch"""
    from generate.gallery.publishing.publish import publish_site

    publish_site(settings)


def evaluate(settings: Settings, args: argparse.Namespace) -> None:
    """judge the jungle's pictures, sounds and words, beside their anchors"""
    if args.train_extractor:
        require_clone("evaluate --train-extractor")
        from generate.evaluation.judge.trainer import train_extractor

        for group, share in train_extractor(settings).items():
            print(f"{'evaluate':<9} {group}: {share:.1%} of the drawings held out")
        return
    from generate.evaluation.stage import evaluate_jungle

    evaluate_jungle(settings)


def bench(settings: Settings, args: argparse.Namespace) -> None:
    """measure ours against the baseline, side by side"""
    if args.compare:
        from generate.bench.comparison import compare_recipes

        compare_recipes(settings, args.compare, args.minutes, args.updates, args.samples)
    elif args.experiments is not None:
        from generate.bench.experiments import run_experiments

        run_experiments(settings, args.experiments, args.exposures)
    else:
        from generate.bench import run_bench

        run_bench(settings, args.minutes)


def starter(settings: Settings, args: argparse.Namespace) -> None:
    """train the shipped starter weights, or export them as they stand"""
    require_clone("starter")
    from generate.pictures.refining.trainer import train_refiner
    from generate.pictures.training.starter import export_starter, train_starter

    if args.export:
        export_starter(settings)
    elif args.refiner:
        train_refiner(settings.work / "refiner", minutes=settings.pictures.minutes or 5.0)
    else:
        train_starter(settings)


def needs(settings: Settings, args: argparse.Namespace) -> None:
    """print which packages a stage needs: light or model"""
    from generate.plan import needs_model

    print("model" if needs_model(settings, args.of, args.force, args.keep_going) else "light")


def why(settings: Settings, args: argparse.Namespace) -> None:
    """say what is fresh or stale, of one card or of all, and because of what"""
    from generate.why import tell_why

    tell_why(settings, args.card, args.keep_going)


def new(args: argparse.Namespace) -> None:
    """write the folder of a new jungle: settings, first pages, a Makefile"""
    from generate.project.scaffold import create_jungle

    create_jungle(args.folder)
    print(f"{'new':<9} {args.folder}: go there and run make build (or jungle build)")


def install(args: argparse.Namespace) -> None:
    """install what rendering (light) or training (model) needs, at the versions tested"""
    install_packages(args.packages)


# These run outside of any jungle.
TOOLS: dict[str, Callable[[argparse.Namespace], None]] = {"new": new, "install": install}
STAGES: dict[str, Callable[[Settings, argparse.Namespace], Any]] = {
    stage.__name__: stage
    for stage in (
        build,
        train,
        sample,
        beast,
        phrases,
        sounds,
        site,
        serve,
        audit,
        publish,
        evaluate,
        bench,
        starter,
        needs,
        why,
    )
}


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    called = "jungle" if Path(sys.argv[0]).stem == "jungle" else "python -m generate"
    parser = Parser(prog=called, description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("."), help="folder that holds content/")
    parser.add_argument(
        "--install", action="store_true", help="install what the stage needs and is not there"
    )
    stages = parser.add_subparsers(dest="stage", metavar="STAGE", required=True)
    for name, tool in TOOLS.items():
        stages.add_parser(name, help=tool.__doc__, description=tool.__doc__)
    stages.choices["new"].add_argument("folder", type=Path, help="the folder to write")
    stages.choices["install"].add_argument("packages", choices=SETS)
    for name, function in STAGES.items():
        stage = stages.add_parser(name, help=function.__doc__, description=function.__doc__)
        if name == "needs":
            stage.add_argument("of", choices=WEIGHED)
        if name == "why":
            stage.add_argument("card", nargs="?", metavar="CARD", help="such as beast-003")
        stage.add_argument("--count", type=int, help="number of postcards")
        stage.add_argument("--minutes", type=float, help="minutes to train")
        stage.add_argument("--seed", type=int, help="seed of the jungle")
        stage.add_argument("--site-url", help="address the site will have")
        stage.add_argument(
            "--force", action="store_true", help="also replace what a person put in place"
        )
        stage.add_argument(
            "--keep-going", action="store_true", help="leave broken cards out instead of stopping"
        )
        if name == "beast":
            stage.add_argument("--prompt", required=True, help="what to draw")
        if name == "serve":
            stage.add_argument("--port", type=int, default=5500, help="port on this machine")
        if name == "bench":
            stage.add_argument(
                "--compare", metavar="SET", help='record a comparison on a folder or "field-guide"'
            )
            stage.add_argument(
                "--updates", type=at_least(1), default=640, help="updates of the classic recipe"
            )
            stage.add_argument(
                "--samples", type=at_least(2), default=200, help="pictures of each to judge"
            )
            stage.add_argument(
                "--experiments", nargs="*", metavar="NAME", help="try the recipe's open points"
            )
            stage.add_argument(
                "--exposures",
                type=at_least(64),
                default=8192,
                help="training pictures of an experiment",
            )
        if name == "evaluate":
            stage.add_argument(
                "--train-extractor", action="store_true", help="train the judge's own eye anew"
            )
        if name == "starter":
            stage.add_argument(
                "--export", action="store_true", help="write the weights as they are"
            )
            stage.add_argument(
                "--refiner", action="store_true", help="train the refiner of finished pictures"
            )
    words = sys.argv[1:] if argv is None else argv
    return parser.parse_args(spell_out(words, dict(stages.choices), parser))


def read_dials(args: argparse.Namespace) -> dict[str, Any]:
    """The settings given on the command line, by their dotted names."""
    named = {
        "count": args.count,
        "seed": args.seed,
        "pictures.minutes": args.minutes,
        "site.base_url": args.site_url,
    }
    return {name: value for name, value in named.items() if value is not None}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one stage; 0 if it went well, 1 with one clear line if not, 130 when interrupted."""
    args = parse_arguments(argv)
    # A polite stop (a closing terminal, a shutdown) should unwind like Ctrl-C and keep its files.
    for number in polite_stops():
        signal.signal(number, signal.default_int_handler)
    try:
        if args.stage in TOOLS:
            TOOLS[args.stage](args)
            return 0
        settings = read_settings(args.home, read_dials(args))
        require_packages(settings, args)
        STAGES[args.stage](settings, args)
    except Refusal as refusal:
        print(f"error: {redact(str(refusal))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; run the same command again to go on", file=sys.stderr)
        return 130
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"error: {place}{error.strerror or error}", file=sys.stderr)
        return 1
    return 0


def redact(text: str) -> str:
    """Take the values of secrets out of a line meant for the screen, and keep it one line."""
    for name in ("OPENAI_API_KEY", "HF_TOKEN"):
        if secret := os.environ.get(name):
            text = text.replace(secret, f"${name}")
    return " ".join(text.split())


def run() -> NoReturn:
    """The command `jungle`."""
    status = main()
    gc.freeze()  # nothing need be searched for garbage on the way out
    sys.exit(status)


if __name__ == "__main__":
    run()
