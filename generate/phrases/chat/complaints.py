"""Read in a server's complaint which fields of a request it does not take; text in, names out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

LONGEST = 20_000  # letters of a complaint that are looked at
# What a server or a model may not take, and how complaints name it.
ROOM = r"context.?(length|window|size)"
FIELDS = {
    "response_format": r"response.?format|json.?(schema|object|mode|valid)|structured.?output"
    r"|guided|grammar",
    "top_p": r"top.?p\b",
    "temperature": r"temperature",
    "max_completion_tokens": rf"max.?completion.?tokens|max.{{0,8}}tokens|{ROOM}",
    "max_tokens": rf"max.{{0,8}}tokens|{ROOM}",
    "system": r"system.?(role|message|prompt|instruction)|roles? must alternate|alternat\w+ roles?"
    r"|messages\W+0\W+role|role\W+system|developer instruction",
}
# What no other field would mend: a filter, the model's window, its name, the address.
CAUSES: dict[int | str, str] = {
    "filter": r"content.?filter|content management policy|responsible.?ai.?policy|safety system",
    "key": r"api.?key.{0,30}(not valid|invalid|missing|expired|not found)|billing"
    r"|(invalid|incorrect|wrong|missing).{0,12}api.?key|location is not supported"
    r"|not (available|supported) in your (country|region|location)",
    "room": r"context.{0,20}(length|window|size)|n_ctx|prompt is too long|too many tokens",
    404: r"model.{0,40}not.(found|exist|loaded|available)|no models? loaded|unknown model"
    r"|no such model|model_not_found",
    "address": r"unexpected endpoint|(unknown|no such|invalid) (route|endpoint|url|path)"
    r"|cannot post|not found.{0,20}(/chat|url|path|route)",
}
# An account that is empty, or its share of the day: no later question is answered either.
SPENT = re.compile(
    r"insufficient.{0,3}(quota|balance|funds|credit)|credit balance|(out of|no|enough) credits?\b"
    r"|per.?day|daily.{0,12}(limit|quota)|billing.?(hard.?limit|not.?active)"
    r"|account.{0,20}(suspended|deactivated|not active|in arrears)",
    re.IGNORECASE,
)
LOADING = re.compile(
    r"loading (the |your )?model|model.{0,80}\b(is|being|still|currently).{0,12}load(ing|ed)\b"
    r"|(is|still|currently) (loading|starting up|warming up)",
    re.IGNORECASE | re.DOTALL,
)
SHOWN = 120  # letters of a server's message that are told
# Stands for the role "system", in which the rules are told: some models know no such role.
SYSTEM = "system"
LIMITS = ("max_completion_tokens", "max_tokens")
TOO_LARGE = r"too (large|long|big|high|many)|at most|exceed|maximum|context|less than|<="
# Of the key, of credit, of patience, of the server being busy: nothing that a field would change.
OTHERS = (401, 402, 403, 408, 409, 429)
# Keys under which a complaint repeats the request.
REPEATED = ("input", "ctx", "url", "request", "failed_generation")


def choose_dropped(sent: Collection[str], status: int, body: str) -> set[str]:
    """The fields to ask again without, among those ``sent``; none where that would be no use.

    What the complaint points at (OpenAI's "param", FastAPI's "loc") comes first, then what its
    text names first. A server that rejects the request or breaks (400, 422, 500) and names
    nothing is asked without a form for the answer, and then with nothing but the question.
    """
    cause = find_cause(status, body)
    if (
        status in OTHERS
        or cause in ("address", "filter", "key", "spent", 404)
        or (cause == "room" and not {*LIMITS} & {*sent})
    ):
        return set()
    told = read_body(body)
    pointers = [said for pointed, said in told if pointed]
    text = "\n".join(said for _, said in told)
    dropped = {name for pointer in pointers for name in find_fields(sent, pointer)[:1]}
    if not dropped:
        named = find_fields(sent, text)
        # Two that are good alone: the one that is seldom set goes.
        both = "top_p" in named and "temperature" in named and re.search(r"\bboth\b", text)
        dropped = {"top_p"} if both else set(named[:1])
    if dropped & {*LIMITS} and re.search(TOO_LARGE, text, re.IGNORECASE):
        return dropped | {*LIMITS}
    if dropped or status not in (400, 422, 500):
        return dropped
    return {"response_format"} & {*sent} or {*sent} & FIELDS.keys()


def find_cause(status: int, body: str) -> int | str:
    """A failure's cause in a word, told by the server's, or else its status."""
    text = body[:LONGEST]
    if is_spent(status, body):
        return "spent"
    if status in OTHERS or status >= 500:
        return status
    # Only a rejected request may be so for its key; what is not found is another matter.
    told = [cause for cause, said in CAUSES.items() if re.search(said, text, re.IGNORECASE)]
    return next((cause for cause in told if cause != "key" or status == 400), status)


def read_complaint(value: Any, key: str = "") -> Iterator[tuple[bool, str]]:
    """The texts of a complaint, each with whether it points at a part of the request."""
    if isinstance(value, str):
        yield key in ("param", "loc"), value
    elif isinstance(value, list) and key == "loc":
        yield True, ".".join(map(str, value))
    elif isinstance(value, list):
        for item in value:
            yield from read_complaint(item, key)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in REPEATED:
                yield from read_complaint(item, name)


def find_fields(sent: Collection[str], text: str) -> list[str]:
    """The fields among ``sent`` that a text names, in its own order."""
    found = {name: re.search(FIELDS[name], text, re.IGNORECASE) for name in FIELDS if name in sent}
    places = {name: match.start() for name, match in found.items() if match}
    return sorted(places, key=lambda name: places[name])


def is_spent(status: int, body: str) -> bool:
    """Whether a question was refused since nothing is left of the account or of its day."""
    return status in (400, 403, 429) and bool(SPENT.search(body[:LONGEST]))


def is_loading(status: int, body: str) -> bool:
    """Whether a server says that it is still loading its model (llama.cpp, TGI, TabbyAPI)."""
    return status == 503 and bool(LOADING.search(body[:LONGEST]))


def is_no_use(status: int, body: str) -> bool:
    """Whether the same question, asked again at once, would fail as well.

    llama.cpp answers 500 where its model's template does not take the roles.
    """
    if status == 500:
        told = " ".join(said for _, said in read_body(body))
        return bool(find_fields(FIELDS, told))
    return is_spent(status, body) or is_loading(status, body)


def read_body(body: str) -> list[tuple[bool, str]]:
    """`read_complaint` of a body; of one that is no JSON its text."""
    text = body[:LONGEST]
    try:
        return [*read_complaint(json.loads(text))]
    except (ValueError, RecursionError):
        return [(False, text)]


def read_said(body: str) -> str:
    """A server's own message on one line, "" where there is none."""
    try:
        told = json.loads(body[:LONGEST])
        told = told.get("error") or told if isinstance(told, dict) else told
        told = told.get("message") or told.get("detail") if isinstance(told, dict) else told
    except (ValueError, RecursionError):
        return ""
    line = " ".join(told.split()) if isinstance(told, str) else ""
    return "".join(letter for letter in line[:SHOWN] if letter.isprintable())


def passes(status: int) -> bool:
    """Whether a failure is one of the moment, so that the same question may soon be answered."""
    return status in (408, 409, 429) or status >= 500


def find_failure(body: str) -> int:
    """The status that a body tells of though it came with 200, or 0 where it tells of none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return 0
    if not isinstance(told, dict) or not told.get("error") or told.get("choices"):
        return 0
    error = told["error"]
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 400
