"""One clear line for what goes wrong between this project, the Hub and a model's folder."""

# What the Hub's client and diffusers call it when terms must be accepted, or a name is unknown.
GATED, UNKNOWN = "GatedRepoError", "RepositoryNotFoundError"


def explain_failure(model: str, local: bool, error: Exception) -> str:
    """One line for an ``error`` of the loaders, without its text, which may quote a token."""
    links = chain(error)
    names = {cls.__name__ for link in links for cls in type(link).__mro__}
    status = {getattr(getattr(link, "response", None), "status_code", None) for link in links}
    if local:
        return (
            f"pictures.model: {model} cannot be loaded ({type(error).__name__}); give a folder "
            "that diffusers saved, with a model_index.json and safetensors"
        )
    if GATED in names or status & {401, 403}:
        return (
            f"pictures.model = {model!r}: the Hub refuses access; accept its terms at "
            f"https://huggingface.co/{model} and set HF_TOKEN to a token that may read it"
        )
    if UNKNOWN in names or 404 in status:
        return f"pictures.model: the Hub has no model {model!r}; correct the name"
    if any(getattr(link, "errno", None) == 28 for link in links):
        return f"pictures.model: the disk is full; make room for {model}"
    return (
        f"pictures.model: {model!r} is not on this disk, or not as safetensors, and the Hub cannot "
        f"be reached ({type(error).__name__}); go online once, or give a local folder"
    )


def chain(error: BaseException | None) -> list[BaseException]:
    """An exception and its causes."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
