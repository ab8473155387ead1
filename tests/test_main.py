"""The command line: exit codes, dials, and one clear line on the screen."""

import pytest

from generate import __main__ as command
from generate.errors import Refusal


@pytest.fixture
def home(write_settings):
    return write_settings("count = 3").home


def test_dials_reach_the_settings(home, capsys):
    args = command.parse_arguments(["build", "--count", "9", "--minutes", "0.5", "--seed", "1"])
    assert command.read_dials(args) == {"count": 9, "seed": 1, "pictures.minutes": 0.5}


def test_a_jungle_without_pictures_needs_the_model(home, capsys):
    assert command.main(["--home", str(home), "needs", "build"]) == 0
    assert capsys.readouterr().out == "model\n"


def test_an_impossible_dial_is_refused(home, capsys):
    assert command.main(["--home", str(home), "needs", "build", "--count", "0"]) == 1
    assert "count = 0 will not do" in capsys.readouterr().err


def test_a_refusal_is_one_line_without_secrets(home, capsys, monkeypatch):
    def refuse(settings, args):
        raise Refusal("the server said\nkey-123456 is wrong")

    monkeypatch.setenv("OPENAI_API_KEY", "key-123456")
    monkeypatch.setitem(command.STAGES, "site", refuse)
    assert command.main(["--home", str(home), "site"]) == 1
    assert capsys.readouterr().err == "error: the server said $OPENAI_API_KEY is wrong\n"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (OSError(28, "No space left on device", "x.png"), 1, "x.png: No space left on device"),
        (KeyboardInterrupt(), 130, "run the same command again"),
    ],
)
def test_no_traceback_for_what_happens_to_everybody(home, capsys, monkeypatch, error, status, said):
    def fail(settings, args):
        raise error

    monkeypatch.setitem(command.STAGES, "site", fail)
    assert command.main(["--home", str(home), "site"]) == status
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["build", "--minutes", "soon"], ["bench", "--samples", "0"], ["bench", "--exposures", "8"]],
)
def test_an_argument_that_will_not_do_is_one_line(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        command.parse_arguments(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 2 and said.startswith("error: argument --")
    assert said.count("\n") == 1 and arguments[2] in said


NASTY = "-x 'y' \"z\" \\ `id`; a\nfrog"


@pytest.mark.parametrize("dial", ["COUNT", "SEED", "MINUTES", "SITE_URL", "COMPARE", "PROMPT"])
def test_make_hands_a_value_on_as_it_is(tmp_path, dial):
    """A command that prints its arguments stands in for the program."""
    import json
    import subprocess
    from pathlib import Path

    value = NASTY if dial == "PROMPT" else NASTY.replace("\n", " ")
    show = tmp_path / "show"
    show.write_text("#!/bin/sh\nshift 2\nfor word; do printf '%s\\0' \"$word\"; done\n")
    show.chmod(0o755)
    target = {"PROMPT": "beast", "COMPARE": "bench"}.get(dial, "train")
    made = subprocess.run(
        ["make", "--no-print-directory", "-o", "here/.ready-dev", "-o", "here/.ready-model",
         target, f"{dial}={value}", f"PY={show}", "VENV=here"],
        cwd=Path(command.__file__).parents[1], capture_output=True, text=True, check=True,
    )  # fmt: skip
    option = dial.lower().replace("_", "-")
    assert f"--{option}={value}" in made.stdout.split("\0"), json.dumps(made.stdout)
