"""One broken card among six of a chat server's answer: the others are taken, it is named."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.phrases.chat.chat_server import Script, card, complete, numbers, serve
from tests.six import CARDS, read_made, run

# How one card of the answer is broken: left out, a part of it replaced, or its text damaged.
PARTS = "card mood clauses back clauses.0.subject clauses.0.verb clauses.0.marks".split()
VALUES = (
    *(None, "", "no", 7, -1, 1e300, True, [], {}, [[]], [{}], "\x1b[31m\0", {"noun": "zeppelin"}),
    *("x" * 3000, ["past", "future"], "<script>alert(1)</script>", [None], {"card": 2}),
)
BROKEN = st.one_of(
    st.just(("gone",)),
    st.tuples(st.just("part"), st.sampled_from(PARTS), st.sampled_from(VALUES)),
    st.tuples(st.just("text"), st.integers(0, 500), st.text('"{}[],:\\ax1\n', max_size=3)),
    st.tuples(st.just("cut"), st.integers(0, 500)),
)


def write_broken(cards: list[dict], number: int, how: str, *more: object) -> str:
    """An answer of ``cards`` of which the one with this number is broken."""
    texts = []
    for one in cards:
        text = json.dumps(one)
        if one["card"] == number:
            if how == "gone":
                continue
            if how == "part":
                text = json.dumps(replace_part(one, *more))
            elif how == "cut":
                text = text[: int(more[0])]
            else:
                at = int(more[0]) % len(text)
                text = text[:at] + str(more[1]) + text[at + 1 :]
        texts.append(text)
    return '{"cards": [' + ", ".join(texts) + "]}"


def replace_part(one: dict, part: str, value: object) -> dict:
    """A card with another value for a part of it."""
    one = json.loads(json.dumps(one))
    *path, last = part.split(".")
    inside = one
    for name in path:
        inside = inside[int(name) if name.isdigit() else name]
    inside[last] = value
    return one


@given(
    number=st.integers(1, 6),
    broken=BROKEN,
    again=st.one_of(BROKEN, st.sampled_from(["", "null", "I cannot.", "[" * 500])),
    keep_going=st.booleans(),
)
@example(number=3, broken=("gone",), again="", keep_going=False)
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # each try builds a jungle
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_one_broken_answer_costs_no_other_card(
    six: Path,
    tmp_path_factory: pytest.TempPathFactory,
    number: int,
    broken: tuple,
    again: tuple | str,
    keep_going: bool,
) -> None:
    """The built-in writer writes it instead, so nothing is left out, and the build ends well."""
    home = tmp_path_factory.mktemp("broken")
    shutil.copytree(six, home, dirs_exist_ok=True)
    script, repairs = Script(), []

    def answer(request: dict) -> object:
        asked = numbers(request)
        script.made += len(asked)
        cards = [card(n, script.made + n) for n in asked]
        if len(asked) == 6:
            return complete(write_broken(cards, number, *broken))
        repairs.append(asked)
        if isinstance(again, str):
            return complete(again)
        return complete(write_broken(cards, number, *again))

    with serve(answer) as server:
        with (home / "content/jungle.toml").open("a") as file:
            file.write(f'[phrases]\nwriter = "openai"\nbase_url = "{server.url}"\nretries = 0\n')
        status, said = run(home, "phrases", *["--keep-going"] * keep_going)
    assert status == 0 and "Traceback" not in said, said
    assert "\x1b[31m" not in said and "\0" not in said
    writers = {slug: read_made(home, slug)["made"]["phrase"]["writer"] for slug in CARDS}
    # In the order of the cards: numbered ones, then those by hand.
    slug = CARDS[number - 1]
    for other in CARDS:
        assert read_made(home, other)["phrase"] and read_made(home, other)["translation"], other
        assert writers[other] == "openai" or other == slug, said
    warnings = [line for line in said.splitlines() if line.startswith("warning: ")]
    if writers[slug] == "openai":
        assert not warnings
    else:
        (warning,) = warnings
        assert f"1 of 6 phrases are the offline writer's ({slug})" in warning
        assert repairs == [[number]]
    shutil.rmtree(home)
