"""Write the folder of a new jungle: settings, first pages, a Makefile, and how to publish it."""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from generate.errors import Refusal
from generate.files import write_bytes
from generate.shipped import CONTENT

NAME = "postcards-from-my-jungle"
SHIPPED = Path(__file__).with_name("new")
# Names in new/, which no tool should take for its own there, and the names they get.
FILES = {
    "gitignore": ".gitignore",
    "pages.yml": ".github/workflows/pages.yml",
    "Makefile": "Makefile",
}


def create_jungle(folder: Path) -> None:
    """Write a jungle into ``folder``, which may hold nothing yet but .git.

    Raises `Refusal` if it holds anything else.
    """
    if folder.exists() and not folder.is_dir():
        raise Refusal(f"{folder}: is a file; name a new folder")
    if folder.is_dir() and any(path.name != ".git" for path in folder.iterdir()):
        raise Refusal(f"{folder}: is not empty; name a new folder")
    for path in [CONTENT / "jungle.toml", *sorted((CONTENT / "pages").glob("*.md"))]:
        write_bytes(folder / "content" / path.relative_to(CONTENT), path.read_bytes())
    for name, place in FILES.items():
        text = (SHIPPED / name).read_text(encoding="utf-8").replace("@RELEASE@", find_release())
        write_bytes(folder / place, text.encode("utf-8"))


def find_release() -> str:
    """What pip is to be told to install this very program again, on any machine.

    The address that it was installed from, if pip recorded one of the web or of git (PEP 610);
    else name and version.
    """
    try:
        installed = distribution(NAME)
    except PackageNotFoundError:
        return NAME
    origin = json.loads(installed.read_text("direct_url.json") or "{}")
    url = str(origin.get("url", ""))
    if git := origin.get("vcs_info"):
        return f"{NAME} @ {git['vcs']}+{url}@{git['commit_id']}"
    return f"{NAME} @ {url}" if url.startswith("https:") else f"{NAME}=={installed.version}"
