"""The commands that need no settings."""

import argparse
from collections.abc import Callable

from generate.keeping.lock import locked
from generate.project.install import has_model, install_packages


def restore(args: argparse.Namespace) -> None:
    """list what was replaced in content/, or put one of it back"""
    from generate.keeping.trash import list_trash, tell_entry
    from generate.keeping.trash import restore as put_back

    if args.number is None:
        print("\n".join(map(tell_entry, list_trash(args.home))) or "The trash is empty.")
        return
    with locked(args.home, "build"):
        print(f"{'restore':<9} {put_back(args.home, args.number).path} is back", flush=True)


def new(args: argparse.Namespace) -> None:
    """write the folder of a new jungle: settings, first pages, a Makefile"""
    from generate.project.scaffold import create_jungle

    create_jungle(args.folder)
    print(f"{'new':<9} {args.folder}: go there and run make build (or jungle build)")


def install(args: argparse.Namespace) -> None:
    """install what rendering (light) or training (model) needs, at the versions tested"""
    install_packages(args.packages)


def meanings(args: argparse.Namespace) -> None:
    """install a small model of word meanings (84 MB), for find and for words no caption had"""
    if not has_model():
        install_packages("model")  # what opens them
    install_packages("meanings")


# These need no settings.
TOOLS: dict[str, Callable[[argparse.Namespace], None]] = {
    "new": new,
    "install": install,
    "meanings": meanings,
    "restore": restore,
}
