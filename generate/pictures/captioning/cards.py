"""Caption the pictures of cards of which nothing was asked, and record of what a caption is."""

from typing import Any

from generate.cards import FRAMES, NEAREST, PICTURES, Bundle, list_files
from generate.freshness.decide import decide_caption
from generate.freshness.judge import judge_caption
from generate.keeping.bundle import clear_beside, hand_over, save_card
from generate.keeping.replace import take_away
from generate.pictures.captioning.telling import (
    MEASURED,
    find_captioner,
    mark_captioner,
    open_picture,
    tell_pictures,
)
from generate.recipe import digest_file
from generate.settings import Settings


def record_caption(bundle: Bundle, picture: str, how: str) -> dict[str, Any]:
    """Record what the card's caption is of; all that card.json records."""
    made: dict[str, Any] = bundle.card.setdefault("made", {})
    made["caption"] = {"of": picture, "how": how, **decide_caption(picture, how).record}
    return made


def caption_bundle(settings: Settings, bundle: Bundle) -> None:
    """Caption a picture that a person brought, or whose caption was measured, by what it shows.

    By the captioner where it is sure, else by what is measured. Of a picture that was captioned
    before only what is shown changes: phrase and voice stay.
    """
    if bundle.number is None and bundle.card.get("number") and not bundle.pinned:
        bundle.sign()  # a copy goes on as a card of its own
        save_card(bundle)
    path, found = bundle.find("picture"), bundle.digest_picture()
    if path is None or not found:
        return
    state, before = judge_caption(bundle).state, bundle.made("caption")
    measured = state == "fresh" and before.get("how") == MEASURED and not bundle.pinned
    if state != "stale" and not measured:
        return
    captioner, sure = find_captioner(settings.work), settings.captioner.confidence
    mark = mark_captioner(captioner, sure) if captioner else None
    # What was measured is told again once there is a captioner that has not weighed it.
    if measured and (mark is None or before.get("weighed") == mark):
        return
    (told,) = tell_pictures([open_picture(path)], captioner, sure)
    replaced = before.get("of") != found
    about, same = bundle.subject, bundle.card.get("caption") == told.text
    bundle.sign()
    bundle.card |= {"caption": told.text, "traits": told.traits, "hour": told.hour}
    made = record_caption(bundle, found, told.how)
    if mark:
        made["caption"]["weighed"] = mark
    if replaced:
        bundle.card.pop("about", None)
        clear_beside(bundle)
        record = made.get("picture", {})
        # It was nearest to the picture that lay here before.
        record = {k: v for k, v in record.items() if k not in ("beside", "nearest")}
        made["picture"] = hand_over(record, found)
    elif not same:
        bundle.card["about"] = about
    save_card(bundle)
    if replaced:
        ours = {made["picture"].get("sha256"), made["picture"].get("was")} - {None}
        lying = {digest_file(path) for path in list_files(bundle.folder, PICTURES)}
        # Frames show how ours came to be, also when it is to be shown again.
        for name in (NEAREST, *([FRAMES] if ours and not ours & lying else ())):
            take_away(bundle.home, bundle.folder / name, "it belongs to another picture", None)
