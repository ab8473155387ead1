"""The command line: python -m generate STAGE."""

import argparse
import gc
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from generate.errors import Refusal
from generate.keys import list_secrets
from generate.settings import Settings, read_settings
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
    from generate.pictures.refining.trainer import train_refiner
    from generate.pictures.training.starter import export_starter, train_starter

    if args.export:
        export_starter(settings)
    elif args.refiner:
        train_refiner(settings.work / "starter", minutes=settings.pictures.minutes or 5.0)
    else:
        train_starter(settings)


def needs(settings: Settings, args: argparse.Namespace) -> None:
    """print which packages a stage needs: light or model"""
    from generate.plan import needs_model

    print("model" if needs_model(settings, args.of, args.force, args.keep_going) else "light")


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
    )
}


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line, as every other refusal is."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with status 2."""
        print(f"error: {message}; see {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def at_least(least: int) -> Callable[[str], int]:
    """A reader of whole numbers from ``least`` on."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} on")
        return number

    return read


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = Parser(prog="python -m generate", description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("."), help="folder that holds content/")
    stages = parser.add_subparsers(dest="stage", metavar="STAGE", required=True)
    for name, function in STAGES.items():
        stage = stages.add_parser(name, help=function.__doc__, description=function.__doc__)
        if name == "needs":
            stage.add_argument("of", choices=["build", "sample", "phrases", "sounds"])
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
    return parser.parse_args(argv)


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
        STAGES[args.stage](read_settings(args.home, read_dials(args)), args)
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
    for name, secret in list_secrets().items():
        text = text.replace(secret, f"${name}")
    return " ".join(text.split())


if __name__ == "__main__":
    status = main()
    gc.freeze()  # nothing need be searched for garbage on the way out
    sys.exit(status)
