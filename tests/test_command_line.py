"""Options spelled as make spells them, and what is installed for a stage."""

import sys

import pytest

from generate import __main__ as command
from generate.errors import Refusal
from generate.project import install


def test_dials_are_options():
    words = ["build", "COUNT=3", "MINUTES=0.2", "SEED=1", "SITE_URL=https://a.b/c", "KEEP_GOING=1"]
    args = command.parse_arguments([*words, "FORCE=1"])
    assert command.read_dials(args) == {
        "count": 3,
        "pictures.minutes": 0.2,
        "seed": 1,
        "site.base_url": "https://a.b/c",
    }
    assert args.force and args.keep_going


def test_a_value_may_hold_anything():
    text = "a 'frog'\nCOUNT=3 = $HOME"
    assert command.parse_arguments(["beast", f"PROMPT={text}"]).prompt == text


def test_a_dial_may_name_an_operand():
    args = command.parse_arguments(["why", "CARD=-beast", "COUNT=2", "KEEP_GOING=1"])
    assert (args.card, args.count, args.keep_going) == ("-beast", 2, True)


def test_dials_of_other_stages_and_empty_ones_are_passed_over():
    args = command.parse_arguments(["site", "PORT=1", "PROMPT=a frog", "COUNT=", "FORCE=0"])
    assert args.stage == "site" and args.count is None and not args.force


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("FORCE=yes", "FORCE=yes will not do: say FORCE=1, or leave it out"),
        ("COUNTS=3", "unknown setting COUNTS"),
        ("COUNT=three", "argument --count: invalid int value: 'three'"),
    ],
)
def test_a_dial_that_will_not_do_is_one_line(capsys, word, said):
    with pytest.raises(SystemExit) as ended:
        command.parse_arguments(["build", word])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"error: {said}; see ")


@pytest.fixture
def bare(monkeypatch):
    """No package of the model is installed; what would be run is recorded."""
    ran = []

    class Done:
        returncode = 0

    def run(words, check):
        ran.append(words)
        return Done

    monkeypatch.setattr(install, "has_model", lambda: False)
    monkeypatch.setattr(install.subprocess, "run", run)
    monkeypatch.delenv("TORCH_INDEX", raising=False)
    return ran


def test_a_stage_that_needs_the_model_says_what_to_run(bare, write_settings, capsys):
    home = str(write_settings("count = 1").home)
    for stage in (["train"], ["build"], ["beast", "PROMPT=a frog"]):
        assert command.main(["--home", home, *stage]) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "run jungle install model first" in said
    assert command.main(["--home", home, "site"]) == 0
    assert bare == []


def test_install_takes_hashed_packages_then_torch_alone_from_its_index(bare, monkeypatch):
    monkeypatch.setenv("TORCH_INDEX", "https://torch.example/cpu")
    install.install_packages("model")
    hashed, torch = bare
    assert {"--no-deps", "--require-hashes"} <= set(hashed) and "--index-url" not in hashed
    assert hashed[-1] == str(install.REQUIREMENTS / "model.txt")
    assert torch[-2:] == ["--index-url", "https://torch.example/cpu"]
    assert str(install.REQUIREMENTS / "torch.txt") in torch


def test_asked_to_install_the_command_starts_anew_without_asking_again(
    bare, write_settings, monkeypatch
):
    home, begun = str(write_settings("count = 1").home), []

    def start(program, words):
        begun.append(words)
        raise Refusal("started anew")

    words = ["python", "-m", "generate", "--home", home, "--install", "build", "COUNT=2"]
    monkeypatch.setattr(install.os, "execv", start)
    monkeypatch.setattr(sys, "orig_argv", words)
    assert command.main(words[3:]) == 1
    assert len(bare) == 2
    assert begun == [[sys.executable, *(word for word in words[1:] if word != "--install")]]


def test_what_pip_cannot_install_is_refused(bare, monkeypatch):
    failed = type("Failed", (), {"returncode": 1})
    monkeypatch.setattr(install.subprocess, "run", lambda words, check: failed)
    with pytest.raises(Refusal, match="pip could not install"):
        install.install_packages("light")


def test_no_pip_is_said_with_the_way_out(monkeypatch):
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match="-m ensurepip first"):
        install.install_packages("light")
