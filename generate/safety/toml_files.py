"""Read a TOML file that a person, or anybody, wrote: in one line what is wrong, in little time."""

import tomllib
from pathlib import Path
from typing import Any

from generate.errors import Refusal

# Bytes that such a file may have, and dots in one of its lines: the parser's time grows with the
# square of the dots in a key.
LONGEST, DOTS = 256 * 1024, 300


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Text and values of a TOML file; FileNotFoundError if there is none.

    Raises `Refusal` for one that is no UTF-8, no TOML, longer than `LONGEST`, or nested beyond
    what the parser can follow.
    """
    if path.stat().st_size > LONGEST:
        raise Refusal(f"{path}: is longer than {LONGEST:,} bytes; shorten it")
    try:
        text = path.read_text(encoding="utf-8")
        if any(line.count(".") > DOTS for line in text.splitlines()):
            raise RecursionError
        return text, tomllib.loads(text)
    except UnicodeDecodeError:
        raise Refusal(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{path}: not valid TOML: {error}") from None
    except RecursionError:
        raise Refusal(f"{path}: is nested too deeply; make it flatter") from None
    except ValueError:
        raise Refusal(f"{path}: holds a number of too many digits; shorten it") from None
