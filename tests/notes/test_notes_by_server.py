"""Notes by a chat server: few-shot, looked through, asked again, or the built-in ones instead."""

import json
from pathlib import Path

import pytest

from generate.notes.runs import Taken
from generate.notes.server import EXAMPLES, find_fault
from generate.notes.sighting import Sighting
from generate.notes.stage import build_notes
from generate.plan import read_bundles
from generate.settings import Settings, read_settings
from tests.bundles import make_jungle
from tests.phrases.chat.chat_server import MARKER, OWN_KEY, complete, fail, serve

WORDS = (
    "moss rain lantern puddle ladder evening button kettle window thunder blanket whistle corner "
    "gravel supper candle meadow velvet pocket shadow"
).split()


def tell(name: str, at: int, **changes: str) -> str:
    """A note that will do, unlike the others."""
    stride = (1, 3, 7, 9, 11, 13)[at % 6]
    own = [WORDS[(at * 7 + step * stride) % len(WORDS)] for step in range(26)]
    return changes.get("text", f"The {name} keeps {' '.join(own)} by its door.")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(OWN_KEY, MARKER)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    return make_jungle(tmp_path, 3, size=48, frames=0, seconds=0.1)


def build(settings: Settings, url: str) -> dict[str, str]:
    toml = f'count = 3\n[phrases]\nnotes = true\nwriter = "openai"\nbase_url = "{url}"\n'
    toml += f'api_key_env = "{OWN_KEY}"\nretries = 0\n'
    (settings.home / "content/jungle.toml").write_text(toml)
    settings = read_settings(settings.home)
    build_notes(settings, read_bundles(settings))
    return {p.parent.name: p.read_text() for p in sorted(settings.bundles.glob("*/notes.md"))}


def list_names(settings: Settings) -> list[str]:
    cards = sorted(settings.bundles.glob("*/card.json"))
    return [json.loads(path.read_text())["name"]["form"] for path in cards]


def answer(names: list[str], **odd: str):
    """An answer with a note for each name; ``odd`` are those of some numbers instead."""
    cards = [
        {"card": at, "text": odd.get(f"n{at}", tell(name, at))} for at, name in enumerate(names, 1)
    ]
    return complete(json.dumps({"cards": cards}))


def writers(settings: Settings) -> list[str]:
    cards = sorted(settings.bundles.glob("*/card.json"))
    return [json.loads(path.read_text())["made"]["notes"]["writer"] for path in cards]


def test_good_notes_are_taken_and_asked_for_once(settings: Settings) -> None:
    names = list_names(settings)
    with serve(answer(names)) as server:
        notes = build(settings, server.url)
        assert build(settings, server.url) == notes and len(server.requests) == 1
    for at, (name, note) in enumerate(zip(names, notes.values(), strict=True), 1):
        assert note == tell(name, at) + "\n"
    asked = server.requests[0]["messages"]
    assert [m["role"] for m in asked] == ["system", "user", "assistant", "user"]
    assert EXAMPLES[0][1] in asked[2]["content"] and names[0] in asked[3]["content"]
    assert server.requests[0]["response_format"]["json_schema"]["strict"] is True
    assert writers(settings) == ["openai"] * 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The {name} is short.", "has 4 words"),
        ("The {name} goes on. " * 40, "words; 40 to 80"),
        ("The {name} " + " ".join(WORDS) + " and sleeps beside an otter all day long.", "otter"),
        ("The {name} " + " ".join(WORDS) + " and was named Bufo viridis in old books.", "Bufo"),
        ("It " + " ".join(WORDS) + " and " + " ".join(reversed(WORDS)), "does not name"),
        ("", "is missing"),
    ],
)
def test_what_will_not_do_is_asked_for_again(
    settings: Settings, text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = list_names(settings)
    bad = text.format(name=names[1]) if "{name}" in text else text
    with serve(answer(names, n2=bad), answer(names)) as server:
        notes = build(settings, server.url)
    assert len(server.requests) == 2 and told in server.requests[1]["messages"][-1]["content"]
    assert notes["beast-002"] == tell(names[1], 2) + "\n" and writers(settings) == ["openai"] * 3
    assert "1 of 3 asked for again" in capsys.readouterr().out


def test_one_that_stays_bad_is_the_built_in_naturalists(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    names = list_names(settings)
    with serve(answer(names, n3="Too short.")) as server:
        notes = build(settings, server.url)
        assert writers(settings) == ["openai", "openai", "offline"]
        assert names[2] in notes["beast-003"] and len(notes["beast-003"].split()) > 20
        assert "1 of 3 field notes are the built-in" in capsys.readouterr().err
        asked = len(server.requests)
        build(settings, server.url)  # and the next build asks again, for that card alone
        assert len(server.requests) > asked
        told = server.requests[asked]["messages"][-1]["content"]
        assert names[2] in told and names[0] not in told


def test_a_server_that_fails_costs_one_warning(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(fail(500)) as server:
        notes = build(settings, server.url)
    out, err = capsys.readouterr()
    assert len(notes) == 3 and writers(settings) == ["offline"] * 3
    assert err.count("warning") == 1 and MARKER not in out + err


def test_markup_of_a_server_is_taken_off(settings: Settings) -> None:
    names = list_names(settings)
    odd = f"# The {names[0]} <script>x</script>[keeps](http://evil.example) {' '.join(WORDS)} "
    with serve(answer(names, n1=odd + " ".join(reversed(WORDS)) + " now.")) as server:
        note = build(settings, server.url)["beast-001"]
    assert note.startswith(f"The {names[0]} keeps moss") and "evil" not in note and "<" not in note


def test_its_own_kind_may_be_named_and_long_runs_may_not_be_shared() -> None:
    sighting = Sighting("x", 1, "a blue frog", name="Mesuli")
    note = tell("Mesuli", 1) + " It croaks as frogs do."
    taken = Taken(["Mesuli"], 8)
    assert find_fault(note, sighting, taken) == ""
    taken.add(note)
    assert "another note says this too" in find_fault(note, sighting, taken)
    for _, text in EXAMPLES:
        assert 40 <= len(text.split()) <= 80
