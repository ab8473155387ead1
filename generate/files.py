"""Write files so that a reader, or a run after a crash, never meets half of one."""

import errno
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generate.errors import Refusal

# What the name of a file being written ends with, before its suffix: a word that nobody else uses,
# so that no file of a person's is taken for a leftover.
PART = ".jungle-part"
TEMPORARY = re.compile(rf"\..+\.(\d+){re.escape(PART)}(\.[^.]+)?", re.DOTALL)
# What safetensors, which renames too, leaves in the folder of the file that it was writing.
FOREIGN = re.compile(r"\.tmp[A-Za-z0-9]{6}")
# What this process is writing.
writing: set[Path] = set()


@contextmanager
def replacing(
    path: Path, durable: bool = True, look: Callable[[], object] | None = None
) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it to ``path`` if the block succeeds.

    The temporary name keeps the suffix of ``path``, since encoders choose a format by it. The
    data reach the disk before the rename, so that a power cut leaves the old file or the new one;
    ``durable=False`` spares that wait where the file is checked and remade anyway, as in site/.
    ``look`` is called right before the rename, which an exception of it prevents. A full disk
    becomes a `Refusal`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise Refusal(f"{path}: is a folder, and a file is to lie there; rename the folder")
    temporary = name_part(path)
    writing.add(temporary)
    try:
        yield temporary
        if durable:
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
        if look is not None:
            look()
        os.replace(temporary, path)
    except Exception as error:
        temporary.unlink(missing_ok=True)
        if tells_full_disk(error):
            raise Refusal(f"{path}: the disk is full; free some space and run again") from None
        raise
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        writing.discard(temporary)


def name_part(path: Path) -> Path:
    """The name beside ``path`` under which this process writes it; `sweep` knows it again."""
    return path.with_name(f".{path.stem}.{os.getpid()}{PART}{path.suffix}")


def tells_full_disk(error: Exception) -> bool:
    """Whether a write failed for want of space, also where an encoder hides the system's number."""
    number = error.errno if isinstance(error, OSError) else None
    if number is None and (told := re.search(r"\(os error (\d+)\)", str(error))):
        number = int(told[1])  # as safetensors words it
    return number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_bytes(path: Path, data: bytes, durable: bool = True) -> None:
    """Write ``data`` to ``path`` atomically."""
    with replacing(path, durable) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically, as UTF-8 with line feeds."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` to ``path`` atomically as indented JSON, keys in the order given."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path, deepest: int | None = None) -> Any:
    """Read a JSON file; a `Refusal` names the file and the line if it cannot be parsed.

    What stands within more than ``deepest`` lists and objects is refused too, for whoever follows
    them by a function that calls itself.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if deepest is not None and is_deep(value, deepest):
            raise RecursionError
        return value
    except UnicodeDecodeError:
        raise Refusal(f"{path}: is not UTF-8 text; restore the file or delete it") from None
    except RecursionError:
        raise Refusal(f"{path}: nested too deeply; delete it to have it made again") from None
    except json.JSONDecodeError as error:
        raise Refusal(
            f"{path}: not valid JSON at line {error.lineno} ({error.msg}); "
            "mend it or delete it to have it made again"
        ) from None
    except ValueError:
        raise Refusal(f"{path}: a number of too many digits; mend it or delete it") from None


def is_deep(value: Any, most: int) -> bool:
    """Whether anything of a JSON value stands within more than ``most`` lists and objects."""
    held = [value]
    for _ in range(most + 1):
        inner = [one for one in held if isinstance(one, dict | list)]
        held = [part for one in inner for part in (one.values() if isinstance(one, dict) else one)]
    return bool(held)


def tell_instead(head: bytes) -> str | None:
    """What a file is, by its first bytes, that should be a picture or a sound: None if unknown."""
    start = head.lstrip()[:64].lower()
    if not head:
        return "is empty"
    if start.startswith(b"version https://git-lfs"):
        return "is no more than Git LFS's pointer: run git lfs pull"
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "is a web page or its like, as failed downloads leave it"
    return None


def split_lines(text: str) -> list[str]:
    """The lines of JSON lines, cut at line feeds alone; a carriage return before one may remain.

    ``str.splitlines`` cuts at U+2028, U+0085 and others too, which JSON strings may hold as they
    are.
    """
    return text.split("\n")


def read_json_lines(path: Path) -> list[Any]:
    """The values of a file of JSON lines; ValueError if a line is none, OSError if unreadable."""
    lines = split_lines(path.read_text(encoding="utf-8"))
    try:
        return [json.loads(line) for line in lines if line.strip()]
    except RecursionError:
        raise ValueError("nested too deep") from None


def format_json_lines(values: Iterable[Any]) -> str:
    """JSON lines, as `read_json_lines` reads them."""
    return "".join(f"{json.dumps(value, ensure_ascii=False)}\n" for value in values)


def sweep(place: Path, foreign: bool = False) -> None:
    """Remove what an interrupted write left below a folder, or as ``place`` itself.

    What is being written there stays. ``foreign`` is for folders that the stages alone write to,
    while no other process may: what libraries left there goes too.
    """
    for leftover in place.rglob(".*") if place.is_dir() else [place]:
        ours = PART in leftover.name and is_leftover(leftover)
        if (ours or (foreign and FOREIGN.fullmatch(leftover.name))) and leftover.is_file():
            leftover.unlink(missing_ok=True)


def is_leftover(path: Path) -> bool:
    """Whether a file has the very name of `replacing`'s temporary ones and nobody writes it now."""
    named = TEMPORARY.fullmatch(path.name)
    if named is None:
        return False
    number = int(named[1])
    return path not in writing if number == os.getpid() else not is_alive(number)


def is_alive(number: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(number, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
