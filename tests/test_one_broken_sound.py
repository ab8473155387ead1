"""One broken recording among six, and one broken sound of a person's: the other cards are made."""

import io
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from generate.sounds.engines.recordings import cut_recording
from tests.six import CARDS, check_made, read_made, run
from tests.sounds.engines.recorded import RATE, bark, drum

QUICK = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # each try builds a jungle
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def to_wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    """A WAV of floating-point samples."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="FLOAT")
    return file.getvalue()


WHOLE = to_wav(bark(0.5))
UNUSABLE = {
    "silent": to_wav(np.zeros(RATE)),
    "empty": to_wav(np.zeros(0)),
    "faint": to_wav(1e-6 * bark()),
    "short": to_wav(bark(0.05)),
    "clipped": to_wav(np.sign(bark())),
    "no numbers": to_wav(np.full(RATE, np.nan)),
    "infinite": to_wav(np.full(RATE, np.inf)),
    "sharp": to_wav(drum()),
    "head alone": b"RIFF\0\0\0\0WAVE" + b"\0" * 99,
}
# How a recording is broken: one of the above, cut short, or bytes laid over it, often its head.
BROKEN = st.one_of(
    st.tuples(st.sampled_from(sorted(UNUSABLE))),
    st.tuples(st.just("bytes"), st.just(0), st.binary(max_size=60)),
    st.tuples(st.just("cut"), st.integers(0, len(WHOLE))),
    st.tuples(st.just("lay"), st.integers(0, 100), st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("lay"), st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=80)),
)


def break_sound(how: str, at: int = 0, data: bytes = b"") -> bytes:
    """The bytes of a sound that was broken in this way."""
    if how in ("bytes", "cut"):
        return data or WHOLE[:at]
    if how == "lay":
        return (WHOLE[:at] + data + WHOLE[at + len(data) :])[: len(WHOLE)]
    return UNUSABLE[how]


@pytest.fixture(scope="module")
def shown(six: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The six cards and their site."""
    home = shutil.copytree(six, tmp_path_factory.mktemp("shown") / "six")
    assert run(home, "site")[0] == 0
    return Path(home)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few sounds need no processes, and no report."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr("generate.sounds.report.table.report_sounds", lambda *_: None)


@given(
    name=st.sampled_from(["0.wav", "3.wav", "5.wav", "b.flac", "b.mp3", "b.ogg", "b", "b.m4a"]),
    broken=BROKEN,
)
@example(name="3.wav", broken=None)
@QUICK
def test_one_broken_recording_is_named_once_and_all_cards_are_made(
    six: Path,
    tmp_path_factory: pytest.TempPathFactory,
    alone: None,
    name: str,
    broken: tuple | None,
) -> None:
    """Its card gets another recording, so nothing is left out, and the build ends well."""
    data = None if broken is None else break_sound(*broken)
    home = tmp_path_factory.mktemp("broken")
    shutil.copytree(six / "content", home / "content")
    with (home / "content/jungle.toml").open("a") as file:
        file.write('engine = "folder"\nfolder = "recordings"\n')
    (home / "recordings").mkdir()
    for number in range(6):
        soundfile.write(home / f"recordings/{number}.wav", bark(0.3 + 0.1 * number), RATE)
    path = home / "recordings" / name
    path.unlink(missing_ok=True)
    if data is not None:
        path.write_bytes(data)
    whole = {file.name for file in path.parent.iterdir()} - {name}
    status, said = run(home, "sounds")
    assert status == 0 and "Traceback" not in said, said
    used = []
    for slug in CARDS:
        check_made(home, slug)
        sound = read_made(home, slug)["made"]["sound"]
        used.append((sound["recording"], sound["semitones"]))
        assert -17 < sound["loudness"] < -15 or sound["peak_limited"]
    assert len(set(used[:3])) == 3, "a numbered card has one of its own"
    named = [line for line in said.splitlines() if "passed over: " in line]
    assert not any(str(path.parent / other) in line for line in named for other in whole)
    assert len(named) <= 1 and all(str(path) in line for line in named)
    if data is None or (named and "turned by" not in named[0]):
        assert name not in {recording for recording, _ in used} and bool(named) == bool(
            path.exists()
        )
    else:
        cut_recording(path)  # what is not passed over can be used; it may be no card's turn
    assert data is None or path.read_bytes() == data, "what a person recorded stays"
    shutil.rmtree(home)


@given(
    slug=st.sampled_from(CARDS),
    name=st.sampled_from(["sound.flac", "sound.wav", "sound.mp3", "sound.ogg"]),
    broken=st.sampled_from([("cut", 0), ("cut", 30), ("empty",), ("no numbers",), ("head alone",)]),
    keep_going=st.booleans(),
)
@settings(QUICK, max_examples=4)
def test_one_broken_sound_of_a_persons_is_named_and_the_others_are_made(
    shown: Path,
    tmp_path_factory: pytest.TempPathFactory,
    alone: None,
    slug: str,
    name: str,
    broken: tuple,
    keep_going: bool,
) -> None:
    home = tmp_path_factory.mktemp("broken")
    shutil.copytree(shown, home, dirs_exist_ok=True)
    cards = home / "content/postcards"
    for other in CARDS[1:5]:
        (cards / other / "sound.flac").unlink()
    path, data = cards / slug / name, break_sound(*broken)
    path.write_bytes(data)
    status, said = run(home, "build", *["--keep-going"] * keep_going)
    assert status == (0 if keep_going else 1), said
    assert "Traceback" not in said and str(path) in said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == (0 if keep_going else 1)
    for other in CARDS:
        if other != slug:
            check_made(home, other)
            assert f"{other}/" not in "".join(errors)
    # Without KEEP_GOING the site stays as it was.
    assert (home / f"site/cards/{slug}.html").exists() == (not keep_going)
    assert path.read_bytes() == data, "what a person put there stays"
    shutil.rmtree(home)
