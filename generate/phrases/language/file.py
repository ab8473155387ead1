"""Read and write content/language.toml, the language as a person may edit it.

The first line holds a checksum of the rest. A file that nobody edited is made again when the seed,
name or mood of the jungle changes; an edited one is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count as count_up
from pathlib import Path
from typing import Any

from generate.files import replacing, write_text
from generate.keeping.replace import Changed, set_aside
from generate.phrases.language.concepts import Concept
from generate.phrases.language.grammar import LABELS
from generate.phrases.language.language import Language, make_language
from generate.phrases.language.phonemes import is_spelt
from generate.phrases.language.validation import TABLES, VALENCIES, quote, read_language, read_text
from generate.recipe import digest_bytes
from generate.settings import Settings

FILE = "language.toml"
REVISION = 2
MARK = "# checksum "


def make_or_read_language(settings: Settings, force: bool = False, write: bool = True) -> Language:
    """The language of content/language.toml, made (again) unless a person has edited the file.

    An edited file is kept even where seed, name or mood changed; a line says so. ``force`` makes
    it anew and leaves the edited one beside it; ``write`` keeps what was made. Raises `Refusal`
    naming the entry that cannot be used.
    """
    path = settings.content / FILE
    before = path.read_bytes() if path.is_file() else None
    wanted = (settings.language, settings.seed, settings.phrases.mood)
    if path.is_file() and not force:
        text = read_text(path)
        edited = not is_untouched(text)
        if edited or f"revision = {REVISION}\n" in text:
            language = read_language(path)
            found = (language.name, language.seed, language.mood)
            if edited and found != wanted:
                print(
                    f"language  {path} was edited by hand and is kept as {found[0]}, seed "
                    f"{found[1]}, {found[2]}; the settings ask for {wanted[0]}, seed {wanted[1]}, "
                    f"{wanted[2]} (FORCE=1 makes it anew)",
                    flush=True,
                )
            if edited or found == wanted:
                return language
    language = make_language(settings.seed, settings.language, settings.phrases.mood)
    if write:
        edited = before is not None and not is_untouched(before.decode("utf-8", "replace"))
        try:
            if edited:
                with replacing(backup := name_backup(path)) as temporary:
                    temporary.write_bytes(before or b"")
                print(f"language  {path} is made anew; your own is now {backup}", flush=True)
            put_language(path, seal(language), before)
        except Changed as changed:
            print(f"language  {changed}", flush=True)
            return make_or_read_language(settings, write=write)
    return language


def name_backup(path: Path) -> Path:
    """A name beside ``path`` that no file has: language.backup.toml, language.backup-2.toml, …"""
    names = (f"{path.stem}.backup{f'-{n}' * (n > 1)}{path.suffix}" for n in count_up(1))
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def is_untouched(text: str) -> bool:
    """Whether the checksum in the first line is that of the rest."""
    first, _, rest = text.partition("\n")
    return first.startswith(MARK + _sum(rest))


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_language(language: Language, path: Path, edited: bool = False) -> None:
    """Write the file with its checksum; with ``edited`` it counts as changed by a person."""
    write_text(path, seal(language, edited))


def seal(language: Language, edited: bool = False) -> str:
    """The text of the file with its checksum, or marked as edited."""
    body = render_language(language)
    told = "(edited by hand)" if edited else _sum(body)
    return f"{MARK}{told}  (edit below as you like; your edits are kept)\n{body}"


def put_language(path: Path, text: str, before: bytes | None) -> None:
    """Write ``text`` in the place of ``before``; one that a person edited goes to the trash.

    Raises `Changed` if another file lies there by now.
    """

    def look() -> None:
        now = path.read_bytes() if path.is_file() else None
        if now not in (None, before):
            raise Changed(path)
        if now and not is_untouched(now.decode("utf-8", "replace")):
            why = "edited by hand, then made anew"
            set_aside(path.parents[1], path, why, {digest_bytes(now)})

    with replacing(path, look=look) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def enter_coined(language: Language, path: Path) -> None:
    """Record the language's coined words; a file that a person edited gains those lines only."""

    def renew(text: str) -> str:
        if not text or is_untouched(text):
            return seal(language)
        known = read_language(path).coined
        new = {n: w for n, w in list_coined(language).items() if n not in known}
        return add_entries(text, "coined", new)

    rewrite_language(path, renew)


def enter_words(language: Language, words: Iterable[str], path: Path) -> None:
    """Record words that cards use and that have no meaning; those that can be spoken are entered.

    A file that a person edited gains or changes that one line only.
    """
    spoken = {word for word in words if is_spelt(word)}

    def renew(text: str) -> str:
        known = read_language(path).untranslated if text else ()
        every = sorted({*known, *spoken})
        if every == sorted(known):
            return text
        if not text or is_untouched(text):
            return seal(replace(language, untranslated=tuple(every)))
        return add_entries(text, "untranslated", {"words": every})

    rewrite_language(path, renew)


def rewrite_language(path: Path, renew: Callable[[str], str]) -> None:
    """Put what ``renew`` makes of the file's text, "" if there is none, in its place.

    If a person changes the file meanwhile, theirs is taken and renewed.
    """
    before = path.read_bytes() if path.is_file() else None
    text = read_text(path) if before is not None else ""
    renewed = renew(text)
    if renewed == text:
        return
    try:
        put_language(path, renewed, before)
    except Changed:
        rewrite_language(path, renew)


def add_entries(text: str, name: str, entries: Mapping[str, Any]) -> str:
    """A TOML text with ``entries`` in its table ``name``; all other lines stay as they are."""
    import tomlkit  # here alone, since few builds come this far

    document = tomlkit.parse(text)
    table = document.setdefault(name, tomlkit.table())
    # New entries go below the last one; comments at the end of the table stay there.
    body = table.value.body if isinstance(table, tomlkit.items.Table) else []
    count = max((place for place, (key, _) in enumerate(body, 1) if key), default=0)
    comments, body[count:] = body[count:], []
    table.update(entries)
    body += comments
    return tomlkit.dumps(document)


def list_coined(language: Language) -> dict[str, list[str]]:
    """Each coined concept with its word and word class."""
    return {n: [form, language.concepts[n].word_class] for n, form in language.coined.items()}


def render_language(language: Language) -> str:
    """The text of the file without its first line."""
    sounds, grammar = language.sounds, language.grammar
    lines = [
        f"# {language.name}: the language of this jungle. Change a word and every card follows.",
        "# No word may begin another, so that words can be taken apart; you are told if one does.",
        "",
        f"revision = {REVISION}",
        f"name = {quote(language.name)}",
        f"seed = {language.seed}",
        f"mood = {quote(language.mood)}",
        "",
        "[sounds]  # commonest first",
        f"consonants = {quote(sounds.consonants)}",
        f"vowels = {quote(sounds.vowels)}",
        f"codas = {quote(sounds.codas)}  # consonants that may close a syllable",
        f"clusters = {quote(sounds.clusters)}  # pairs that may open a word",
        f"closed = {sounds.closed}  # share of syllables that are closed",
        "",
        "[grammar]",
        f"order = {quote(grammar.order)}  # S subject, V verb, O object",
        f"modifiers = {quote(grammar.modifiers)}  # adjectives stand before or after their noun",
        f"circumstances = {quote(grammar.circumstances)}  # where, when and how: before or after",
        f"question = {quote(grammar.question)}  # where the question word stands in its clause",
        f"prefixes = {quote(grammar.prefixes)}  # these affixes stand before the verb",
        "",
        "[affixes]",
        *(f"{_key(k)} = {quote(v)}  # {LABELS[k]}" for k, v in grammar.affixes.items()),
        "",
        "[particles]",
        f"Q = {quote(language.roots['Q'])}  # makes a question",
    ]
    for table, word_class in TABLES.items():
        chosen = [
            c
            for c in language.concepts.values()
            if c.word_class == word_class
            and c.name in language.roots
            and c.name not in language.coined
        ]
        for group in VALENCIES if table == "verbs" else [""]:
            head = f"[verbs.{group}]  # {VALENCIES[group]}" if group else f"[{table}]"
            lines += ["", head, *_render_words(language, chosen, group)]
    lines += ["", "[derived]  # words made of words or affixes"]
    for name, parts in language.derived.items():
        lines.append(f"{name} = {quote(' + '.join(parts))}  # {language.spell(name)}")
    if language.coined:
        words = list_coined(language)
        lines += ["", "[coined]", *(f"{_key(n)} = {quote(words[n])}" for n in words)]
    if language.untranslated:
        lines += [
            "",
            "[untranslated]  # words of cards that nobody has translated yet",
            f"words = {quote(language.untranslated)}",
        ]
    return "\n".join(lines) + "\n"


def _render_words(language: Language, chosen: list[Concept], group: str) -> list[str]:
    lines, last = [], ""
    for concept in chosen:
        if group and concept.group != group:
            continue
        if concept.group not in (last, group, concept.word_class):
            lines.append(f"# {concept.group}")
            last = concept.group
        lines.append(f"{_key(concept.name)} = {quote(language.roots[concept.name])}")
    return lines


def _key(name: str) -> str:
    """A bare TOML key where the name allows it, else a quoted one."""
    return name if re.fullmatch(r"\w+", name, re.ASCII) else quote(name)
