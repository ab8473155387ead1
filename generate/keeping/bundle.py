"""Write into page bundles: card.json, pictures and sounds, never over what a person put there."""

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from generate.cards import CARD, FILES, Bundle, is_edited, list_files, read_card, seal
from generate.files import replacing
from generate.keeping.replace import Changed, set_aside, take_away, taking_over
from generate.recipe import digest_file

# What of a record says whose a file is, and whether ours still holds.
HELD = ("sha256", "was", "key", "asked", "source", "start", "weights")


def save_card(bundle: Bundle) -> None:
    """Write a bundle's card.json; one that was edited by hand goes to the trash and stays edited.

    Raises `Changed` where it is not as it was last read or written; theirs stays.
    """
    path = bundle.folder / CARD

    def look() -> None:
        if path.is_file() and digest_file(path) != bundle.stored:
            raise Changed(path)
        if is_edited(read_card(bundle.folder)):
            why = "edited by hand; the stages wrote other parts of it"
            set_aside(bundle.home, path, why, {str(bundle.stored)})

    text = json.dumps(seal(bundle.card, bundle.pinned), indent=2, ensure_ascii=False) + "\n"
    with replacing(path, look=look) as temporary:
        temporary.write_bytes(text.encode("utf-8"))
        stored = digest_file(temporary)
    bundle.stored = stored


def reread(bundle: Bundle) -> None:
    """Read a bundle's card.json again, since a person has changed the bundle."""
    path = bundle.folder / CARD
    bundle.stored = digest_file(path) if path.is_file() else None
    bundle.card, bundle.picture = read_card(bundle.folder), None
    bundle.pinned = is_edited(bundle.card)


def look_for_theirs(bundle: Bundle, medium: str) -> dict[Path, str]:
    """The files of ``medium`` that the bundle holds, with their digests; all may be replaced.

    Raises `Changed` where one is neither ours nor given up by its owner.
    """
    found = {}
    for path in list_files(bundle.folder, FILES[medium]):
        found[path] = digest_file(path)
        if found[path] not in bundle.given_up | list_ours(bundle, medium):
            raise Changed(path)
    return found


def list_ours(bundle: Bundle, medium: str) -> set[str]:
    """Digests of the files of ``medium`` that card.json records as ours."""
    made = bundle.made(medium)
    return {digest for digest in (made.get("sha256"), made.get("was")) if digest}


def place_file(bundle: Bundle, medium: str, file: Path, **facts: Any) -> None:
    """Put ``file`` into the bundle as its ``medium``, recording it in card.json beforehand.

    The record comes first and remembers the digest of the file of ours that is to be replaced, so
    that a run stopped between the two writes is told from a person's own replacement; it forgets it
    afterwards. What is replaced goes to the trash. Raises `Changed` if a person put another file
    there meanwhile.
    """
    lies, ours = look_for_theirs(bundle, medium), list_ours(bundle, medium)
    path, known = bundle.folder / FILES[medium][0], ours | bundle.given_up
    was = lies.get(path) if lies.get(path) in ours else None
    made = {"sha256": digest_file(file), "was": was, **facts}
    bundle.card.setdefault("made", {})[medium] = made
    bundle.card.setdefault("number", bundle.number)
    bundle.card["seed"] = bundle.seed
    save_card(bundle)
    why = f"the {medium} was made anew"
    with taking_over(bundle.home, path, why, known, ours) as temporary:
        shutil.copyfile(file, temporary)
    for other in lies.keys() - {path}:
        take_away(bundle.home, other, why, known, ours)
    settle(bundle, medium)


def place_beside(bundle: Bundle, name: str, file: Path) -> None:
    """Put ``file`` beside the picture that it belongs to, as ``name``; the old one is kept."""
    if (bundle.folder / name).is_file() and digest_file(bundle.folder / name) == digest_file(file):
        return
    why = "the picture that it belongs to was made anew"
    with taking_over(bundle.home, bundle.folder / name, why, None) as temporary:
        shutil.copyfile(file, temporary)


def place_own(bundle: Bundle, files: Mapping[str, Path]) -> dict[str, dict[str, str | None]]:
    """Put ``files``, by the names they are to have, beside the picture that they belong to.

    Returns what card.json is to record of them under made.picture.beside. As with a picture, the
    record comes first. A file of such a name that is not ours stays, and is not recorded. Files of
    ours that belonged to the picture before go to the trash.
    """
    made = bundle.card.setdefault("made", {}).setdefault("picture", {})
    before, placed = dict(made.get("beside", {})), {}
    for name, file in files.items():
        path, ours = bundle.folder / name, list_digests(before.get(name, {}))
        lies, new = digest_file(path) if path.is_file() else None, digest_file(file)
        if lies and lies not in ours | bundle.given_up | {new}:
            continue
        placed[name] = {"sha256": new, "was": None if lies == new else lies}
        if lies == new:
            continue
        made["beside"] = before | placed
        save_card(bundle)
        why = "the picture that it belongs to was made anew"
        known = ours | bundle.given_up | {str(lies)}
        with taking_over(bundle.home, path, why, known, ours) as temporary:
            shutil.copyfile(file, temporary)
        placed[name]["was"] = None
    clear_beside(bundle, before.keys() - files.keys())
    return placed


def clear_beside(bundle: Bundle, names: Collection[str] | None = None) -> None:
    """Remove files of ours that lie beside a picture: those called ``names``, or all."""
    record = bundle.made("picture").get("beside", {})
    for name in record.keys() if names is None else names:
        path, ours = bundle.folder / name, list_digests(record.get(name, {}))
        if path.is_file() and digest_file(path) in ours:
            take_away(bundle.home, path, "it belongs to another picture", ours, ours)


def list_digests(record: Mapping[str, Any]) -> set[str]:
    """Digests of ours that a file's record names."""
    return {str(record[key]) for key in ("sha256", "was") if record.get(key)}


def hand_over(record: Mapping[str, Any], lies: str | None) -> dict[str, Any]:
    """What card.json is to say of a medium by what it says now, where the file ``lies`` (digest).

    Of one that a person put there only that. What it says of ours waits under ``ours`` until that
    lies there again; what tells whose a file is, and whether ours still holds, stays.
    """
    rest = {**record, **record.get("ours", {})}
    facts = {name: rest[name] for name in rest if name not in (*HELD, "ours", "by_hand")}
    held = {name: rest[name] for name in rest if name in HELD}
    if lies in list_digests(record):
        return held | facts
    return held | {"by_hand": True} | ({"ours": facts} if facts else {})


def hand_over_sound(bundle: Bundle) -> None:
    """Let card.json say nothing of our sound, nor when it speaks which word, beside another's."""
    path, made = bundle.find("sound"), bundle.made("sound")
    if path is None or not made.get("sha256") or bundle.pinned:
        return
    spoken = {} if made.get("by_hand") else {"times": bundle.card.get("times")}
    record = hand_over(made | spoken, digest_file(path))
    times = record.pop("times", None) or []
    if record != made:
        bundle.card["times"], bundle.card["made"]["sound"] = times, record
        save_card(bundle)


def settle(bundle: Bundle, medium: str) -> None:
    """Forget the file that ours replaced, once ours lies there: that one may come back."""
    made = bundle.card.get("made", {}).get(medium)
    if not made or not made.get("was"):
        return
    path = bundle.find(medium)
    if path and digest_file(path) == made["sha256"]:
        made["was"] = None
        save_card(bundle)
