"""Ask a server that speaks OpenAI's Chat Completions; keeps good answers in work/cache/."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.phrases.chat.address import read_address
from generate.phrases.chat.complaints import (
    LIMITS,
    OTHERS,
    SYSTEM,
    choose_dropped,
    find_cause,
    find_failure,
    is_loading,
    is_no_use,
    is_spent,
    passes,
    read_said,
)
from generate.phrases.chat.completion import read_completion
from generate.phrases.chat.credentials import choose_credential, is_loopback, is_openai
from generate.recipe import digest
from generate.settings import Settings

ADDRESS = "https://api.openai.com/v1"
ROOM = 16_000  # tokens that one answer may take; some models refuse to be offered more
# Bytes of a server's answer that are read, and letters of what a model wrote that are looked at:
# several times what `ROOM` holds.
MOST_BYTES, MOST_LETTERS = 4_000_000, 200_000
PAUSE = 0.5  # seconds before a failed question is asked again; twice as long each time
LONGEST_PAUSE = 2.0  # seconds between two questions to a server that loads its model
# What each model of each server did not take, for all that this process asks.
REFUSED: dict[tuple[str, str], set[str]] = {}
LETTERS = 4  # letters of English to a token, for servers that do not count


class Silence(Exception):
    """No answer came; ``final`` where it is no use to go on asking."""

    def __init__(self, reason: str, final: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final


@dataclass(frozen=True)
class Reply:
    """What the model wrote; ``cut`` where it had no room to finish."""

    text: str
    cut: bool = False


class Chat:
    """One model on one server, within one budget of tokens.

    Raises `Refusal` for an address that is none and, when a question must be sent, for a key that
    is missing or may not go there. The key leaves the environment only in the request. No text of a
    server's own is shown, since some repeat the key in their errors; but of one on this machine its
    message, where no key is sent.
    """

    def __init__(self, settings: Settings) -> None:
        self.asked = settings.phrases
        self.folder = settings.work / "cache"
        self.address = self.asked.base_url or os.environ.get("OPENAI_BASE_URL") or ADDRESS
        parts = read_address(self.address)
        self.host = str(parts.hostname)
        self.at_openai, self.local = is_openai(parts), is_loopback(parts)
        self.versioned = bool(re.search(r"/v\d", parts.path))
        self.credential = choose_credential(self.asked, self.address)
        self.spent = 0
        self.refused = REFUSED.setdefault((self.address, self.asked.model), set())
        self._fresh: dict[Path, dict[str, Any]] = {}
        self._client: Any = None

    def __enter__(self) -> Chat:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def ask(self, messages: list[dict[str, str]], schema: dict[str, Any] | None) -> Reply:
        """The model's answer, from the cache if it was given before; raises `Silence`."""
        asked = self.asked
        question = [asked.model, self.address, messages, schema, asked.temperature, asked.top_p]
        path = self.folder / f"chat-{digest(question)}.json"
        kept = self._recall(path)
        if kept is not None:
            return kept
        left = asked.max_tokens - self.spent
        if left <= 0:
            raise Silence(f"the cap of max_tokens = {asked.max_tokens} is reached")
        limit = LIMITS[0] if self.at_openai else LIMITS[1]
        arguments: dict[str, Any] = {
            "model": asked.model,
            "messages": messages,
            "temperature": asked.temperature,
            "top_p": asked.top_p,
            limit: min(left, ROOM),
        }
        if schema is not None:
            form = {"name": "postcards", "strict": True, "schema": schema}
            arguments["response_format"] = {"type": "json_schema", "json_schema": form}
        reply = self._read(self._send(arguments), sum(len(m["content"]) for m in messages))
        self._fresh[path] = {"model": asked.model, "reply": reply.text, "cut": reply.cut}
        return reply

    def keep(self) -> None:
        """Store the answers since the last `keep` or `drop`."""
        for path, record in self._fresh.items():
            write_json(path, record)
        self._fresh.clear()

    def drop(self) -> None:
        """Forget them, so that the next build asks again."""
        self._fresh.clear()

    def _recall(self, path: Path) -> Reply | None:
        try:
            record = read_json(path)
            return Reply(str(record["reply"]), bool(record["cut"]))
        except (OSError, Refusal, KeyError, TypeError):
            return None

    def _open(self) -> Any:
        import openai

        if self._client is None:
            key = self.credential.require()
            with self.credential.surroundings():
                self._client = openai.OpenAI(
                    api_key=key,
                    base_url=self.address,
                    timeout=self.asked.timeout,
                    max_retries=self.asked.retries,
                    http_client=openai.DefaultHttpxClient(
                        event_hooks={"response": [forbid_retries]}
                    ),
                )
        return self._client

    def _send(self, arguments: dict[str, Any]) -> str:
        """The body of the server's answer; without the arguments it says it cannot take."""
        client = self._open()
        import openai

        tries, loading = 0, Loading(self.asked.timeout)
        while True:
            fitting, status, body = self._fit(arguments), 0, ""
            try:
                streaming = client.chat.completions.with_streaming_response
                body = self._receive(streaming, fitting)
                status = find_failure(body)
                if not status:
                    return body
                if passes(status) and not is_spent(status, body) and tries < self.asked.retries:
                    # The client knows failures by their status alone, and this one came with 200.
                    time.sleep(min(PAUSE * 2**tries, 8.0))
                    tries += 1
                    continue
            except openai.APITimeoutError:
                reason = f"{self.host} did not answer within {self.asked.timeout:g} s"
            except openai.APIConnectionError:
                reason = f"{self.host} cannot be reached"
            except openai.APIStatusError as error:
                body, status = error.response.text, error.status_code
            except (openai.OpenAIError, ValueError):
                reason = f"{self.host} does not speak Chat Completions"
            if is_loading(status, body) and loading.wait(self.host, self._quote(body)):
                continue
            if status:
                rules = fitting["messages"][0]["role"] == "system"
                dropped = choose_dropped([*fitting, *[SYSTEM] * rules], status, body)
                self.refused |= dropped
                if dropped:
                    continue
                reason = self._explain(status, body)
                # What is filtered is this question; the next one may pass.
                raise Silence(reason, final=find_cause(status, body) != "filter")
            raise Silence(reason)

    def _fit(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments that the server takes; a limit goes by its other name if that is taken."""
        fitting = {name: value for name, value in arguments.items() if name not in self.refused}
        limit = next((name for name in LIMITS if name not in self.refused), None)
        if SYSTEM in self.refused:
            fitting["messages"] = join_rules(fitting["messages"])
        if limit and not fitting.keys() & {*LIMITS}:
            fitting[limit] = next(arguments[name] for name in LIMITS if name in arguments)
        return fitting

    def _receive(self, completions: Any, arguments: dict[str, Any]) -> str:
        """The body of one answer; raises `Silence` for one that is too long or breaks off."""
        body = b""
        with completions.create(**arguments) as response:
            try:
                for part in response.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        break
            except Exception:  # the client hands on what the library under it raises
                raise Silence(f"{self.host} broke off its answer") from None
        if len(body) > MOST_BYTES:
            raise Silence(f"{self.host} answered with more than {MOST_BYTES:,} bytes")
        return body.decode("utf-8", "replace")

    def _explain(self, status: int, body: str) -> str:
        name, cause = self.credential.name, find_cause(status, body)
        told = {
            "key": "does not accept the key, the account or the place that it is asked from",
            "filter": "has a content filter, which declined the question",
            "room": "has no room for the question: raise its context window",
            "spent": "answers no more: the account's credit, or its quota for the day, is used up",
            "address": "has no such address: base_url lacks its /v1, perhaps",
            401: f"does not accept the key in {name}" if name else "wants a key: see api_key_env",
            402: "wants to be paid: the account has no credit for this question",
            403: "does not let this key use the model",
            404: f"knows no model {self.asked.model}"
            + " (or base_url lacks its /v1)" * (not self.versioned),
            429: "allows no more requests for now, or the account is empty",
        }
        if is_loading(status, body):
            told[cause] = f"was still loading its model after {self.asked.timeout:g} s"
        said = "" if cause in ("key", "filter", "spent", *OTHERS) else self._quote(body)
        return f"{self.host} {told.get(cause, 'failed')} ({status}{f': {said}' * bool(said)})"

    def _quote(self, body: str) -> str:
        """What a server on this machine says itself, where no key is sent; else ""."""
        return read_said(body) if self.local and not self.credential.value else ""

    def _read(self, body: str, letters: int) -> Reply:
        """The answer in the body of a completion; counts what it cost."""
        try:
            completion = read_completion(body)
        except ValidationError:
            raise Silence(f"{self.host} does not speak Chat Completions") from None
        choice = completion.choices[0]
        text = choice.message.text
        if len(text) > MOST_LETTERS:
            raise Silence(f"the model wrote more than {MOST_LETTERS:,} letters", final=False)
        if self.credential.value:
            text = text.replace(self.credential.value, "")
        guess = (letters + len(text)) // LETTERS
        self.spent += guess if completion.cost is None else completion.cost
        if choice.message.refusal or choice.finish_reason == "content_filter":
            raise Silence("the model declined to write them", final=False)
        return Reply(text, cut=choice.finish_reason == "length")


class Loading:
    """Waits for a server that loads its model, ``timeout`` seconds in all."""

    def __init__(self, timeout: float) -> None:
        self.timeout, self.since, self.pause = timeout, 0.0, PAUSE

    def wait(self, host: str, said: str) -> bool:
        """Wait a moment, the first time with a line; False where it has been long enough."""
        now = time.monotonic()
        if not self.since:
            self.since = now
            says = f"says: {said}" if said else "loads its model"
            tqdm.write(f"{'chat':<9} {host} {says}; waiting for it, {self.timeout:g} s at most")
        if now - self.since >= self.timeout:
            return False
        time.sleep(min(self.pause, self.timeout))
        self.pause = min(2 * self.pause, LONGEST_PAUSE)
        return True


def forbid_retries(response: Any) -> None:
    """Tell the client not to ask again where that is no use: it heeds the header of that name."""
    if response.status_code in (429, 500, 503):
        response.read()
        if is_no_use(response.status_code, response.text):
            response.headers["x-should-retry"] = "false"


def join_rules(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """``messages`` for a model that knows no rules of the house: the first question tells them."""
    rules, question, *rest = messages
    both = {**question, "content": f"{rules['content']}\n\n{question['content']}"}
    return [both, *rest] if rules["role"] == "system" else messages
