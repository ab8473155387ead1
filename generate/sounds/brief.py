"""Say of a card what its sound may depend on."""

from typing import Any

from generate.cards import Bundle


def brief_sound(bundle: Bundle) -> dict[str, Any]:
    """What the sound of a card may depend on."""
    take = bundle.front.get("take_sound")
    said = {name: bundle.card.get(name, "") for name in ("phrase", "mood")}
    facts = {name: getattr(bundle, name) for name in ("slug", "number", "seed", "voice")}
    return {**facts, **said, **bundle.subject, **({"take": take} if take else {})}
