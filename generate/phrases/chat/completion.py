"""Find what a model wrote in the body of a completion, wherever its server put it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field


class Message(BaseModel):
    """What a model answered: text, thoughts, a call of a tool, or a refusal."""

    content: Any = None
    reasoning_content: Any = None
    reasoning: Any = None
    tool_calls: Any = None
    function_call: Any = None
    refusal: Any = None

    @property
    def text(self) -> str:
        """What the model wrote; else what it told a tool; else its thoughts, where it answered in
        them alone."""
        told = (self.content, self.tool_calls, self.function_call)
        for said in (*told, self.reasoning_content, self.reasoning):
            if (text := "".join(list_texts(said))).strip():
                return text
        return ""


class Answer(BaseModel):
    """One of the answers; a server gives one where no more are asked for."""

    message: Message
    finish_reason: str | None = None


class Completion(BaseModel):
    """The body of a server's answer."""

    choices: list[Answer] = Field(min_length=1)
    usage: Any = None

    @property
    def cost(self) -> int | None:
        """Tokens in all, where the server counts them."""
        total = self.usage.get("total_tokens") if isinstance(self.usage, dict) else None
        return total if isinstance(total, int) and total >= 0 else None


def list_texts(value: Any) -> Iterator[str]:
    """The texts in a part of a message: one, those of its parts, or the arguments of its calls.

    Some servers give what they took for JSON as a value: it is written out again.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from list_texts(part)
    elif isinstance(value, dict):
        if "function" in value or "arguments" in value:
            yield from list_texts(value.get("arguments", value.get("function")))
        elif isinstance(value.get("text"), str):
            yield value["text"]
        elif "type" not in value:
            yield json.dumps(value)


def read_completion(body: str) -> Completion:
    """A completion, whole or as the pieces of a stream. Raises `ValidationError`."""
    if body.lstrip().startswith(("data:", "event:", ":")):
        body = join_stream(body)
    return Completion.model_validate_json(body)


def join_stream(body: str) -> str:
    """The events of a stream as one completion; a server may stream though nobody asked it to."""
    said: dict[str, str] = {"content": "", "reasoning_content": "", "reasoning": ""}
    finish, usage, any_choice = None, None, False
    for line in body.splitlines():
        if not line.startswith("data:"):
            continue
        try:
            event = json.loads(line[5:])
            usage = event.get("usage") or usage
            for choice in event.get("choices") or ():
                any_choice = True
                finish = choice.get("finish_reason") or finish
                part = choice.get("delta") or choice.get("message") or {}
                for name in said:
                    said[name] += part[name] if isinstance(part.get(name), str) else ""
        except (ValueError, AttributeError, RecursionError):
            continue  # such as "[DONE]"
    choices = [{"message": said, "finish_reason": finish}] if any_choice else []
    return json.dumps({"choices": choices, "usage": usage})
