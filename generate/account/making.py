"""What the cards record of their pictures, sounds and phrases, and the language of itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from generate.account.facts import Count, Fact, dig, is_number, take, take_middle, tally
from generate.cards import Card
from generate.safety.toml_files import read_toml
from generate.settings import Settings

VERDICT = "made.sound.verdict"
EVALUATION, LANGUAGE = "work/report/evaluation.json", "content/language.toml"
# A picture nearer to a training picture than this share of the second nearest is a copy.
COPIED = 1 / 3
# What `make evaluate` measures of the cards' pictures: names and keys.
JUDGED = (
    ("saturation, over that of the training pictures", "pictures.tones.cards.saturation"),
    ("fine grain, over that of the training pictures", "pictures.tones.cards.grain"),
    ("copies of training pictures", "pictures.copies.cards.copied"),
    ("KID of the cards, our features", "pictures.scores.ours.cards.KID"),
    ("KID of unseen training pictures", "pictures.scores.ours.held-out.KID"),
    ("KID of the untouched starter", "pictures.scores.ours.starter.KID"),
    ("bodies as asked", "pictures.answers.cards.plan.right"),
    ("bodies asked for", "pictures.answers.cards.plan.asked"),
)


def list_records(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """What card.json records of each card's making."""
    return [{"made": card.made} for card in cards]


def tell_pictures(settings: Settings, cards: Sequence[Card]) -> list[Fact]:
    """Figures of the cards' pictures."""
    records = list_records(cards)
    drawn = [r for r in records if dig(r, "made.picture.recipe")]
    by_hand = len([card for card in cards if card.picture]) - len(drawn)
    facts = [Fact("cards", len(cards), "content/postcards: folders shown")]
    record = "card.json: made.picture.recipe"
    facts.append(Fact("drawn by the model", len(drawn), f"{record}, given"))
    if by_hand:
        facts.append(Fact("put there by hand", by_hand, f"{record}, not given"))
    asked = settings.pictures
    for name, key in (("guidance", "guidance"), ("steps from noise to picture", "steps")):
        facts.append(Fact(name, getattr(asked, key), f"settings: pictures.{key}"))
    record = "settings: pictures.candidates"
    facts.append(Fact("candidates for each card", asked.candidates, record))
    ratios = [dig(r, "made.picture.nearest.ratio") for r in drawn]
    if any(map(is_number, ratios)):
        copies = sum(is_number(ratio) and ratio < COPIED for ratio in ratios)
        record = "card.json: made.picture.nearest.ratio, below a third"
        facts.append(Fact("near copies of a training picture", copies, record))
    return facts + take(settings.home, EVALUATION, [(name, key, "") for name, key in JUDGED])


def count_reasons(cards: Sequence[Card]) -> Count | None:
    """Why the pictures were chosen among their candidates."""
    key = "made.picture.chosen.why"
    told = tally(dig(record, key) for record in list_records(cards))
    return Count("why a picture was kept", told, f"card.json: {key}") if told else None


def count_engines(cards: Sequence[Card]) -> Count | None:
    """By which engines the sounds were made."""
    key = "made.sound.engine"
    told = tally(dig(record, key) for record in list_records(cards))
    return Count("engines", told, f"card.json: {key}") if told else None


def tell_sounds(settings: Settings, cards: Sequence[Card]) -> list[Fact]:
    """Figures of the sounds as they were mastered."""
    records = list_records(cards)
    made = [r for r in records if dig(r, "made.sound.engine")]
    if not made:
        return []
    facts = take_middle("length", made, "made.sound.seconds", "seconds")
    facts += take_middle("loudness", made, "made.sound.loudness", "LUFS")
    facts += take_middle("true peak", made, "made.sound.true_peak", "dBTP")
    for name, key in (("held down by their peak", "peak_limited"), ("mended", "mended")):
        told = sum(bool(dig(record, f"made.sound.{key}")) for record in made)
        facts.append(Fact(name, told, f"card.json: made.sound.{key}, given"))
    asked = settings.sounds
    facts.append(Fact("loudness asked for", asked.loudness, "settings: sounds.loudness", "LUFS"))
    if any(dig(record, "made.sound.prompt") for record in made):
        facts += take_middle("likeness to music of the kept clip", made, f"{VERDICT}.music", "")
        facts += take_middle("beat of the kept clip", made, f"{VERDICT}.beat", "")
        facts += take_middle("held tones of the kept clip", made, f"{VERDICT}.held", "")
        facts += take_middle("candidates for each sound", made, "made.sound.candidates", "")
    return facts


def list_prompts(cards: Sequence[Card], most: int = 3) -> list[str]:
    """The first different prompts by which sounds were made."""
    told = (dig(record, "made.sound.prompt") for record in list_records(cards))
    return list(dict.fromkeys(text for text in told if isinstance(text, str) and text))[:most]


def tell_language(settings: Settings) -> list[Fact]:
    """Figures of the language: its sounds, its order of words, how many roots it has."""
    path = settings.home / LANGUAGE
    if not path.is_file():
        return []
    told = read_toml(path)[1]
    facts = []
    for name, key in (("name", "name"), ("mood", "mood"), ("order of words", "grammar.order")):
        if isinstance(value := dig(told, key), str):
            facts.append(Fact(name, value, f"{LANGUAGE}: {key}"))
    for name, key in (("consonants", "sounds.consonants"), ("vowels", "sounds.vowels")):
        if isinstance(value := dig(told, key), list):
            facts.append(Fact(name, len(value), f"{LANGUAGE}: {key}, how many"))
            listed = " ".join(str(part) for part in value)
            facts.append(Fact(f"the {name}", listed, f"{LANGUAGE}: {key}"))
    for table in ("affixes", "nouns", "verbs", "adjectives"):
        if isinstance(value := dig(told, table), Mapping):
            # Verbs stand in a table for each kind.
            count = sum(len(part) if isinstance(part, Mapping) else 1 for part in value.values())
            facts.append(Fact(table, count, f"{LANGUAGE}: {table}, how many"))
    return facts


def count_writers(cards: Sequence[Card]) -> Count | None:
    """Who wrote the phrases."""
    key = "made.phrase.writer"
    told = tally(dig(record, key) for record in list_records(cards))
    return Count("who wrote the phrases", told, f"card.json: {key}") if told else None


def count_naturalists(cards: Sequence[Card]) -> Count | None:
    """Who wrote the field notes."""
    key = "made.notes.writer"
    told = tally(dig(record, key) for record in list_records(cards))
    return Count("who wrote the field notes", told, f"card.json: {key}") if told else None


def list_examples(cards: Sequence[Card], most: int = 3) -> list[Card]:
    """Cards whose phrase has a gloss and a translation."""
    return [card for card in cards if card.phrase and card.gloss and card.translation][:most]
