"""Answers as small models write them: every card that can be understood is taken."""

import json
import random
import re
import time

import pytest

from generate.phrases.chat.answers import find_cards
from generate.phrases.chat.form import Postcard, read_cards
from generate.phrases.chat.structured import Structured
from generate.phrases.language.language import make_language
from tests.phrases.chat.chat_server import Answer, Script, card, complete, numbers, serve
from tests.phrases.writing.briefs import make_briefs

SAID = "My mother borrowed your soup by the river."  # what card(1) says


def whole(request) -> list[dict]:
    return [card(n) for n in numbers(request)]


def answer(text: str | None, **thoughts: object) -> Answer:
    """A completion whose message also has other fields."""
    done = json.loads(str(complete(text).body))
    done["choices"][0]["message"] |= thoughts
    return Answer(json.dumps(done))


def javascript(cards: list[dict]) -> str:
    """As an object of JavaScript: bare keys, comments, commas at the end."""
    text = re.sub(r'"(\w+)":', r"\1:", json.dumps({"cards": cards}, indent=1))
    text = re.sub(r"([\]}])\n", r"\1, // so far\n", text[:-2]).replace(",,", ",")
    return text.replace(", // so far\n  ", ",\n  ") + "\n}"


def capitals(value):
    """Keys, words and moods in capitals."""
    if isinstance(value, dict):
        return {key.title(): capitals(item) for key, item in value.items()}
    if isinstance(value, list):
        return [capitals(item) for item in value]
    return value.title() if isinstance(value, str) and value != "I" and len(value) < 30 else value


# What a model makes of the cards that it was asked for.
WRAPS = {
    "prose before": lambda c: "Sure! Here are {all} of them: " + json.dumps({"cards": c}),
    "prose after": lambda c: json.dumps({"cards": c}) + "\n\nI hope {these} are what you wanted :}",
    "a fence": lambda c: f"```json\n{json.dumps({'cards': c}, indent=2)}\n```",
    "a fence each": lambda c: "\n".join(f"```\n{json.dumps(one)}\n```\nIt's done." for one in c),
    "thoughts": lambda c: f"<think>{{hm}} [1</think>\n{json.dumps({'cards': c})}",
    "only thoughts": lambda c: f"<think>hm, so: {json.dumps({'cards': c})}</think>",
    "open thoughts": lambda c: f"<think>so it's {json.dumps({'cards': c})}",
    "a bare list": json.dumps,
    "bare objects": lambda c: "\n".join(json.dumps(one) for one in c),
    "by number": lambda c: json.dumps({"cards": {str(one.pop("card")): one for one in c}}),
    "by name": lambda c: json.dumps({f"Card {one.pop('card')}": one for one in c}),
    "another name": lambda c: json.dumps({"postcards": c}),
    "wrapped twice": lambda c: json.dumps({"result": {"data": [{"cards": c}]}}),
    "wrapped each": lambda c: json.dumps([{"card": one} for one in c]),
    "numbers as text": lambda c: json.dumps([{**one, "card": str(one["card"])} for one in c]),
    "numbers told": lambda c: json.dumps([{**one, "card": f"#{one['card']}."} for one in c]),
    "numbers as decimals": lambda c: json.dumps([{**one, "card": float(one["card"])} for one in c]),
    "id": lambda c: json.dumps([{"id": one.pop("card"), **one} for one in c]),
    "no numbers": lambda c: json.dumps([{**one, "card": None} for one in c]),
    "numbers that go on": lambda c: json.dumps([{**one, "card": one["card"] + 3} for one in c]),
    "commas": lambda c: json.dumps({"cards": c}).replace("}", ",}").replace("[]", "[ ]"),
    "more commas": lambda c: (
        json.dumps(c, indent=1).replace("\n]", ",\n]").replace("true", "true,")
    ),
    "Python": lambda c: str({"cards": c}),
    "Python in prose": lambda c: f"That's what I'd say:\n{c!r}\nIsn't it?",
    "JavaScript": javascript,
    "capitals": lambda c: json.dumps(capitals({"cards": c})),
    "more keys": lambda c: json.dumps({"note": [1], "cards": [{**one, "title": "?"} for one in c]}),
    "twice": lambda c: json.dumps([*c, *c]),
    "a draft": lambda c: json.dumps([{**one, "clauses": []} for one in c]) + json.dumps(c),
    "raw breaks": lambda c: json.dumps(c).replace("in that order. ", "in that order.\n\t"),
    "a bracket too few": lambda c: json.dumps({"cards": c})[:-2],
    "a bracket too many": lambda c: json.dumps({"cards": c}) + "]}",
    "unknown mood": lambda c: json.dumps([{**one, "mood": "Mischievous"} for one in c]),
    "no mood": lambda c: json.dumps([{**one, "mood": None} for one in c]),
    "null for nothing": lambda c: json.dumps(c).replace("[]", "null"),
    "empty for nothing": lambda c: json.dumps(c).replace("null", '""'),
    "none for nothing": lambda c: json.dumps(c).replace("null", '"None"'),
    "one for a list": lambda c: (
        json.dumps(c).replace('["past"]', '"Past"').replace('["my"]', '"my"')
    ),
    "a clause for a list": lambda c: json.dumps(
        [{**one, "clauses": one["clauses"][0]} for one in c]
    ),
    "flat": lambda c: json.dumps([{**one.pop("clauses")[0], **one} for one in c]),
    "needless words": lambda c: json.dumps(c).replace('["past"]', '["past", "statement", ""]'),
    "inflected": lambda c: json.dumps(c).replace('"borrow"', '"borrowed"'),
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_all_cards_are_understood_at_once(write, mossish, wrap):
    with serve(lambda request: complete(wrap(whole(request)))) as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 1
    assert written[0].phrase.translation == SAID
    assert [words.writer for words in written] == ["openai"] * 3
    assert all(mossish.parse(words.phrase.text) == words.phrase for words in written)
    assert all(words.message.startswith("The soup is well, and so am I, in") for words in written)


@pytest.mark.parametrize("mood", ["Joyful", " ALARM ", "beige", None, 7])
def test_a_mood_is_read_or_a_statement(write, mood):
    with serve(lambda r: complete(json.dumps([{**c, "mood": mood} for c in whole(r)]))) as server:
        written, _ = write(server.url)
    known = {"Joyful": "joyful", " ALARM ": "alarm"}
    assert [words.mood for words in written] == [known.get(str(mood), "statement")] * 3


@pytest.mark.parametrize(
    ("content", "thoughts"),
    [
        ("", {"reasoning_content": 0}),
        (None, {"reasoning": 0}),
        (" \n", {"reasoning_content": "", "reasoning": 0}),
        ([{"type": "text", "text": 0}], {}),
        ([{"type": "reasoning"}], {"reasoning_content": 0}),
    ],
)
def test_the_answer_is_found_where_servers_put_it(write, content, thoughts):
    def respond(request):
        text = f"Let me see. {json.dumps({'cards': whole(request)})}"
        put = {name: text if value == 0 else value for name, value in thoughts.items()}
        parts = content
        if isinstance(content, list):
            parts = [{k: text if v == 0 else v for k, v in part.items()} for part in content]
        return answer(parts, **put)

    with serve(respond) as server:
        written, warned = write(server.url)
    assert not warned and len(server.requests) == 1 and written[0].phrase.translation == SAID


def test_only_the_rest_is_asked_for_again_and_one_line_says_why(write, capfd, mossish):
    def gaps(request):
        one, two, three, four, five = whole(request)
        two["clauses"] = [{"subject": {"noun": "zeppelin"}, "verb": "sleep"}]
        three["card"] = "three"
        five["back"] = ""
        return complete(json.dumps([one, two, three, four, five]))

    script = Script()
    script.made = 40
    with serve(gaps, script.write) as server:
        written, warned = write(server.url, 5)
    assert not warned and [numbers(request) for request in server.requests][1] == [2, 3, 5]
    assert {words.writer for words in written} == {"openai"}


def test_how_many_are_not_understood_and_why(chat_settings, mossish, capfd):
    from generate.phrases.stage import write_phrases

    def poor(request):
        bad = {"subject": {"noun": "zep\x1b[31mpelin"}, "verb": "sleep"}
        return complete(json.dumps([card(1), card(2, clauses=[bad])]))

    with serve(poor) as server:
        asked = {"writer": "openai", "base_url": server.url, "retries": 0}
        phrases = chat_settings.phrases.model_copy(update=asked)
        settings = chat_settings.model_copy(update={"phrases": phrases})
        write_phrases(settings, mossish, make_briefs(4))
    out, err = capfd.readouterr()
    assert "\x1b[31m" not in out + err
    (again,) = [line for line in out.splitlines() if "asked for again" in line]
    assert "3 of 4" in again and "2 × is missing" in again and "1 × no such concept: zep" in again
    (warning,) = [line for line in re.split(r"[\r\n]+", err) if line.startswith("warning")]
    assert "3 of 4 phrases are the offline writer's" in warning and "2 × is missing" in warning


def test_a_broken_card_costs_no_other():
    cards = [card(number) for number in range(1, 6)]
    text = json.dumps({"cards": cards}, indent=1)
    text = text.replace(cards[2]["back"], 'He said "the soup" to me', 3).replace(
        'He said "the soup" to me', cards[0]["back"], 2
    )
    found = read_cards(text)
    assert {n for n, c in found.items() if isinstance(c, Postcard)} == {1, 2, 4, 5}
    cut = json.dumps({"cards": cards})
    found = read_cards(cut[: cut.index('"card": 4') + 90])
    assert {n for n, c in found.items() if isinstance(c, Postcard)} == {1, 2, 3}


def test_cards_without_numbers_are_counted_only_where_none_is_missing():
    nameless = json.dumps([{**card(n), "card": None} for n in range(1, 4)])
    assert read_cards(nameless, [2, 5, 7]).keys() == {2, 5, 7}
    assert not read_cards(nameless, [2, 5])
    assert read_cards(json.dumps([card(4)]), [9]).keys() == {9}
    assert read_cards(json.dumps([card(4), card(9)]), [9, 11]).keys() == {4, 9}


@pytest.mark.parametrize(
    ("thing", "noun", "plural", "described"),
    [
        ("my little drum", "drum", False, ["my", "little"]),
        ({"Noun": "Feet", "described": "my"}, "foot", True, ["my"]),
        ({"noun": "moon", "described": ["The", None]}, "moon", False, []),
        ({"noun": "i"}, "I", False, []),
        ({"noun": "Foot", "plural": "yes"}, "foot", True, []),
    ],
)
def test_a_noun_is_understood(thing, noun, plural, described):
    language = make_language(11, "Fernish", "dark")
    clause = {"subject": thing, "verb": "Sleep", "around": {"role": "At", "noun": "River"}}
    (found,) = read_cards(json.dumps({"card": 1, "clauses": [clause], "back": "x"})).values()
    said = found.read(language).clauses[0]
    assert (said.subject.noun, said.subject.plural) == (noun, plural)
    assert said.subject.small == ("little" in described) and bool(said.subject.owner) == (
        "my" in described
    )
    assert said.verb == "sleep" and said.around[0][0] == "at"
    assert said.around[0][1].noun == "river"


def test_what_cannot_be_understood_is_no_card():
    for text in ("", "null", "{}", "[]", '{"cards": 3}', '[[[[[[[[{"card": 1}]]]]]]]]', "{'card'"):
        assert not read_cards(text, [1])
    for wrong in ({"card": True}, {"card": -1}, {"card": 1e400}, {"card": [1]}, {"card": {}}):
        assert not read_cards(json.dumps(wrong), [1, 2])


def test_hostile_answers_are_read_in_little_time():
    rng = random.Random(3)
    pieces = [
        "[",
        "{",
        '"',
        "'",
        ",",
        '{"card":1,',
        "\\",
        " ",
        "//",
        "#",
        '"a":',
        "]",
        "}",
        "x",
        "\n",
    ]
    texts = [piece * (400_000 // len(piece)) for piece in pieces]
    texts += ["".join(rng.choices(pieces, k=100_000)) for _ in range(6)]
    texts += ['{"a":' * 50_000, "['" * 99_000, '["' * 99_000, "[1," * 99_000, "{'\\" * 60_000]
    for text in texts:
        before = time.process_time()
        find_cards(text)
        assert time.process_time() - before < 5, text[:20]


def test_any_answer_at_all_is_read_or_complained_of(mossish):
    """Cards damaged at random: a letter lost, doubled or changed, a piece cut out."""
    rng, form, right, briefs = random.Random(8), Structured(mossish, set()), 0, make_briefs(3)
    whole_text = json.dumps({"cards": [card(number) for number in (1, 2, 3)]}, indent=1)
    for _ in range(300):
        text = whole_text
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(["", "x", '"', "}", ",", text[at] * 2]) + text[at + 1 :]
        form.taken.clear()
        found, faults = form.read(text, briefs)
        assert {*found, *faults} == {1, 2, 3} and not {*found} & {*faults}
        assert all("\n" not in fault for fault in faults.values())
        right += len(found)
    assert right > 550  # of 900
