"""Open a text-to-audio model of diffusers or transformers, from a folder or from the Hub."""

import os
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.safety.hub_models import explain_failure, is_cached
from generate.sounds.engines.packages import require_packages
from generate.sounds.engines.pretrained.singer import Singer

# The file that a pipeline of diffusers has, and that which a model of transformers has.
INDEX, CONFIG = "model_index.json", "config.json"
PACKAGES = ("torch", "diffusers", "transformers")
SETTING = "sounds.model"
OTHERWISE = ', or use engine = "voice"'


@lru_cache(maxsize=1)
def open_singer(model: str, dtype: str = "auto", offload: bool | None = None) -> Singer:
    """The model ``model``, a folder or a Hub id, where it computes best.

    ``offload`` keeps only the part at work on a GPU; None: where not all fits. HF_TOKEN is read
    from the environment alone. Raises `Refusal` in one line.
    """
    require_packages("pretrained", PACKAGES)
    local = Path(model).is_dir()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file, options = find_form(model, local)
            if file == INDEX:
                from generate.sounds.engines.pretrained.diffusion import open_diffusion as opened
            else:
                from generate.sounds.engines.pretrained.tokens import open_tokens as opened
            singer: Singer = opened(model, options, dtype, offload)
            return singer
    except Refusal:
        raise
    except Exception as error:  # the Hub's client and the loaders raise a dozen unrelated classes
        told = explain_failure(SETTING, model, local, error, "", OTHERWISE)
        raise Refusal(told) from None


def find_form(model: str, local: bool) -> tuple[str, dict[str, Any]]:
    """`INDEX` or `CONFIG`, whichever a model has, and how its other files are to be read."""
    token = os.environ.get("HF_TOKEN") or None
    for file in (INDEX, CONFIG):
        here = (Path(model) / file).is_file() if local else is_cached(SETTING, model, file)
        if here:
            return file, {"local_files_only": True}
    if not local:
        for file in (INDEX, CONFIG):
            if fetch(model, file, token):
                return file, {"token": token}
    raise Refusal(
        f"{SETTING}: {model} has neither {INDEX} nor {CONFIG}; give a text-to-audio model that "
        "diffusers or transformers saved"
    )


def fetch(model: str, file: str, token: str | None) -> bool:
    """Fetch one file of a model of the Hub; False where the model has none such."""
    from huggingface_hub import errors, hf_hub_download

    try:
        hf_hub_download(model, file, token=token)
    except errors.RemoteEntryNotFoundError:
        return False
    return True
