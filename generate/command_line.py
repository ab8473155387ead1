"""Read a command line: complaints of one line, and options spelled as make spells them."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

# COUNT=3 for --count=3; FORCE=1 for --force. A value may hold line feeds.
DIAL = re.compile(r"([A-Z][A-Z_]*)=(.*)", re.DOTALL)
# The settings that every stage may be given, by their dotted names.
DIALS = {
    "count": "count",
    "seed": "seed",
    "minutes": "pictures.minutes",
    "recipe": "pictures.recipe",
    "site_url": "site.base_url",
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


def read_minutes(text: str) -> float:
    """A number of minutes above 0, up to 10,000."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes above 0")
    return number


def spell_out(
    words: Sequence[str], stages: dict[str, argparse.ArgumentParser], parser: Parser
) -> list[str]:
    """``words`` with each dial (COUNT=3) as the option (--count=3) or operand of its stage.

    Dials without a value, and those of other stages, are left out, as make takes any dial with any
    target. A dial of no stage ends the program.
    """
    known = {name: list_options(stage) for name, stage in stages.items()}
    stage = next((word for word in words if word in stages), "")
    spelled, operands = list[str](), list[str]()
    for word in words:
        if not (dial := DIAL.fullmatch(word)):
            spelled.append(word)
            continue
        name, value = "--" + dial[1].lower().replace("_", "-"), dial[2]
        if not any(name in options for options in known.values()):
            parser.error(f"unknown setting {dial[1]}")
        action = known.get(stage, {}).get(name)
        if action is None or not value:
            continue
        if not action.option_strings:
            operands.append(value)
        elif action.nargs != 0:
            spelled.append(f"{name}={value}")
        elif value == "1":
            spelled.append(name)
        elif value != "0":
            parser.error(f"{dial[1]}={value} will not do: say {dial[1]}=1, or leave it out")
    return [*spelled, "--", *operands] if operands else spelled


def list_options(parser: argparse.ArgumentParser) -> dict[str, Any]:
    """What each option or operand of ``parser`` does, by its spelling as an option."""
    return {
        name: action
        for action in parser._actions
        for name in action.option_strings or [f"--{action.dest}"]
    }


def read_dials(args: argparse.Namespace) -> dict[str, Any]:
    """The settings given on the command line, by their dotted names."""
    given = {dotted: getattr(args, name) for name, dotted in DIALS.items()}
    return {dotted: value for dotted, value in given.items() if value is not None}
