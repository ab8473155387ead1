"""A run that is killed, stopped politely, and taken up again, in processes of their own."""

import io
import pickle
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.compute import processes
from generate.pictures.families.denoiser import UNET
from generate.pictures.families.flow import Flow
from generate.pictures.networks.shape import Shape
from generate.pictures.networks.unet import Network
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training import run as progress
from generate.pictures.training import trainer as running
from generate.pictures.training.checkpoint import (
    list_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from generate.pictures.training.loop import make_optimisers
from generate.pictures.training.plan import Plan, find_training
from generate.pictures.training.stage import decide_model, train_model
from tests.pictures.tiny import sample_pictures

ROOT = Path(__file__).parents[3]
STEPS = 12
# Trains as the command line does, a tiny network; keeps every step; waits for its end after one.
CHILD = """
import functools, signal, sys
from pathlib import Path
import torch
from generate.__main__ import main
from generate.pictures.training import run as progress
from generate.pictures.training import trainer as run
from tests.pictures.tiny import use_tiny_networks

torch.set_num_threads(1)
home, stop = Path(sys.argv[1]), int(sys.argv[2])
use_tiny_networks()
run.step_to_end = functools.partial(progress.step_to_end, every=0)
record = progress.record_losses

def wait(run, report):
    record(run, report)
    if report.step == stop:
        (home / f"reached-{stop}").touch()
        signal.pause()

progress.record_losses = wait
sys.exit(main(["--home", str(home), "train"]))
"""


def start(home, stop=0):
    command = [sys.executable, "-W", "ignore", "-c", CHILD, str(home), str(stop)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def strike(home, stop, number):
    """Start a run, and send it the signal ``number`` within step ``stop``; status and output."""
    child = start(home, stop)
    patience = time.monotonic() + 900
    while not (home / f"reached-{stop}").exists():
        assert child.poll() is None, child.communicate()[0]
        assert time.monotonic() < patience
        time.sleep(0.05)
    child.send_signal(number)
    output = child.communicate(timeout=900)[0]
    return child.returncode, output


def test_a_run_that_was_killed_and_stopped_ends_where_an_unbroken_one_does(
    jungle, tmp_path, fix_plan
):
    settings = jungle()
    fix_plan(settings, STEPS)
    status, _ = strike(tmp_path, 5, signal.SIGKILL)
    assert status == -signal.SIGKILL
    status, output = strike(tmp_path, 8, signal.SIGTERM)
    assert "going on from step 4 of 12" in output
    assert status == 130 and "run the same command again" in output and "Traceback" not in output
    child = start(tmp_path)
    output = child.communicate(timeout=900)[0]
    assert child.returncode == 0 and "going on from step 8 of 12" in output
    broken = load_file(settings.work / "model" / UNET)
    curve = read_json(settings.work / "report/loss.json")
    for path in (settings.work / "model").rglob("*.safetensors"):
        path.unlink()
    whole = load_file(train_model(settings) / UNET)
    assert all(torch.equal(whole[name], broken[name]) for name in whole)
    assert curve == read_json(settings.work / "report/loss.json")
    assert [step for step, _ in curve["losses"]] == list(range(1, STEPS + 1))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_polite_stop_waits_for_the_step_and_an_impatient_one_does_not(number):
    # Whoever runs the tests may ignore it, as nohup does, and then it would not be heeded.
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with progress.catch_stops() as asked:
            assert not asked.is_set()
            signal.raise_signal(number)
            assert asked.is_set()
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_nothing_is_ever_unpickled(jungle, fix_plan, monkeypatch, checkpoints_of):
    """Training, a stop, going on and sampling with every way of unpickling barred."""

    def refuse(*arguments, **names):
        raise AssertionError("unpickled")

    class Barred:
        __init__ = refuse

    settings = jungle()
    fix_plan(settings, STEPS)
    record = progress.record_losses

    def press(run, report):
        record(run, report)
        if report.step == 5:
            signal.raise_signal(signal.SIGINT)

    for module, name in ((torch, "load"), (pickle, "load"), (pickle, "loads")):
        monkeypatch.setattr(module, name, refuse)
    monkeypatch.setattr(pickle, "Unpickler", Barred)
    monkeypatch.setattr(progress, "record_losses", press)
    with pytest.raises(KeyboardInterrupt):
        train_model(settings)
    assert checkpoints_of(settings)
    monkeypatch.setattr(progress, "record_losses", record)
    train_model(settings)
    assert sample_pictures(settings, [1])
    kept = {path.suffix for path in settings.work.rglob("*") if path.is_file()}
    assert not kept & {".pt", ".pth", ".bin", ".ckpt", ".pkl", ".npy", ".npz"}
    with pytest.raises(AssertionError, match="unpickled"):
        pickle.load(io.BytesIO(pickle.dumps(1)))


def spoil(monkeypatch, at, times):
    """Make the weights of a run no numbers after step ``at``, so many ``times``."""
    record, done = progress.record_losses, []

    def harm(run, report):
        record(run, report)
        if report.step == at and len(done) < times:
            done.append(report.step)
            with torch.no_grad():
                next(run.learner.network.parameters()).fill_(float("nan"))

    monkeypatch.setattr(progress, "record_losses", harm)
    monkeypatch.setattr(running, "step_to_end", partial(progress.step_to_end, every=0))
    return done


def test_a_passing_fault_sends_the_run_back_to_its_last_checkpoint(
    jungle, fix_plan, monkeypatch, capsys
):
    settings = jungle()
    fix_plan(settings, 20)
    whole = load_file(train_model(settings) / UNET)
    curve = read_json(settings.work / "report/loss.json")
    for path in (settings.work / "model").rglob("*.safetensors"):
        path.unlink()
    assert spoil(monkeypatch, 6, 1) == []
    mended = load_file(train_model(settings) / UNET)
    assert "going on from step 5 of 20" in capsys.readouterr().out
    assert all(torch.equal(whole[name], mended[name]) for name in whole)
    assert curve == read_json(settings.work / "report/loss.json")


def test_a_lasting_fault_is_refused_and_no_checkpoint_holds_it(
    jungle, fix_plan, monkeypatch, checkpoints_of
):
    settings = jungle()
    fix_plan(settings, 20)
    done = spoil(monkeypatch, 6, 99)
    with pytest.raises(Refusal, match="the loss is not a number at step 14 of 20"):
        train_model(settings)
    assert done == [6, 6]
    for path in checkpoints_of(settings):
        assert all(torch.isfinite(tensor).all() for tensor in load_file(path).values())


def make_run(shape):
    network = Network(shape, 1)
    average = copy_weights(network)
    optimisers = make_optimisers(Flow(network), Plan(steps=1))
    for weight in network.parameters():
        weight.grad = torch.ones_like(weight)
    optimisers["all"].step()
    return network, average, optimisers


def test_a_checkpoint_of_another_shape_changes_nothing(tmp_path, capsys):
    """The one before it is used; where there is none, the run begins with its own weights."""
    sound = make_run(Shape(16, 1, (16, 16), 1, 1, 8, 4))
    write_checkpoint(tmp_path, 1, *sound, {"key": "run"})
    # As many layers, of the same names: only their sizes differ.
    write_checkpoint(tmp_path, 2, *make_run(Shape(16, 1, (16, 24), 1, 1, 8, 4)), {"key": "run"})
    fresh = make_run(Shape(16, 1, (16, 16), 1, 1, 8, 4))
    facts = read_checkpoint(tmp_path, "run", *fresh)
    assert facts is not None and facts["step"] == 1
    assert "weights of another shape" in capsys.readouterr().out
    assert all(torch.equal(sound[1][name], fresh[1][name]) for name in sound[1])
    list_checkpoints(tmp_path)[0].unlink()
    before = copy_weights(fresh[0])
    assert read_checkpoint(tmp_path, "run", *fresh) is None
    assert all(torch.equal(before[name], w) for name, w in fresh[0].named_parameters())


def test_one_process_is_first_and_alone(monkeypatch):
    assert processes.world() == 1 and processes.is_first()
    assert processes.gather({"a": 1}) == [{"a": 1}] and processes.tell(2) == 2
    assert processes.any_of([True, False]) == [True, False]
    with processes.first_alone() as first:
        assert first
    for total in (1, 2, 3, 5):
        parts, dealt = [], []
        monkeypatch.setenv("WORLD_SIZE", str(total))
        for rank in range(total):
            monkeypatch.setenv("RANK", str(rank))
            assert processes.is_first() is (rank == 0)
            parts += list(range(16))[processes.share_of(16)]
            dealt += processes.deal(range(16))
        assert parts == sorted(dealt) == list(range(16))


def test_checkpoints_that_a_kill_at_the_very_end_left_go_with_the_next_call(
    jungle, fix_plan, checkpoints_of
):
    """The model is finished then, and nothing would be trained that clears them."""
    settings = jungle()
    fix_plan(settings, 4)
    train_model(settings)
    assert checkpoints_of(settings) == []
    home = find_training(settings, decide_model(settings))
    for place in (home, home.with_name("another")):
        place.mkdir(exist_ok=True)
        (place / "checkpoint-00000003.safetensors").write_bytes(b"left")
    train_model(settings)
    assert checkpoints_of(settings) == []
    assert (home / "plan.json").is_file()
    assert (home.with_name("another") / "checkpoint-00000003.safetensors").is_file()
