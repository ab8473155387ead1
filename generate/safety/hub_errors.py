"""Tell why the Hub or a loader did not give a model, without the error's text.

That text may quote the token it was asked with.
"""

from errno import ENOSPC

GATED, UNKNOWN, FULL = "gated", "unknown", "full"


def find_cause(error: Exception) -> str:
    """`GATED` (terms not accepted), `UNKNOWN` (no such model), `FULL` (the disk); "" for others."""
    links = chain(error)
    names = {cls.__name__ for link in links for cls in type(link).__mro__}
    status = {getattr(getattr(link, "response", None), "status_code", None) for link in links}
    if "GatedRepoError" in names or status & {401, 403}:
        return GATED
    if "RepositoryNotFoundError" in names or 404 in status:
        return UNKNOWN
    if "DiskFullError" in names or any(getattr(link, "errno", None) == ENOSPC for link in links):
        return FULL
    return ""


def chain(error: BaseException | None) -> list[BaseException]:
    """An exception and its causes."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
