"""Servers that do not take a field of the request: it is dropped once and the answers are kept."""

import json

import pytest

from generate.phrases.chat.complaints import choose_dropped
from tests.phrases.chat.chat_server import Answer, Script, complete, fail, serve

FORM, LIMIT = "response_format", "max_tokens"
SENT = ("model", "messages", "temperature", "top_p", "max_tokens", "response_format")


def detail(*places: str, **more: object) -> str:
    """A complaint as FastAPI's servers make it."""
    faults = [
        {"type": "extra_forbidden", "loc": ["body", place], "msg": "Extra inputs are not permitted"}
        for place in places
    ]
    return json.dumps({"detail": [{**fault, **more} for fault in faults]})


def openai(param: str | None, message: str, code: str = "unsupported_parameter") -> str:
    """A complaint as OpenAI's and Azure's servers make it."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return json.dumps({"error": error})


# What a server answers as long as the request has the field: status, body, the fields it minds.
REFUSALS = {
    "a string": (400, '{"error": "response_format is not supported"}', FORM),
    "LM Studio": (400, json.dumps({"error": "'response_format.type' must be 'text'"}), FORM),
    "llama.cpp": (
        400,
        '{"error": {"code": 400, "message": "failed to parse grammar", "type": "invalid"}}',
        FORM,
    ),
    "llama.cpp breaks": (500, '{"error": {"code": 500, "message": "JSON schema: bad $ref"}}', FORM),
    "FastAPI": (422, detail(FORM), FORM),
    "FastAPI repeats": (422, detail("top_p", input={"temperature": 1, FORM: {}}), "top_p"),
    "vLLM": (
        400,
        json.dumps({"object": "error", "message": f"[{{'loc': ('body', '{FORM}')}}]", "code": 400}),
        FORM,
    ),
    "vLLM's backend": (400, '{"object":"error","message":"guided_json is off","code":400}', FORM),
    "Ollama": (400, '{"error":{"message":"structured outputs need version 0.5"}}', FORM),
    "plain text": (500, "KeyError: 'response_format'", FORM),
    "a page": (400, "<html><h1>json_schema mode is off</h1></html>", FORM),
    "no reason": (400, "", FORM),
    "no reason at all": (500, "Internal Server Error", FORM),
    "no field": (422, '{"detail": "Unprocessable Entity"}', FORM),
    "not implemented": (501, '{"error": "response_format: not implemented"}', FORM),
    "200": (200, '{"error": {"message": "response_format is unknown", "code": 400}}', FORM),
    "DeepSeek": (400, openai(None, "This response_format type is unavailable now"), FORM),
    "reasoning": (
        400,
        openai("temperature", "Unsupported value: only the default (1) is supported."),
        "temperature",
    ),
    "reasoning, top_p": (400, openai("top_p", "Unsupported parameter: 'top_p'"), "top_p"),
    "not both": (
        400,
        '{"error": "`temperature` and `top_p` cannot both be specified for this model."}',
        "top_p",
    ),
    "bare": (400, "Bad Request", "temperature"),
    "o1": (
        400,
        openai(LIMIT, "'max_tokens' is not supported. Use 'max_completion_tokens' instead."),
        LIMIT,
    ),
    "a small window": (
        400,
        '{"error": "This model\'s maximum context length is 4096 tokens; you asked for 17311."}',
        LIMIT,
    ),
}


@pytest.mark.parametrize(("status", "body", "field"), REFUSALS.values(), ids=REFUSALS)
def test_a_field_that_is_refused_is_dropped_once(write, status, body, field):
    script = Script()

    def answer(request):
        return Answer(body, status) if field in request else script.write(request)

    with serve(answer) as server:
        written, warned = write(server.url, 51, retries=0)
    assert not warned and {words.writer for words in written} == {"openai"}
    refused = [field in request for request in server.requests]
    # Three batches, of which the second and third know.
    assert sum(refused) == refused.index(False) <= 2 and refused[-3:] == [False] * 3
    kept = {"temperature", "top_p", FORM} - {field} if body != "Bad Request" else set()
    assert kept <= server.requests[-1].keys()


def test_the_other_name_of_the_limit_is_tried(write):
    script = Script()

    def strict(request):
        if LIMIT in request:
            return Answer(openai(LIMIT, "Use 'max_completion_tokens' instead."), 400)
        return script.write(request)

    with serve(strict) as server:
        _, warned = write(server.url, 26)
    assert not warned and len(server.requests) == 3
    assert all("max_completion_tokens" in request for request in server.requests[1:])
    with serve(
        Answer(detail(LIMIT), 422), Answer(detail("max_completion_tokens"), 422), "good"
    ) as s:
        _, warned = write(s.url, 4)
    assert not warned and not {LIMIT, "max_completion_tokens"} & s.requests[2].keys()


def test_several_fields_are_dropped_together(write):
    with serve(Answer(detail("temperature", "top_p", FORM), 422), "good") as server:
        _, warned = write(server.url)
    assert not warned and len(server.requests) == 2
    assert not {"temperature", "top_p", FORM} & server.requests[1].keys()


def test_a_server_that_refuses_whatever_it_gets_is_left(write, drafts):
    for body in (
        '{"error": "bad request"}',
        '{"error": "temperature top_p max_tokens max_completion_tokens response_format"}',
        detail("messages"),
    ):
        with serve(Answer(body, 400)) as server:
            written, warned = write(server.url)
        assert len(server.requests) <= 7 and len(warned) == 1 and "(400)" in warned[0]
        assert written == drafts


def test_what_no_field_can_help_is_not_asked_without_them(write):
    named = "response_format temperature max_tokens"
    for status, retried in ((401, 1), (403, 1), (429, 2), (503, 2)):
        text = named if status != 503 else "overloaded"
        with serve(fail(status, text)) as server:
            _, warned = write(server.url, retries=1)
        assert len(server.requests) == retried and len(warned) == 1
        assert FORM in server.requests[-1]


def test_no_free_text_is_asked_for_json(write):
    with serve(Answer('{"error": "temperature?"}', 400), complete("")) as server:
        write(server.url, mode="free")
    assert all(FORM not in request for request in server.requests)
    assert "temperature" in server.requests[0] and "temperature" not in server.requests[1]


def test_long_and_odd_complaints_are_read_in_little_time():
    for body in (
        "[" * 500_000,
        "a" * 5_000_000,
        '{"error": ' * 9000,
        "max" + " " * 500_000,
        "null",
    ):
        assert choose_dropped(SENT, 400, body) == {FORM}
    assert choose_dropped(("model", "messages"), 400, "response_format") == set()
