"""One clear line for what goes wrong between this project, the Hub and a model's folder."""

from generate.safety.hub_errors import FULL, GATED, UNKNOWN, find_cause


def explain_failure(model: str, local: bool, error: Exception) -> str:
    """One line for an ``error`` of the loaders, without its text, which may quote a token."""
    if local:
        return (
            f"pictures.model: {model} cannot be loaded ({type(error).__name__}); give a folder "
            "that diffusers saved, with a model_index.json and safetensors"
        )
    cause = find_cause(error)
    if cause == GATED:
        return (
            f"pictures.model = {model!r}: the Hub refuses access; accept its terms at "
            f"https://huggingface.co/{model} and set HF_TOKEN to a token that may read it"
        )
    if cause == UNKNOWN:
        return f"pictures.model: the Hub has no model {model!r}; correct the name"
    if cause == FULL:
        return f"pictures.model: the disk is full; make room for {model}"
    return (
        f"pictures.model: {model!r} is not on this disk, or not as safetensors, and the Hub cannot "
        f"be reached ({type(error).__name__}); go online once, or give a local folder"
    )
