"""Recordings that cannot be used are passed over, once and by name; every card gets another."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from generate.errors import Refusal
from generate.sounds.engines.recordings import list_recordings, master_recording
from generate.sounds.mastering.encoding import encode_mp3, read_sound
from generate.sounds.stage import make_and_master
from tests.sounds.engines.recorded import RATE, bark, briefs, drum, folder_of, settings_for


def barks(count: int) -> dict[str, tuple[np.ndarray, int]]:
    return {f"bark{k}": (bark(0.5 + 0.1 * k), RATE) for k in range(count)}


def make(folder: Path, home: Path, count: int, capsys, loudness: float = -16.0, processes: int = 1):
    """The cards' (recording, semitones), and the lines that pass a file over."""
    settings = settings_for(folder, home, loudness=loudness)
    made = list(make_and_master(settings, briefs(count), processes))
    told = capsys.readouterr()
    lines = [line for line in (told.out + told.err).splitlines() if "passed over" in line]
    for sound in made:
        figures = encode_mp3(*read_sound(sound.path))[1]
        assert loudness - 3.1 < figures.loudness < loudness + 0.3 and figures.true_peak <= -1
    return [(sound.facts["recording"], sound.facts["semitones"]) for sound in made], lines


def test_a_woodpecker_costs_no_card(tmp_path: Path, capsys) -> None:
    folder = folder_of(tmp_path / "r", drum=(drum(), RATE), **barks(4))
    used, lines = make(folder, tmp_path, 6, capsys)
    assert {name for name, _ in used[:4]} == {f"bark{k}.wav" for k in range(4)}
    assert len(set(used)) == 6
    (line,) = lines
    assert f"{folder / 'drum.wav'}: the sound is too sharp" in line and "-16 are asked for" in line


@pytest.mark.parametrize("processes", [1, 2])
def test_what_is_too_sharp_when_turned_is_used_as_it_is(tmp_path: Path, capsys, processes) -> None:
    folder = folder_of(tmp_path / "r", tap=(drum(0.0034, 1), RATE), **barks(2))
    used, lines = make(folder, tmp_path, 9, capsys, processes=processes)
    assert len(used) == len(set(used)) == 9
    assert [semitones for name, semitones in used if name == "tap.wav"] == [0]
    (line,) = lines
    assert f"{folder / 'tap.wav'}: turned by " in line and "too sharp" in line
    # What the others get is what they would have had.
    files = [path.name for path in list_recordings(settings_for(folder, tmp_path))[0]]
    place = files.index("tap.wav")
    meant = [(files[k % 3], (0, -4, 3)[k // 3]) for k in range(9)]
    assert [u for u, m in zip(used, meant, strict=True) if u != m] == [
        used[place + 3],
        used[place + 6],
    ]


def test_a_recording_is_judged_at_the_loudness_asked_for(tmp_path: Path, capsys) -> None:
    folder = folder_of(tmp_path / "r", drum=(drum(0.006), RATE), **barks(2))
    used, lines = make(folder, tmp_path, 3, capsys)
    assert ("drum.wav", 0) in used and not lines
    used, lines = make(folder, tmp_path, 3, capsys, loudness=-12)
    assert len(set(used)) == 3 and "drum.wav" not in dict(used)
    assert len(lines) == 1 and "-12 are asked for" in lines[0]
    used, lines = make(
        folder_of(tmp_path / "s", drum=(drum(), RATE)), tmp_path, 1, capsys, loudness=-23
    )
    assert used == [("drum.wav", 0)] and not lines


def test_every_kind_of_fault_is_named_once(tmp_path: Path, capsys) -> None:
    hiss = np.random.default_rng(1).standard_normal(RATE)
    folder = folder_of(
        tmp_path / "r",
        silent=(np.zeros(2 * RATE), RATE),
        faint=(1e-6 * hiss, RATE),
        short=(bark(0.06), RATE),
        slow=(0.1 * hiss, 900),
        none=(np.zeros(0), RATE),
        square=(np.sign(bark()), RATE),
        knock=(drum(0.0005, 1), RATE),
        **barks(3),
    )
    soundfile.write(folder / "number.wav", np.where(hiss > 3, np.nan, hiss), RATE, subtype="FLOAT")
    soundfile.write(folder / "torn.flac", 0.1 * hiss, RATE)
    torn = (folder / "torn.flac").read_bytes()
    (folder / "torn.flac").write_bytes(torn[: len(torn) // 3])
    (folder / "empty.mp3").touch()
    (folder / "README.md").write_text("recorded in the garden")
    (folder / "cover.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9)
    used, lines = make(folder, tmp_path, 5, capsys)
    assert {name for name, _ in used} == {f"bark{k}.wav" for k in range(3)} and len(set(used)) == 5
    reasons = {
        "silent.wav": "is silent",
        "faint.wav": "is silent",
        "short.wav": "lasts 60 ms",
        "slow.wav": "900 samples a second",
        "none.wav": "is empty",
        "square.wav": "clipped beyond repair",
        "knock.wav": "too sharp",
        "number.wav": "not numbers",
        "torn.flac": "cannot be read",
        "empty.mp3": "is empty; replace it",
        "README.md": "cannot be read",
        "cover.jpg": "cannot be read",
    }
    assert len(lines) == len(reasons)
    for name, reason in reasons.items():
        (line,) = [line for line in lines if str(folder / name) in line]
        assert reason in line


def test_what_vanishes_or_breaks_after_the_survey_is_passed_over(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "r", **barks(3))
    settings = settings_for(folder, tmp_path)
    files = list_recordings(settings)[0]
    files[0].unlink()
    files[1].write_text("overwritten")
    _, mastered, passed = master_recording(settings, 1, files)
    call, _, _ = master_recording(settings, 3, files)
    assert call.facts["recording"] == files[2].name and mastered.loudness > -17
    assert set(passed) == set(files[:2])
    assert "no such sound file" in passed[files[0]]


def test_where_none_can_be_used_one_line_says_so(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "r", a=(drum(), RATE), b=(drum(0.002), RATE))
    with pytest.raises(Refusal, match=r"sounds\.folder: .* no usable recording .*sharp") as refusal:
        list(make_and_master(settings_for(folder, tmp_path), briefs(3), processes=1))
    assert "\n" not in str(refusal.value)
    gone = tuple(tmp_path / name for name in ("a.wav", "b.wav"))
    with pytest.raises(Refusal, match=r"none of its 2 recordings can be used \(.*a\.wav"):
        master_recording(settings_for(folder, tmp_path), 1, gone)


def test_what_is_no_sound_at_all_is_said(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "r", **barks(1))
    (folder / "empty.mp3").write_bytes(b"")
    (folder / "pointer.wav").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid x\n")
    (folder / "page.mp3").write_bytes(b"\n<html><body>404")
    refused = list_recordings(settings_for(folder, tmp_path))[1]
    assert sorted(line.rpartition("/")[2] for line in refused) == [
        "empty.mp3: is empty; replace it",
        "page.mp3: is a web page or its like, as failed downloads leave it; replace it",
        "pointer.wav: is no more than Git LFS's pointer: run git lfs pull; replace it",
    ]


def test_a_header_before_nothing_is_said(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "r", **barks(1))
    data = bytearray((folder / "bark0.wav").read_bytes())
    at = data.index(b"data")
    # A recorder's own chunk before the sound, of which not one sample was written.
    own = b"bext" + (6000).to_bytes(4, "little") + bytes(6000)
    (folder / "ZOOM0001.WAV").write_bytes(data[:12] + own + data[12:at] + b"data" + bytes(4))
    (line,) = list_recordings(settings_for(folder, tmp_path))[1]
    assert "ZOOM0001.WAV" in line and "its header says that it holds nothing" in line
    assert line.endswith("save it anew)")
