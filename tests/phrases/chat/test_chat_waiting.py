"""A server that loads its model is waited for; what it refused once is not asked again."""

import json

import pytest

from generate.phrases.chat import client
from generate.phrases.chat.complaints import is_loading, is_no_use, read_said
from tests.phrases.chat.chat_server import Answer, Script, fail, serve
from tests.phrases.chat.test_chat_unlisted import say

LLAMA = say(503, "Loading model", code=503, type="unavailable_error")
LOADING = {
    "llama.cpp": LLAMA,
    "Hugging Face": Answer('{"error":"Model a/b is currently loading","estimated_time":20}', 503),
    "a proxy": Answer('{"detail": "The model is still being loaded, try later"}', 503),
}
BUSY = say(503, "Server overloaded, no slot available")


@pytest.fixture
def told(monkeypatch):
    """The lines that are said while it waits, and no long pauses."""
    lines = []
    monkeypatch.setattr(client, "PAUSE", 0.01)
    monkeypatch.setattr(client.tqdm, "write", lines.append)
    return lines


@pytest.mark.parametrize("refusal", LOADING.values(), ids=LOADING)
@pytest.mark.parametrize("retries", [0, 4])
def test_it_is_waited_for(write, told, refusal, retries):
    with serve(*[refusal] * 7, "good") as server:
        written, warned = write(server.url, retries=retries, api_key_env=None)
    assert not warned and {words.writer for words in written} == {"openai"}
    assert len(server.requests) == 8
    (line,) = told
    assert line.startswith("chat      127.0.0.1 says: ") and "waiting for it, 60 s at most" in line
    assert read_said(refusal.body) in line


def test_it_is_waited_for_no_longer_than_the_timeout(write, told):
    with serve(LLAMA) as server:
        written, warned = write(server.url, timeout=0.3, retries=4, api_key_env=None)
    assert {words.writer for words in written} == {"offline"}
    assert "127.0.0.1 was still loading its model after 0.3 s (503: Loading model)" in warned[0]


def test_one_that_is_busy_is_asked_as_often_as_retries_say(write, told):
    with serve(BUSY) as server:
        _, warned = write(server.url, retries=1, api_key_env=None)
    assert len(server.requests) == 2 and not told
    assert "failed (503: Server overloaded, no slot available)" in warned[0]


def test_where_a_key_is_sent_nothing_of_the_servers_is_shown(write, told):
    with serve(LLAMA, LLAMA, fail(500, "your key is wrong")) as server:
        _, warned = write(server.url, retries=0)
    assert "Loading model" not in told[0] and "127.0.0.1 loads its model; waiting" in told[0]
    assert "your key" not in warned[0]


def refuse(script, status, message, field):
    """An answer that takes no request with ``field``; "system": none with that role."""

    def answer(request):
        roles = [message["role"] for message in request["messages"]]
        wrong = field in request or (field == "system" and "system" in roles)
        return say(status, message) if wrong else script.write(request)

    return answer


REFUSALS = [
    (400, "Unsupported parameter: 'top_p'", "top_p"),
    (400, "response_format is not supported", "response_format"),
    (500, "Jinja Exception: Conversation roles must alternate user/assistant/…", "system"),
]


@pytest.mark.parametrize(("status", "message", "field"), REFUSALS)
def test_what_is_refused_is_remembered_for_the_whole_run(write, told, status, message, field):
    script = Script()
    with serve(refuse(script, status, message, field)) as server:
        _, warned = write(server.url, 3, retries=4)  # the phrases …
        assert not warned and len(server.requests) == 2
        _, warned = write(server.url, 5, retries=4)  # … and another stage of the same run
    assert not warned and len(server.requests) == 3
    with serve(refuse(script, status, message, field)) as server:
        write(server.url, 3, retries=4)
        assert len(server.requests) == 2  # another server is another matter


def test_roles_that_a_template_does_not_take_cost_one_question(write, told):
    script, text = Script(), "Value is not callable: null: raise_exception('Conversation roles must"
    refusal = refuse(script, 500, f"{text} alternate user/assistant')", "system")
    with serve(refusal) as server:
        written, warned = write(server.url, retries=4)
    assert not warned and {words.writer for words in written} == {"openai"}
    assert len(server.requests) == 2
    assert server.requests[1]["messages"][0]["role"] == "user"


def test_a_500_of_the_moment_is_asked_again(write, told):
    with serve(fail(500, "internal error"), "good") as server:
        _, warned = write(server.url, retries=1)
    assert not warned and len(server.requests) == 2


def test_ollamas_own_hint_is_kept(write, told):
    message = 'model "gpt-4o-mini" not found, try pulling it first'
    with serve(say(404, message, type="api_error")) as server:
        _, warned = write(server.url, api_key_env=None)
    assert f"127.0.0.1 knows no model gpt-4o-mini (404: {message})" in warned[0]
    assert "/v1" not in warned[0]  # it is there
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "text", "loading"),
    [
        (503, "Loading model", True),
        (503, "The model is loading", True),
        (503, "server is starting up", True),
        (503, "service is still starting up", True),
        (500, "Loading model", False),
        (503, "no slot available", False),
        (503, "upstream request timeout", False),
    ],
)
def test_only_a_server_that_says_so_is_loading(status, text, loading):
    assert is_loading(status, json.dumps({"error": {"message": text}})) is loading


@pytest.mark.parametrize("body", ["", "<html>", "[1, 2]", '{"error": 3}', "{" * 9000, "null"])
def test_what_is_no_message_is_not_shown(body):
    assert read_said(body) == "" and not is_no_use(500, body)


def test_a_message_is_told_on_one_short_line():
    body = json.dumps({"error": {"message": "a\nb\x1b[31m" + "c" * 500}})
    assert read_said(body).startswith("a b[31mccc") and len(read_said(body)) <= 120
