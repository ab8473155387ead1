"""Servers and answers that were met after the first ones were read; in their makers' own words."""

import json
import re

import pytest

from generate.phrases.chat.complaints import find_cause
from generate.phrases.chat.free import Free
from tests.phrases.chat.chat_server import Answer, Script, card, complete, numbers, serve
from tests.phrases.writing.briefs import make_briefs


def whole(request):
    """Good cards for a request."""
    return [card(number, at) for at, number in enumerate(numbers(request))]


def say(status, message, **more):
    """An error of a server that words it as OpenAI's does, or nearly."""
    return Answer(json.dumps({"error": {"message": message, **more}}), status)


# A server whose model knows no role "system" says so like this.
ROLES = {
    "gemma on llama.cpp": say(500, "Jinja Exception: System role not supported", code=500),
    "gemma on vLLM": Answer(
        '{"object":"error","message":"System role not supported","code":400}', 400
    ),
    "mistral": say(400, "Conversation roles must alternate user/assistant/user/assistant/..."),
    "o1": say(
        400, "Unsupported value: 'messages[0].role' does not support 'system' with this model."
    ),
    "FastAPI": Answer('{"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "no"}]}', 422),
}


@pytest.mark.parametrize("refusal", ROLES.values(), ids=ROLES)
def test_rules_are_told_in_the_first_question_where_there_is_no_system(write, refusal):
    script = Script()

    def answer(request):
        roles = [message["role"] for message in request["messages"]]
        return refusal if "system" in roles else script.write(request)

    with serve(answer) as server:
        written, warned = write(server.url, 26, retries=0)
    assert not warned and {words.writer for words in written} == {"openai"}
    assert len(server.requests) == 3  # two batches, of which the second knows
    first, last = server.requests[0]["messages"], server.requests[-1]["messages"]
    assert [message["role"] for message in last] == ["user", "assistant", "user"]
    assert last[0]["content"].startswith(first[0]["content"])
    assert last[0]["content"].endswith(first[1]["content"])
    assert {"response_format", "temperature", "top_p", "max_tokens"} <= server.requests[-1].keys()


CAUSES = {
    "DeepSeek": (say(400, "Model Not Exist", type="invalid_request_error"), "knows no model"),
    "LM Studio": (say(404, "No models loaded. Please load a model."), "knows no model"),
    "LM Studio's 200": (
        Answer('{"error": "Unexpected endpoint or method. (POST /chat/completions)"}'),
        "base_url lacks its /v1",
    ),
    "llama.cpp": (
        say(400, "the request exceeds the available context size, try increasing it", n_ctx=4096),
        "raise its context window",
    ),
    "vLLM": (
        say(400, "This model's maximum context length is 2048 tokens. However, you requested 4000"),
        "raise its context window",
    ),
    "OpenRouter": (
        say(
            402,
            "This request requires more credits, or fewer max_tokens. You requested up to 4096 "
            "tokens, but can only afford 200.",
        ),
        "no credit",
    ),
    "Azure": (
        say(
            400,
            "The response was filtered due to the prompt triggering Azure OpenAI's content "
            "management policy. Please modify your prompt and retry.",
            type=None,
            param="prompt",
            code="content_filter",
        ),
        "content filter",
    ),
    "Gemini": (
        Answer(
            '[{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.",'
            ' "status": "INVALID_ARGUMENT"}}]',
            400,
        ),
        "does not accept the key",
    ),
    "Gemini, elsewhere": (
        Answer(
            '[{"error": {"code": 400, "message": "User location is not supported for the API use.",'
            ' "status": "FAILED_PRECONDITION"}}]',
            400,
        ),
        "the place that it is asked from",
    ),
    "DeepSeek, empty": (say(402, "Insufficient Balance", type="unknown_error"), "no credit"),
}


@pytest.mark.parametrize(("answer", "told"), CAUSES.values(), ids=CAUSES)
def test_what_no_field_would_mend_is_said(write, drafts, answer, told):
    with serve(answer) as server:
        written, warned = write(server.url, retries=0)
    assert len(warned) == 1 and told in warned[0] and written == drafts
    assert len(server.requests) <= 2
    assert "beast-001, beast-002, beast-003" in warned[0]


SPENT = {
    "OpenAI": say(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        type="insufficient_quota",
        code="insufficient_quota",
    ),
    "OpenRouter": say(429, "Rate limit exceeded: free-models-per-day", code=429),
    "Groq": say(
        429,
        "Rate limit reached for model `m` in organization `o` on tokens per day (TPD): Limit "
        "100000, Used 99000. Please try again in 7m12s.",
        code="rate_limit_exceeded",
    ),
    "Gemini": Answer(
        '[{"error": {"code": 429, "message": "You exceeded your current quota", "details": '
        '[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}}]',
        429,
    ),
    "Anthropic": say(
        400, "Your credit balance is too low to access the Anthropic API.", type="invalid"
    ),
    "Moonshot": say(429, "Your account is suspended, please check your plan and billing"),
    "a proxy's 200": Answer(
        '{"error": {"message": "insufficient_quota", "code": 429, "type": "insufficient_quota"}}'
    ),
}


@pytest.mark.parametrize("answer", SPENT.values(), ids=SPENT)
def test_an_account_with_nothing_left_is_asked_once(write, drafts, answer):
    with serve(answer) as server:
        written, warned = write(server.url, 26, retries=4)
    assert len(server.requests) == 1 and len(written) == 26
    assert len(warned) == 1 and "credit, or its quota for the day, is used up" in warned[0]


def test_a_limit_of_the_minute_is_waited_for(write):
    busy = Answer(
        '[{"error": {"code": 429, "message": "You exceeded your current quota", "details": '
        '[{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}}]',
        429,
        {"retry-after-ms": "1"},
    )
    with serve(busy, "good") as server:
        _, warned = write(server.url)
    assert not warned and len(server.requests) == 2


def test_a_busy_or_broken_server_is_not_taken_for_another():
    for status in (401, 402, 429, 500, 503):
        assert (
            find_cause(status, "the model was not found; context length; unknown route") == status
        )


@pytest.mark.parametrize("code", [429, 502])
def test_a_failure_of_the_moment_that_comes_with_200_is_asked_again(write, code):
    error = {"message": "Provider returned error", "code": code, "metadata": {"raw": "upstream"}}
    with serve(Answer("\n\n" + json.dumps({"error": error})), "good") as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 2
    assert {words.writer for words in written} == {"openai"}


def test_what_a_filter_declines_costs_no_other_batch(write):
    script, asked = Script(), []
    refusal = say(400, "filtered", code="content_filter", param="prompt")

    def answer(request):
        asked.append(request)
        return refusal if len(asked) == 1 else script.write(request)

    with serve(answer) as server:
        written, warned = write(server.url, 26, retries=0)
    assert len(warned) == 1 and "content filter" in warned[0]
    assert {words.writer for words in written} == {"offline", "openai"}


def message(**fields):
    """A completion whose message has these fields, as JSON."""
    return Answer(
        json.dumps({"choices": [{"index": 0, "message": {"role": "assistant", **fields}}]})
    )


def stream(request, name="content"):
    """An answer in pieces, as a server sends them that streams whatever it is asked."""
    text = json.dumps({"cards": whole(request)})
    events = [
        {"choices": [{"index": 0, "delta": {name: text[at : at + 50]}}]}
        for at in range(0, len(text), 50)
    ]
    events.append({"choices": [], "usage": {"total_tokens": 9}})
    lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return Answer(f": PROCESSING\n\n{lines}data: [DONE]\n\n")


def call(cards, **wrap):
    text = json.dumps({"cards": cards})
    return message(content=None, **{**wrap, "tool_calls": [{"function": {"arguments": text}}]})


PLACES = {
    "a tool": lambda r: call(whole(r)),
    "a tool, as values": lambda r: message(
        tool_calls=[{"function": {"arguments": {"cards": whole(r)}}}]
    ),
    "a function": lambda r: message(
        content="", function_call={"name": "x", "arguments": json.dumps(whole(r))}
    ),
    "values": lambda r: message(content={"cards": whole(r)}),
    "a list of values": lambda r: message(content=whole(r)),
    "a stream": stream,
    "a stream of thoughts": lambda r: stream(r, "reasoning_content"),
}


@pytest.mark.parametrize("answer", PLACES.values(), ids=PLACES)
def test_an_answer_is_found_in_other_places(write, answer):
    with serve(answer) as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 1
    assert {words.writer for words in written} == {"openai"}


DRAFT = json.dumps({"cards": [card(1, clauses=[{"subject": {"noun": "zeppelin"}}])]})
SHAPES = {
    "twice encoded": lambda c: json.dumps(json.dumps({"cards": c})),
    "typographic quotes": lambda c: re.sub(r'"([^"]*)"', "“\\1”", json.dumps({"cards": c})),
    "German quotes": lambda c: re.sub(r'"([^"]*)"', "„\\1“", json.dumps({"cards": c})),
    "clauses in a string": lambda c: json.dumps(
        [{**one, "clauses": json.dumps(one["clauses"])} for one in c]
    ),
    "a list of one for a text": lambda c: json.dumps(
        [{**one, "back": [one["back"]], "mood": ["joyful"]} for one in c]
    ),
    "the back by another name": lambda c: json.dumps(
        [{"message" if key == "back" else key: part for key, part in one.items()} for one in c]
    ),
    "articles and third persons": lambda c: (
        json.dumps(c)
        .replace('"mother"', '"The Mother"')
        .replace('"borrow"', '"borrows"')
        .replace('"river"', '"a river"')
    ),
    "channels": lambda c: (
        f"<|channel|>analysis<|message|>Say {DRAFT}?<|end|><|start|>assistant<|channel|>final"
        f"<|constrain|>json<|message|>{json.dumps(c)}"
    ),
    "thoughts of Magistral": lambda c: f"[THINK]{DRAFT}[/THINK]{json.dumps(c)}",
    "thoughts by another name": lambda c: f"<thinking>{DRAFT}</thinking>\n{json.dumps(c)}",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_other_shapes_are_understood_at_once(write, mossish, shape):
    with serve(lambda request: complete(shape(whole(request)))) as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 1
    assert [words.writer for words in written] == ["openai"] * 3
    assert all(mossish.parse(words.phrase.text) == words.phrase for words in written)
    assert all(words.message.startswith("The soup is well, and so am I") for words in written)


def test_thoughts_are_dropped_in_free_mode_too(mossish):
    good = mossish.parse(mossish.spell("moon") + " " + mossish.spell("sleep"))
    assert good is not None
    line = "1. a b c = 1SG see moon = {}"
    text = f"<thinking>\n{line.format('A draft.')}\n</thinking>\n{line.format('The answer.')}"
    assert Free(mossish, set()).split(text, [1])[1][2].strip() == "The answer."
    assert Free(mossish, set()).read("", make_briefs(1))[0] == {}


def put(text):
    """The same answer as other interfaces than Chat Completions give it."""
    lines = [{"message": {"content": text[:40]}}, {"message": {"content": text[40:]}}]
    spoken = {"type": "message", "content": [{"type": "output_text", "text": text}]}
    return {
        "Ollama": {"model": "m", "message": {"role": "assistant", "content": text}, "done": True},
        "Ollama's stream": "\n".join(json.dumps(line) for line in [*lines, {"done": True}]),
        "Anthropic": {"type": "message", "content": [{"type": "text", "text": text}]},
        "Gemini": {"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}}]},
        "completions": {"choices": [{"text": text, "finish_reason": "stop"}]},
        "responses": {"output": [{"type": "reasoning", "summary": []}, spoken]},
        "Text Generation Inference": [{"generated_text": text}],
        "a second answer": {
            "choices": [{"message": {"content": ""}}, {"message": {"content": text}}]
        },
        "parsed": {"choices": [{"message": {"content": None, "parsed": json.loads(text)}}]},
        "thoughts in parts": {
            "choices": [
                {"message": {"reasoning_details": [{"type": "reasoning.text", "text": text}]}}
            ]
        },
    }


@pytest.mark.parametrize("name", put("{}"))
def test_an_answer_of_another_interface_is_understood(write, name):
    def answer(request):
        found = put(json.dumps({"cards": whole(request)}))[name]
        return Answer(found if isinstance(found, str) else "\ufeff" + json.dumps(found))

    with serve(answer) as server:
        written, warned = write(server.url)
    assert not warned and {words.writer for words in written} == {"openai"}
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"message": "ok"}', '{"candidates": []}', '{"output": [1]}', "[1]", "1"]
)
def test_what_is_no_answer_of_any_interface_is_said(write, drafts, body):
    with serve(Answer(body)) as server:
        written, warned = write(server.url, retries=0)
    assert len(warned) == 1 and written == drafts
