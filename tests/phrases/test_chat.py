"""The openai writer against a loopback server: whatever it does, every card gets its words."""

import json
import re
import socket
from dataclasses import replace
from functools import cache

import pytest
from chat_server import Answer, card, complete, fail, numbers, serve

from generate.cards import write_card
from generate.errors import Refusal
from generate.phrases.chat_client import KEY
from generate.phrases.language import make_language
from generate.phrases.writer import Brief, write_phrases
from generate.settings import Settings

MARKER = "marker-4f1c-of-a-key"
LANGUAGE = make_language(7, "Mossish", "soft")
COLOURS = ("red", "blue", "green", "gold")
HOURS = ("dawn", "day", "dusk", "night")


def make_briefs(count: int) -> list[Brief]:
    return [
        Brief(
            number=n,
            slug=f"beast-{n:03d}",
            seed=n * 7919,
            caption=f"a {COLOURS[n % 4]} striped frog by the river",
            traits={"colour": COLOURS[n % 4], "coat": "stripes"},
            hour=HOURS[n % 4],
        )
        for n in range(1, count + 1)
    ]


def set_up(settings: Settings, url: str, **changes: object) -> Settings:
    asked = {"writer": "openai", "base_url": url, "timeout": 5.0, "retries": 1, **changes}
    return settings.model_copy(update={"phrases": settings.phrases.model_copy(update=asked)})


@pytest.fixture
def settings(write_settings, monkeypatch) -> Settings:
    monkeypatch.setenv(KEY, MARKER)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    return write_settings("")


@pytest.fixture
def write(settings, capfd, tmp_path):
    """Write ``count`` cards with a server's help; give the results and the warnings."""

    def run(url: str, count: int = 3, **changes: object):
        written = write_phrases(set_up(settings, url, **changes), LANGUAGE, make_briefs(count))
        out, err = capfd.readouterr()
        lines = [line for line in re.split(r"[\r\n]+", err) if line.startswith("warning")]
        assert MARKER not in out + err
        assert "Traceback" not in err
        for path in tmp_path.rglob("*"):
            assert path.is_dir() or MARKER.encode() not in path.read_bytes()
        texts = [words.phrase.text for words in written]
        assert len(set(texts)) == len(texts) == count
        for words in written:
            assert 3 <= len(words.phrase.words) <= 9
            assert words.name["form"] and words.title and words.place
            assert "<" not in words.message
        return written, lines

    return run


@cache
def offline(count: int = 3):
    return write_phrases(Settings(), LANGUAGE, make_briefs(count))


def test_good_answers_become_phrases(write):
    with serve("good") as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 1
    assert server.headers[0]["authorization"] == f"Bearer {MARKER}"
    for words in written:
        assert LANGUAGE.parse(words.phrase.text) == words.phrase
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
        monkeypatch.delenv(KEY)
        again, _ = write(server.url)
        assert len(server.requests) == 1
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


@pytest.mark.parametrize(
    ("status", "told"), [(401, KEY), (403, "403"), (404, "gpt-4o-mini"), (418, "418")]
)
def test_an_error_costs_a_warning(write, status, told):
    with serve(fail(status, f"Incorrect API key provided: {MARKER}")) as server:
        written, warned = write(server.url)
    assert len(server.requests) == 1
    assert len(warned) == 1 and told in warned[0] and "3 of 3" in warned[0]
    assert written == offline()


def test_a_server_that_fails_is_not_asked_for_the_next_batch(write):
    with serve(fail(401)) as server:
        _, warned = write(server.url, 26)
    assert len(server.requests) == 1 and len(warned) == 1 and "26 of 26" in warned[0]


def test_retry_after_is_heeded(write):
    with serve(fail(429, retry_after="1"), "good") as server:
        _, warned = write(server.url)
    assert not warned and len(server.requests) == 2
    assert server.times[1] - server.times[0] >= 1  # its own first pause is half a second at most


def test_a_server_error_is_tried_again(write):
    with serve(fail(500), "good") as server:
        _, warned = write(server.url)
    assert not warned and len(server.requests) == 2


def test_a_server_that_stays_broken_is_left(write):
    with serve(fail(503)) as server:
        written, warned = write(server.url, retries=1)
    assert len(server.requests) == 2 and len(warned) == 1 and "503" in warned[0]
    assert written == offline()


def test_a_silent_server_times_out(write):
    with serve(replace(complete("{}"), wait=30)) as server:
        written, warned = write(server.url, timeout=0.3, retries=0)
    assert len(warned) == 1 and "0.3 s" in warned[0]
    assert written == offline()


def test_nobody_listens(write):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    written, warned = write(url, retries=0)
    assert len(warned) == 1 and "cannot be reached" in warned[0]
    assert written == offline()


@pytest.mark.parametrize(
    "answer",
    [
        Answer("{not json"),
        Answer(""),
        Answer("<html>Sign in</html>", headers={"Content-Type": "text/html"}),
        Answer("[1, 2]"),
        Answer('{"choices": []}'),
        Answer('{"choices": [{"message": "hello"}]}'),
        Answer(b"\xff\xfe", headers={"Content-Encoding": "gzip"}),
    ],
)
def test_what_is_no_completion_costs_a_warning(write, answer):
    with serve(answer) as server:
        written, warned = write(server.url, retries=0)
    assert len(warned) == 1
    assert written == offline()


@pytest.mark.parametrize(
    "content",
    [
        '{"cards": [{"card": 1,',
        "I would rather write a poem.",
        "",
        None,
        "[" * 5000,
        '{"phrases": ["mulo sari"]}',
        '{"cards": {"1": "moss"}}',
        '{"cards": [7, null, {"card": true}, {"card": 1}]}',
    ],
)
def test_malformed_answers_are_repaired_once_then_replaced(write, content):
    with serve(complete(content), "good") as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 2
    turn = server.requests[1]["messages"][-2:]
    assert [message["role"] for message in turn] == ["assistant", "user"]
    assert numbers(server.requests[1]) == [1, 2, 3]
    with serve(complete(content)) as server:
        written, warned = write(server.url)
    assert len(server.requests) == 2 and len(warned) == 1 and "3 of 3" in warned[0]
    assert written == offline()


def spoil(**changes):
    """Two good cards and a bad one."""
    return complete(json.dumps({"cards": [card(1), card(2, **changes), card(3)]}))


BAD = {
    "unknown concept": {"subject": {"noun": "<script>alert(1)</script>"}, "verb": "sleep"},
    "wrong class": {"subject": {"noun": "I"}, "verb": "moon"},
    "no object": {"subject": {"noun": "I"}, "verb": "eat", "adverbs": ["slowly"]},
    "two tenses": {"subject": {"noun": "I"}, "verb": "sleep", "marks": ["past", "future"]},
    "role twice": {
        "subject": {"noun": "I"},
        "verb": "sleep",
        "around": [{"role": "at", "thing": {"noun": n}} for n in ("river", "hill")],
    },
    "too short": {"subject": {"noun": "I"}, "verb": "sleep"},
}


@pytest.mark.parametrize("clause", BAD.values(), ids=BAD)
def test_a_bad_card_alone_is_repaired(write, clause):
    with serve(spoil(clauses=[clause]), "good") as server:
        server.made = 40
        written, warned = write(server.url)
    assert not warned and numbers(server.requests[1]) == [2]
    assert written[0].phrase.translation == "My mother borrowed your soup by the river."


@pytest.mark.parametrize(
    "changes", [{"back": "  "}, {"back": 5}, {"mood": "beige"}, {"clauses": []}, {"card": 9}]
)
def test_a_bad_card_alone_is_replaced(write, changes):
    with serve(spoil(**changes)) as server:
        written, warned = write(server.url)
    assert len(server.requests) == 2 and len(warned) == 1 and "1 of 3" in warned[0]
    assert written[0].mood == "joyful"
    assert written[1].message != written[0].message


def test_no_phrase_is_said_twice(write, tmp_path):
    same = complete(json.dumps({"cards": [card(n, 1) for n in range(1, 4)]}))
    with serve(same) as server:
        written, warned = write(server.url)
        assert "2 of 3" in warned[0]
        folder = tmp_path / "content" / "postcards" / "beast-009"
        write_card(folder, {"phrase": written[0].phrase.text})
        _, warned = write(server.url)
        assert "3 of 3" in warned[0]


def test_tags_and_links_do_not_survive(write):
    back = (
        "Dear you, <script>alert('x')</script>the <b onclick=x>soup</b> is "
        "[here](javascript:alert(1)) and ![there](http://evil.example/x.png) &lt;img src=x&gt; "
        f"and the word is {MARKER} so goodbye & good night <http://evil.example>"
    )
    with serve(spoil(back=back)) as server:
        written, warned = write(server.url)
    assert not warned
    assert written[1].message == (
        "Dear you, the soup is here and there img src=x and the word is so goodbye & good night"
    )


def test_a_refusal_is_not_argued_with(write):
    with serve(complete(None, refusal="I cannot help with moss.")) as server:
        written, warned = write(server.url)
    assert len(server.requests) == 1 and len(warned) == 1 and "declined" in warned[0]
    assert written == offline()


def test_an_answer_cut_short_is_asked_for_in_halves(write):
    with serve(complete('{"cards": [', finish="length"), "good") as server:
        _, warned = write(server.url)
        assert not warned
        assert [len(numbers(request)) for request in server.requests] == [3, 1, 2]
        write(server.url)
        assert len(server.requests) == 3


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
        "good",
    )
    with serve(*answers) as server:
        _, warned = write(server.url, 26)
    assert not warned and len(server.requests) == 4
    assert not {"temperature", "response_format"} & server.requests[3].keys()


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
        _, warned = write(server.url)
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
    monkeypatch.setenv(KEY, key)
    with pytest.raises(Refusal, match=KEY) as refusal, serve("good") as server:
        write(server.url)
    assert key not in str(refusal.value)
