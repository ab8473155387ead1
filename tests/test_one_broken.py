"""One broken thing among six cards: the other five are made, and the sixth is named."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.six import CARDS, check_made, run

JSON = (
    *(b'{"title": ', b"[1]", b"\xff\xfe", b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n"),
    *(b'{"made": 3}', b'{"hour": "noon"}', b'{"title": []}', b'{"made": {"picture": 7}}', b"null"),
)
FAULTS = (
    *("title: [", "title: a\ntitle: b", "date: soon", "hour: noon", "keep: perhaps", "titel: x"),
    *("title: Beast #7", "traits: red", "times: [1]", "- a", "seed: 3", "title: !x y"),
)
FRONT = tuple(f"---\n{lines}\n---\nHello.\n".encode() for lines in FAULTS)
PICTURES = (b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xff\xd8\xff\xe0" + b"\0" * 99)
BROKEN = st.one_of(
    st.tuples(st.just("card.json"), st.sampled_from(JSON)),
    st.tuples(st.just("postcard.md"), st.sampled_from(FRONT)),
    st.tuples(st.just("picture.png"), st.sampled_from(PICTURES)),
    st.tuples(st.just("picture.jpg"), st.binary(max_size=60)),
)


@given(
    slug=st.sampled_from(CARDS),
    unmade=st.sets(st.sampled_from(CARDS), min_size=2, max_size=2),
    broken=BROKEN,
    keep_going=st.booleans(),
)
@example(slug="bee", unmade={"ant", "beast-001"}, broken=("picture.png", None), keep_going=False)
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # each try builds a jungle twice
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_one_broken_card_is_named_and_the_others_are_made(
    six: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    slug: str,
    unmade: set[str],
    broken: tuple[str, bytes | None],
    keep_going: bool,
) -> None:
    home = tmp_path_factory.mktemp("broken")
    shutil.copytree(six, home, dirs_exist_ok=True)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # a few sounds need no processes
    monkeypatch.setattr("generate.sounds.report.table.report_sounds", lambda *_: None)
    for other in {slug, *unmade}:
        (home / "content/postcards" / other / "sound.flac").unlink()
        if other in CARDS[3:]:
            (home / "content/postcards" / other / "card.json").unlink()
    name, data = broken
    path = home / "content/postcards" / slug / name
    path.unlink(missing_ok=True)
    # Of two pictures that are both a person's, a card shows the PNG: the JPEG takes its place.
    replaced = path.with_name("picture.png")
    if name == "picture.jpg" and slug in CARDS[3:]:
        replaced.unlink()
    if data is not None:
        path.write_bytes(data)
    status, said = run(home, "sounds", *["--keep-going"] * keep_going)
    assert status == (0 if keep_going else 1), said
    assert "Traceback" not in said
    assert str(path if data is not None else path.parent) in said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == (0 if keep_going else 1)
    assert data is None or path.read_bytes() == data, "what a person wrote stays"
    for other in CARDS:
        if other != slug:
            check_made(home, other)
            assert f"{other}/" not in "".join(errors)
    # Mended, it is made as if nothing had been wrong; the others stay as they are.
    others = {other: home / "content/postcards" / other / "card.json" for other in CARDS}
    del others[slug]
    before = {other: card.read_bytes() for other, card in others.items()}
    path.unlink(missing_ok=True)
    for was in {path, replaced}:
        if not was.exists() and (six / was.relative_to(home)).is_file():
            shutil.copy(six / was.relative_to(home), was)
    status, said = run(home, "sounds")
    assert status == 0, said
    check_made(home, slug)
    for other, text in before.items():
        assert others[other].read_bytes() == text
    shutil.rmtree(home)
