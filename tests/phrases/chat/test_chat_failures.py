"""The openai writer when the server or the model fails: every card gets its words."""

import json
import socket
import time
from dataclasses import replace

import pytest

from generate.cards import write_card
from generate.phrases.chat.client import MOST_LETTERS
from generate.phrases.chat.free import Free
from tests.phrases.chat.chat_server import (
    MARKER,
    OWN_KEY,
    Answer,
    card,
    complete,
    fail,
    numbers,
    serve,
)
from tests.phrases.writing.briefs import make_briefs


@pytest.mark.parametrize(
    ("status", "told"), [(401, OWN_KEY), (403, "403"), (404, "gpt-4o-mini"), (418, "418")]
)
def test_an_error_costs_a_warning(write, drafts, status, told):
    with serve(fail(status, f"Incorrect API key provided: {MARKER}")) as server:
        written, warned = write(server.url)
    assert len(server.requests) == 1
    assert len(warned) == 1 and told in warned[0] and "3 of 3" in warned[0]
    assert written == drafts


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


def test_a_server_that_stays_broken_is_left(write, drafts):
    with serve(fail(503)) as server:
        written, warned = write(server.url, retries=1)
    assert len(server.requests) == 2 and len(warned) == 1 and "503" in warned[0]
    assert written == drafts


def test_a_silent_server_times_out(write, drafts):
    with serve(replace(complete("{}"), wait=30)) as server:
        written, warned = write(server.url, timeout=0.3, retries=0)
    assert len(warned) == 1 and "0.3 s" in warned[0]
    assert written == drafts


def test_nobody_listens(write, drafts):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    written, warned = write(url, retries=0)
    assert len(warned) == 1 and "cannot be reached" in warned[0]
    assert written == drafts


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
def test_what_is_no_completion_costs_a_warning(write, drafts, answer):
    with serve(answer) as server:
        written, warned = write(server.url, retries=0)
    assert len(warned) == 1
    assert written == drafts


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
def test_malformed_answers_are_repaired_once_then_replaced(write, drafts, content):
    with serve(complete(content), "good") as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 2
    turn = server.requests[1]["messages"][-2:]
    assert [message["role"] for message in turn] == ["assistant", "user"]
    assert numbers(server.requests[1]) == [1, 2, 3]
    with serve(complete(content)) as server:
        written, warned = write(server.url)
    assert len(server.requests) == 2 and len(warned) == 1 and "3 of 3" in warned[0]
    assert written == drafts


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


@pytest.mark.parametrize("changes", [{"back": "  "}, {"back": 5}, {"clauses": []}, {"card": 9}])
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


def test_a_refusal_is_not_argued_with(write, drafts):
    with serve(complete(None, refusal="I cannot help with moss.")) as server:
        written, warned = write(server.url)
    assert len(server.requests) == 1 and len(warned) == 1 and "declined" in warned[0]
    assert written == drafts


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (complete("1. " + " " * 300_000), "wrote more than 200,000 letters"),
        (complete("a" * 5_000_000), "answered with more than 4,000,000 bytes"),
    ],
)
def test_an_answer_of_great_length_is_not_read(write, drafts, answer, told):
    with serve(answer) as server:
        written, warned = write(server.url, mode="free")
    assert len(server.requests) == 1 and len(warned) == 1 and told in warned[0]
    assert written == drafts


def test_an_answer_that_breaks_off_costs_a_warning(write, drafts):
    with serve(replace(complete("{}"), headers={"Content-Encoding": "gzip"})) as server:
        written, warned = write(server.url)
    assert len(warned) == 1 and "broke off its answer" in warned[0]
    assert written == drafts


def test_the_longest_answer_that_is_read_takes_no_time(mossish):
    """Spaces in a row, which a pattern of many parts could divide among them in many ways."""
    began = time.perf_counter()
    assert Free(mossish, set()).read("1." + " " * MOST_LETTERS, make_briefs(1))[0] == {}
    assert time.perf_counter() - began < 5
