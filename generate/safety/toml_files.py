"""Read a TOML file that a person, or anybody, wrote: in one line what is wrong, in little time."""

import tomllib
from pathlib import Path
from typing import Any

from generate.errors import Refusal

# Bytes that such a file may have, and dots in one of its lines: the parser's time grows with the
# square of the dots in a key.
LONGEST, DOTS = 256 * 1024, 300
# Bits of a whole number: no setting has so many, and one of thousands cannot be printed.
BITS = 1024


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Text and values of a TOML file; FileNotFoundError if there is none.

    Raises `Refusal` for one that is no UTF-8, no TOML, longer than `LONGEST`, or nested beyond
    what the parser can follow.
    """
    if path.exists() and not path.is_file():
        raise Refusal(f"{path}: is no file; put one in its place")
    if path.stat().st_size > LONGEST:
        raise Refusal(f"{path}: is longer than {LONGEST:,} bytes; shorten it")
    try:
        text = path.read_text(encoding="utf-8")
        if any(line.count(".") > DOTS for line in text.splitlines()):
            raise RecursionError
        values = tomllib.loads(text)
        if has_endless(values):
            raise ValueError
        return text, values
    except UnicodeDecodeError:
        raise Refusal(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{path}: not valid TOML: {error}") from None
    except RecursionError:
        raise Refusal(f"{path}: is nested too deeply; make it flatter") from None
    except ValueError:
        raise Refusal(f"{path}: holds a number of too many digits; shorten it") from None


def has_endless(values: dict[str, Any]) -> bool:
    """Whether a whole number of more than `BITS` stands anywhere in ``values``."""
    rest: list[Any] = [values]
    while rest:
        value = rest.pop()
        if isinstance(value, dict | list):
            rest += value.values() if isinstance(value, dict) else value
        elif isinstance(value, int) and value.bit_length() > BITS:
            return True
    return False
