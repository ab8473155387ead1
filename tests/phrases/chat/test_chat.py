"""The openai writer: good answers become phrases; questions, cache, key, cap."""

import json

import pytest

from generate.errors import Refusal
from generate.phrases.chat.credentials import KEY
from tests.phrases.chat.chat_server import MARKER, OWN_KEY, card, complete, fail, numbers, serve


def test_good_answers_become_phrases(write, mossish):
    with serve("good") as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 1
    assert server.headers[0]["authorization"] == f"Bearer {MARKER}"
    for words in written:
        assert mossish.parse(words.phrase.text) == words.phrase
        assert words.mood == "joyful" and words.message.startswith("The soup is well")
    assert written[1].phrase.translation == "My mother borrowed your soup by the river."


def test_the_request_is_strict_and_carries_the_settings(write):
    with serve("good") as server:
        write(server.url, 26, model="jungle-1", temperature=0.3, top_p=0.8)
    first, second = server.requests
    assert (len(numbers(first)), len(numbers(second))) == (25, 1)
    assert (first["model"], first["temperature"], first["top_p"]) == ("jungle-1", 0.3, 0.8)
    asked = first["response_format"]["json_schema"]
    assert asked["strict"] is True
    schema = asked["schema"]
    nouns = schema["$defs"]["noun"]["enum"]
    assert "river" in nouns and "I" in nouns and "eat" not in nouns
    assert schema["$defs"]["Thing"]["properties"]["noun"] == {"$ref": "#/$defs/noun"}
    check_strict(schema, schema["$defs"])
    assert sum(len(d["enum"]) for d in schema["$defs"].values() if "enum" in d) <= 1000


def check_strict(node, defs):
    """What OpenAI's strict mode demands: all required, none besides, references that resolve."""
    if isinstance(node, list):
        for item in node:
            check_strict(item, defs)
    elif isinstance(node, dict):
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
        if "$ref" in node:
            assert set(node) == {"$ref"} and node["$ref"].removeprefix("#/$defs/") in defs
        assert not {"default", "oneOf", "minLength", "maxLength", "discriminator"} & node.keys()
        for value in node.values():
            check_strict(value, defs)


def test_a_second_build_asks_nobody(write, monkeypatch):
    with serve("good") as server:
        first, _ = write(server.url)
        monkeypatch.delenv(OWN_KEY)
        again, _ = write(server.url)
        assert len(server.requests) == 1
        monkeypatch.setenv(OWN_KEY, MARKER)
        write(server.url, temperature=0.1)
        assert len(server.requests) == 2
    assert again == first


def test_a_broken_cache_is_asked_for_anew(write, tmp_path):
    with serve("good") as server:
        first, _ = write(server.url)
        (kept,) = (tmp_path / "work" / "cache").iterdir()
        for broken in (b"{", b"[]", b"\xff", b'{"reply": 3}'):
            kept.write_bytes(broken)
            server.made = 0
            assert write(server.url)[0] == first
        assert len(server.requests) == 5


def test_an_answer_cut_short_is_asked_for_in_halves(write):
    with serve(complete('{"cards": [', finish="length"), "good") as server:
        _, warned = write(server.url, 5)
        assert not warned
        assert [len(numbers(request)) for request in server.requests] == [5, 2, 2, 1]
        write(server.url, 5)
        assert len(server.requests) == 4


def test_the_cap_of_tokens_ends_the_asking(write):
    def dear(request):
        return complete(json.dumps({"cards": [card(n) for n in numbers(request)]}), tokens=900)

    with serve(dear) as server:
        _, warned = write(server.url, 30, max_tokens=800)
    assert len(server.requests) == 1 and server.requests[0]["max_tokens"] == 800
    assert len(warned) == 1 and "5 of 30" in warned[0] and "max_tokens = 800" in warned[0]


def test_what_a_server_does_not_take_is_left_out(write):
    answers = (
        fail(400, "Unsupported value: 'temperature' does not support 0.7 with this model."),
        fail(422, "response_format of type json_schema is unavailable"),
        fail(400, "max_tokens is too large: 20000. This model supports at most 16384."),
        "good",
    )
    with serve(*answers) as server:
        _, warned = write(server.url, 26)
    assert not warned and len(server.requests) == 5
    left_out = {"temperature", "response_format", "max_tokens"}
    assert not left_out & server.requests[3].keys()
    assert not left_out & server.requests[4].keys()


def test_thoughts_and_fences_are_passed_over(write):
    def wrapped(request):
        cards = json.dumps({"cards": [card(n) for n in numbers(request)]})
        return complete(f"<think>frogs {{ }}</think>Here you are:\n```json\n{cards}\n```\n")

    with serve(wrapped) as server:
        _, warned = write(server.url)
    assert not warned and len(server.requests) == 1


def test_a_key_is_asked_for_by_openai_alone(write, monkeypatch):
    monkeypatch.delenv(KEY)
    with serve("good") as server:
        _, warned = write(server.url, api_key_env=None)
        assert not warned
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        _, warned = write(None, 5)
        assert not warned and len(server.requests) == 2
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(Refusal, match=KEY):
        write(None)


@pytest.mark.parametrize("url", ["localhost:11434/v1", "ftp://example.org", "http://"])
def test_an_address_that_is_none_is_refused(write, url):
    with pytest.raises(Refusal, match="base_url"):
        write(url)


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines"])
def test_a_key_that_is_none_is_refused_unseen(write, monkeypatch, key):
    monkeypatch.setenv(OWN_KEY, key)
    with pytest.raises(Refusal, match=OWN_KEY) as refusal, serve("good") as server:
        write(server.url)
    assert key not in str(refusal.value)
