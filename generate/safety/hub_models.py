"""Models of the Hugging Face Hub, or folders of them: where they lie, and why one cannot be had.

For whatever opens such a model, of pictures or of sounds. ``setting`` is the key that names it.
"""

from pathlib import Path

from generate.errors import Refusal
from generate.safety.hub_errors import FULL, GATED, UNKNOWN, find_cause


def find_model(setting: str, model: str, home: Path) -> str:
    """The absolute path of a folder, or a Hub id as it is. Raises `Refusal` for a missing path."""
    for folder in (home / model, Path(model).expanduser()):
        if folder.is_dir():
            return str(folder.resolve())
    require_id(setting, model)
    return model


def require_id(setting: str, model: str) -> None:
    """Raise `Refusal` for what neither is a folder nor looks like a Hub id, owner/name."""
    if model.count("/") != 1 or model.startswith((".", "/", "~")) or model.endswith("/"):
        raise Refusal(
            f"{setting}: no such folder {model}; give a folder that diffusers or transformers "
            "saved, or a Hub id, owner/name"
        )


def is_cached(setting: str, model: str, file: str) -> bool:
    """Whether the cache of the Hub on this disk has ``file`` of a model. Raises `Refusal`."""
    from huggingface_hub import try_to_load_from_cache

    require_id(setting, model)
    try:
        return isinstance(try_to_load_from_cache(model, file), str)
    except ValueError:  # what no Hub id looks like
        raise Refusal(f"{setting}: {model} is no id of the Hub; correct it") from None


def explain_gate(setting: str, model: str, why: str, otherwise: str = "") -> str:
    """One line for a model whose terms must be accepted first."""
    return (
        f"{setting} = {model!r}: {why}; accept its terms at https://huggingface.co/{model} and set "
        f"HF_TOKEN to a token that may read it{otherwise}"
    )


def explain_failure(
    setting: str, model: str, local: bool, error: Exception, kind: str = "", otherwise: str = ""
) -> str:
    """One line for an ``error`` of the loaders, without its text, which may quote a token.

    ``kind`` is what the model was to be loaded as, `` as a …``; ``otherwise`` what else can be
    done, ``, or use …``.
    """
    if local:
        return (
            f"{setting}: {model} cannot be loaded{kind} ({type(error).__name__}); give a folder "
            "that its library saved whole, with safetensors"
        )
    cause = find_cause(error)
    if cause == GATED:
        return explain_gate(setting, model, "the Hub refuses access", otherwise)
    if cause == UNKNOWN:
        return f"{setting}: the Hub has no model {model!r}; correct the id in the settings"
    if cause == FULL:
        return f"{setting}: the disk is full; make room for {model}"
    return (
        f"{setting}: {model!r} is not on this disk, or not as safetensors, and the Hub cannot be "
        f"reached ({type(error).__name__}); go online once, or give a local folder{otherwise}"
    )
