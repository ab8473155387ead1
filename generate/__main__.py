"""The command line: jungle STAGE, or python -m generate STAGE."""

import argparse
import gc
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from generate.command_line import Parser, at_least, read_dials, read_minutes, spell_out
from generate.errors import Refusal
from generate.project.install import SETS, WEIGHED, require_packages
from generate.project.tools import TOOLS
from generate.safety.secret_keys import list_secrets
from generate.settings import read_settings
from generate.stages import STAGES, hold_lock
from generate.stops import polite_stops

Options = dict[str, dict[str, Any]]
EVERY: Options = {
    "--count": {"type": int, "help": "number of postcards"},
    "--minutes": {"type": float, "help": "minutes to train"},
    "--recipe": {"help": "kind of image model"},
    "--seed": {"type": int, "help": "seed of the jungle"},
    "--site-url": {"help": "address the site will have"},
    "--force": {"action": "store_true", "help": "also replace what a person put in place"},
    "--keep-going": {"action": "store_true", "help": "leave broken cards out instead of stopping"},
}
OWN: dict[str, Options] = {
    "new": {"folder": {"type": Path, "help": "the folder to write"}},
    "install": {"packages": {"choices": SETS}},
    "needs": {"of": {"choices": WEIGHED}},
    "why": {"card": {"nargs": "?", "metavar": "CARD", "help": "such as beast-003"}},
    "train": {"--more": {"type": read_minutes, "help": "minutes to go on for, from where it is"}},
    "beast": {"--prompt": {"required": True, "help": "what to draw"}},
    "candidates": {"card": {"metavar": "CARD", "help": "such as 4, or beast-004"}},
    "card": {
        "--prompt": {"required": True, "help": "what to draw"},
        "--pick": {"type": at_least(1), "help": "its number on the sheet of beast"},
    },
    "cross": {
        "--a": {"required": True, "help": "a card, such as beast-007"},
        "--b": {"required": True, "help": "another one"},
        "--more-of": {"choices": ["a", "b"], "help": "which of the two to have more of"},
    },
    "find": {"--query": {"required": True, "help": "such as 'someone shy by the water'"}},
    "keep": {"card": {"nargs": "?", "metavar": "CARD", "help": "one card; all if left out"}},
    "walk": {
        "--from": {"required": True, "dest": "start", "help": "words, or a card such as beast-003"},
        "--to": {"required": True, "dest": "end", "help": "words, or a card"},
    },
    "restore": {
        "number": {"nargs": "?", "type": at_least(1), "metavar": "NUMBER", "help": "see the list"}
    },
    "caption": {"pictures": {"type": Path, "metavar": "PICTURES", "help": "their folder"}},
    "serve": {"--port": {"type": int, "default": 5500, "help": "port on this machine"}},
    "studio": {
        "--port": {"type": int, "default": 5500, "help": "port on this machine, or the next free"}
    },
    "bench": {
        "--compare": {"metavar": "SET", "help": 'record a comparison: a folder or "field-guide"'},
        "--updates": {"type": at_least(1), "default": 640, "help": "of the classic recipe"},
        "--samples": {"type": at_least(2), "default": 200, "help": "pictures of each to judge"},
        "--experiments": {"nargs": "*", "metavar": "NAME", "help": "try the recipe's open points"},
        "--exposures": {"type": at_least(64), "default": 8192, "help": "of an experiment"},
    },
    "contest": {
        "--source": {"metavar": "SET", "help": 'a folder, a zip or "field-guide"; else your own'},
        "--families": {
            "type": lambda said: said.replace(",", " ").split(),
            "metavar": "RECIPES",
            "help": 'only these, such as "gan dit"',
        },
        "--samples": {"type": at_least(2), "default": 48, "help": "pictures of each to judge"},
        "--record": {"action": "store_true", "help": "also write the table to docs/comparison/"},
    },
    "tune": {
        "--source": {"metavar": "SET", "help": 'a folder, a zip or "field-guide"; else your own'},
        "--trials": {"type": at_least(2), "default": 12, "help": "how many choices to try"},
        "--workers": {"type": at_least(1), "default": 1, "help": "processes that train at once"},
        "--by": {"choices": ["loss", "kid"], "help": "what judges; else what suits the recipe"},
        "--samples": {"type": at_least(8), "default": 48, "help": "pictures of each half for KID"},
    },
    "evaluate": {
        "--train-extractor": {"action": "store_true", "help": "train the judge's own eye anew"}
    },
    "account": {
        "--readme": {
            "action": "store_true",
            "help": "also README.md and cards of model and data, where there are none",
        }
    },
    "starter": {
        "--export": {"action": "store_true", "help": "write the weights as they are"},
        "--refiner": {"action": "store_true", "help": "train the refiner of finished pictures"},
        "--graphs": {"action": "store_true", "help": "write the graphs that browsers run"},
        "--finisher": {
            "action": "store_true",
            "help": "train the finisher, which learns against a critic",
        },
        "--painter": {
            "type": at_least(1),
            "metavar": "STEPS",
            "help": "train the painter, which is not used yet, up to this step",
        },
        "--captioner": {
            "type": at_least(1),
            "metavar": "STEPS",
            "help": "train the captioner up to this step",
        },
        "--folder": {"type": Path, "help": "where its drawings and checkpoints lie"},
    },
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
    for name, function in [*TOOLS.items(), *STAGES.items()]:
        stage = stages.add_parser(name, help=function.__doc__, description=function.__doc__)
        for option, how in (OWN.get(name, {}) | (EVERY if name in STAGES else {})).items():
            stage.add_argument(option, **how)
    words = sys.argv[1:] if argv is None else argv
    return parser.parse_args(spell_out(words, dict(stages.choices), parser))


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
        with hold_lock(settings, args.stage):
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
    for name, secret in list_secrets().items():
        text = text.replace(secret, f"${name}")
    return " ".join(text.split())


def run() -> NoReturn:
    """The command `jungle`."""
    status = main()
    gc.freeze()  # nothing need be searched for garbage on the way out
    sys.exit(status)


if __name__ == "__main__":
    run()
