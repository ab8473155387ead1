"""Write the message of a postcard.md: all below the front matter changes, every byte of that stays.

What the file held before goes to the trash.
"""

import shutil
from pathlib import Path

from generate.cards import TEXTS
from generate.errors import Refusal
from generate.front_matter import split_front_matter
from generate.keeping.line import CLOSING, OPENING, open_seen, refuse_changed
from generate.keeping.replace import Changed, taking_over

# A body that begins so would be taken for front matter, or for a slip in one.
EMPTY = "---\n---\n"


def write_body(home: Path, path: Path, message: str, seen: str | None) -> None:
    """Let ``message`` be the Markdown of ``path``, below ``home``; "" leaves the back empty.

    ``seen`` is the file's digest as it was read. Raises `Refusal` where it is another by now, or
    where it cannot be read; nothing is written then.
    """
    data, front, before = open_seen(path, seen)
    message = message.replace("\r\n", "\n").replace("\r", "\n").strip()
    if message == before:
        return
    text = data.decode("utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    head = find_head(text)
    gap = "\n" if head and message else ""
    body = f"{gap}{message}\n".replace("\n", end) if message else ""
    try:
        known = {seen} if seen else set[str]()
        with taking_over(home, path, "its message was written", known) as temporary:
            for start in (head, head + f"{EMPTY}\n".replace("\n", end)):
                temporary.write_bytes((start + body).encode("utf-8"))
                if holds(temporary, dict(front), message):
                    break
            else:
                raise Refusal(f"{path}: this message cannot stand there; change it by hand")
            if seen:
                shutil.copymode(path, temporary)
    except Changed:
        raise refuse_changed(path) from None


def find_head(text: str) -> str:
    """What of a file's text stands above its message: front matter to the end of its last line."""
    opening = OPENING.match(text)
    if opening is None:
        return "\ufeff" if text.startswith("\ufeff") else ""
    closing = CLOSING.search(text, opening.end())
    assert closing is not None, "it was read"
    after = text.find("\n", closing.end())
    return text[: after + 1] if after >= 0 else text + opening[1]


def holds(path: Path, front: dict[str, object], message: str) -> bool:
    """Whether a file is read as this front matter and this message."""
    try:
        found, body = split_front_matter(path, TEXTS)
    except Refusal:
        return False
    return dict(found) == front and body == message
