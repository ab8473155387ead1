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
    parsed: Any = None
    reasoning_details: Any = None

    @property
    def text(self) -> str:
        """What the model wrote; else what it told a tool; else its thoughts, where it answered in
        them alone."""
        told = (self.content, self.tool_calls, self.function_call, self.parsed)
        thought = (self.reasoning_content, self.reasoning, self.reasoning_details)
        for said in (*told, *thought):
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
    """A completion, whole or as the pieces of a stream, also in the form of another interface.

    Raises `ValidationError`. Of several answers the first that says something is the first.
    """
    body = body.lstrip("\ufeff \t\r\n")
    if body.startswith(("data:", "event:", ":")):
        body = join_stream(body)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        try:
            value = join_lines(body)
        except (ValueError, RecursionError):
            value = None
    if value is None:
        return Completion.model_validate_json(body)
    found = Completion.model_validate(as_completion(value))
    found.choices.sort(key=lambda choice: not choice.message.text)
    return found


def join_lines(body: str) -> Any:
    """Ollama's own stream, a value on each line, as one message. Raises ValueError."""
    rows = [json.loads(line) for line in body.splitlines() if line.strip()]
    messages = [row.get("message") for row in rows if isinstance(row, dict)]
    texts = [row["content"] for row in messages if isinstance(row, dict) and "content" in row]
    return {"message": {"content": "".join(map(str, texts))}} if texts else None


def as_completion(value: Any) -> Any:
    """``value`` in the form of a completion, where it is an answer of another interface.

    Ollama's, Anthropic's, Gemini's, OpenAI's older and newer ones, and that of Text Generation
    Inference: servers stand behind addresses that are a letter off.
    """
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]
    if not isinstance(value, dict) or "error" in value:
        return value
    if isinstance(choices := value.get("choices"), list):
        told = [
            {**choice, "message": {"content": choice["text"]}}
            if isinstance(choice, dict) and "message" not in choice and "text" in choice
            else choice
            for choice in choices
        ]
        return {**value, "choices": told}
    message = value.get("message")
    if isinstance(found := value.get("candidates"), list) and found:
        content = found[0].get("content") if isinstance(found[0], dict) else None
        message = {"content": content.get("parts") if isinstance(content, dict) else None}
    elif isinstance(found := value.get("output"), list):
        parts = [part.get("content") for part in found if isinstance(part, dict)]
        message = {"content": [part for some in parts if isinstance(some, list) for part in some]}
    elif value.get("type") == "message":
        message = {"content": value.get("content")}
    elif isinstance(found := value.get("generated_text"), str):
        message = {"content": found}
    if not isinstance(message, dict):
        return value
    cut = "length" if "max_tokens" in (value.get("stop_reason"), value.get("done_reason")) else None
    cut = "length" if value.get("done_reason") == "length" else cut
    return {"choices": [{"message": message, "finish_reason": cut}], "usage": value.get("usage")}


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
