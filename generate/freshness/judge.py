"""Whether what a card has still holds, and if not, because of what."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from generate.cards import FILES, PICTURES, SOUNDS, Bundle, state_of
from generate.freshness.decide import (
    decide_caption,
    decide_notes,
    decide_phrase,
    decide_picture,
    decide_sound,
    read_sources,
)
from generate.freshness.methods import read_baseline
from generate.recipe import Recipe, digest
from generate.settings import Settings

# Longer values are not told: digests, prompts.
LONGEST = 60


class Verdict(NamedTuple):
    """fresh; stale: to be made; theirs: put there by a person; kept: held by ``keep: true``."""

    state: Literal["fresh", "stale", "theirs", "kept"]
    causes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.state + ": " * bool(self.causes) + ", ".join(self.causes)


KEPT, MISSING = Verdict("kept"), Verdict("stale", ("not made yet",))
PINNED = Verdict("fresh", ("card.json was edited by hand",))


def judge_picture(settings: Settings, bundle: Bundle, force: bool = False) -> Verdict:
    """Whether a bundle's picture holds, must be made, or was put there by a person.

    One that is fresh by itself follows its parents.
    """
    own = judge_alone(settings, bundle, force)
    if own.state == "fresh" and not bundle.pinned:
        if any(judge_alone(settings, a, force).state == "stale" for a in bundle.ancestors):
            return Verdict("stale", ("parents",))
    return own


def judge_alone(settings: Settings, bundle: Bundle, force: bool = False) -> Verdict:
    """`judge_picture` of a bundle whose parents stay as they are."""
    made = bundle.made("picture")
    state = state_of(bundle.folder, PICTURES, made, bundle.digest_picture())
    if bundle.keeps and state != "missing":
        return KEPT
    if not is_drawn(bundle, state) or (state == "theirs" and not force):
        return Verdict("theirs")
    if bundle.pinned or state != "ours":
        return PINNED if bundle.pinned else MISSING
    found = read_sources(settings).items()
    others = [name for name, now in found if now is not None and now != made.get(name)]
    return weigh(decide_picture(settings, bundle.number, bundle.wish), made, *others)


def is_drawn(bundle: Bundle, state: str) -> bool:
    """Whether the stages draw a bundle's picture, which is in this ``state``.

    A card added by hand asks for it by words. A copy's picture is its own, whoever made it.
    """
    if bundle.number is not None:
        return True
    number, origin = bundle.card.get("number"), str(bundle.card.get("origin", ""))
    copied = number is not None or origin.isdecimal()
    return bool(bundle.wish) and not (copied and state != "missing")


def judge_caption(bundle: Bundle) -> Verdict:
    """Whether the caption that the stages gave a bundle's picture is of that picture, and holds."""
    made = bundle.made("caption")
    if bundle.pinned or (bundle.keeps and bundle.card.get("caption")):
        return PINNED if bundle.pinned else KEPT
    if made.get("of") != bundle.digest_picture():
        return Verdict("stale", ("picture",))
    decided = decide_caption(made.get("of"), made.get("how", "asked"))
    return weigh(decided, {"key": digest(decided.base), **made})


def judge_phrase(settings: Settings, bundle: Bundle, language: str) -> Verdict:
    """Whether a bundle's words hold in the ``language`` with this digest."""
    if bundle.pinned and ("phrase" in bundle.card or bundle.made("phrase")):
        return PINNED  # one that was edited before it had words is given some
    if bundle.keeps and bundle.card.get("phrase"):
        return KEPT
    return weigh(decide_phrase(settings, bundle, language), bundle.made("phrase"))


def judge_notes(settings: Settings, bundle: Bundle, facts: list[Any]) -> Verdict:
    """Whether a bundle's field note holds, which tells of ``facts``; a kept card gets no new one.

    One that a person wrote or edited is theirs, also where it is empty.
    """
    made = bundle.made("notes")
    state = state_of(bundle.folder, FILES["notes"], made)
    if bundle.keeps or state == "theirs":
        return KEPT if bundle.keeps else Verdict("theirs")
    if state == "missing":
        return MISSING
    return PINNED if bundle.pinned else weigh(decide_notes(settings, bundle, facts), made)


def judge_sound(settings: Settings, bundle: Bundle, force: bool = False) -> Verdict:
    """Whether a bundle's sound holds, must be made, or was put there by a person."""
    made = bundle.made("sound")
    state = state_of(bundle.folder, SOUNDS, made)
    if bundle.keeps and state != "missing":
        return KEPT
    if state != "ours":
        return Verdict("theirs") if state == "theirs" and not force else MISSING
    return PINNED if bundle.pinned else weigh(decide_sound(settings, bundle), made)


def weigh(decided: Recipe, made: Mapping[str, Any], *others: str) -> Verdict:
    """Fresh if ``made`` (key, asked) records the key that is ``decided`` now, else stale.

    The causes are what is otherwise than it records, and ``others`` that are known already.
    """
    if made.get("key") == decided.key:
        return Verdict("stale" if others else "fresh", others)
    if not made.get("key"):
        return MISSING
    now: dict[str, Any] = decided.record["asked"]
    asked = made.get("asked", {})
    if made["key"] == digest(decided.base):  # made by methods of 0.1.0, with these settings
        asked = {name: value for name, value in now.items() if name not in decided.beyond}
    causes = []
    for name in sorted({*now, *asked} if asked else ()):
        old, new = (facts.get(name, read_baseline(name)) for facts in (asked, now))
        if old != new:
            values = f" {old} → {new}"
            causes.append(name + values * (len(values) <= LONGEST))
    return Verdict("stale", (*(causes or ["settings"]), *others))
