"""Say which packages an engine needs that are not installed."""

import importlib.util
from collections.abc import Sequence

from generate.errors import Refusal


def require_packages(engine: str, packages: Sequence[str]) -> None:
    """Raise `Refusal` if one of ``packages``, which ``engine`` needs, is not installed."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        raise Refusal(
            f'sounds.engine = "{engine}" needs {", ".join(missing)}; '
            'install them (pip install "postcards-from-my-jungle[model]") or use engine = "voice"'
        )
