"""Read and write content/language.toml, the language as a person may edit it.

The first line carries a checksum of the rest: an untouched file is made again when the jungle's
seed, name or mood change, an edited one is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from generate.files import write_text
from generate.phrases.language.concepts import Concept
from generate.phrases.language.grammar import LABELS
from generate.phrases.language.language import Language, make_language
from generate.phrases.language.reader import TABLES, VALENCIES, quote, read_language, read_text
from generate.settings import Settings

FILE = "language.toml"
REVISION = 2
MARK = "# checksum "
# The head of the table, as a person may have written it: with blanks, quotes, a comment.
COINED = re.compile(r"""^[ \t]*\[[ \t]*(["']?)coined\1[ \t]*\][^\n]*$""", re.MULTILINE)


def keep_language(settings: Settings, force: bool = False, write: bool = True) -> Language:
    """See `language.make_or_read_language`."""
    path = settings.content / FILE
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
        write_language(language, path)
    return language


def is_untouched(text: str) -> bool:
    """True if the first line's checksum is that of the rest."""
    first, _, rest = text.partition("\n")
    return first.startswith(MARK + _sum(rest))


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_language(language: Language, path: Path, edited: bool = False) -> None:
    """Write the file with its checksum; ``edited`` leaves the mark of a person's hand."""
    body = render_language(language)
    told = "(edited by hand)" if edited else _sum(body)
    write_text(path, f"{MARK}{told}  (edit below as you like; your edits are kept)\n{body}")


def enter_coined(language: Language, path: Path) -> None:
    """Record the language's coined words; a file that a person edited gains those lines only."""
    text = read_text(path) if path.is_file() else ""
    if not text or is_untouched(text):
        write_language(language, path)
        return
    known = read_language(path).coined
    lines = [row for name, row in _render_coined(language) if name not in known]
    found = COINED.search(text)
    if found is None:
        text = text.rstrip("\n") + "\n\n[coined]\n"
        found = COINED.search(text)
        assert found
    write_text(path, "\n".join([text[: found.end()], *lines]) + text[found.end() :])


def _render_coined(language: Language) -> list[tuple[str, str]]:
    return [
        (name, f"{_key(name)} = {_list((form, language.concepts[name].word_class))}")
        for name, form in language.coined.items()
    ]


def render_language(language: Language) -> str:
    """The file without its first line."""
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
        f"consonants = {_list(sounds.consonants)}",
        f"vowels = {_list(sounds.vowels)}",
        f"codas = {_list(sounds.codas)}  # consonants that may close a syllable",
        f"clusters = {_list(sounds.clusters)}  # pairs that may open a word",
        f"closed = {sounds.closed}  # share of syllables that are closed",
        "",
        "[grammar]",
        f"order = {quote(grammar.order)}  # S subject, V verb, O object",
        f"modifiers = {quote(grammar.modifiers)}  # adjectives stand before or after their noun",
        f"circumstances = {quote(grammar.circumstances)}  # where, when and how: before or after",
        f"question = {quote(grammar.question)}  # where the question word stands in its clause",
        f"prefixes = {_list(grammar.prefixes)}  # these affixes stand before the verb",
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
        lines += ["", "[coined]", *(row for _, row in _render_coined(language))]
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
    return (
        name if name.replace("_", "").isascii() and name.replace("_", "").isalnum() else quote(name)
    )


def _list(items: Iterable[str]) -> str:
    return "[" + ", ".join(map(quote, items)) + "]"
