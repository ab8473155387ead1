"""Training runs: budgets, interruption, resumption, damage, and the folder that is saved."""

import json
import shutil
import signal
import subprocess
import sys
import warnings
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from generate.errors import Refusal
from generate.files import read_json
from generate.freshness.decide import decide_picture
from generate.pictures import STARTER
from generate.pictures.compute import memory
from generate.pictures.compute.levels import to_levels
from generate.pictures.compute.precision import probe
from generate.pictures.data.dataset import build_dataset
from generate.pictures.families import flow
from generate.pictures.families.denoiser import UNET
from generate.pictures.families.flow import (
    FROM_OTHERS,
    FROM_SCRATCH,
    FROM_THE_SAME,
    SHIFT,
    SHIFT_OF_NEW,
    Flow,
    begin_from,
)
from generate.pictures.model_folder import load_model
from generate.pictures.networks import shape as shapes
from generate.pictures.networks.shape import Shape
from generate.pictures.networks.unet import Network
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training import budget, loop
from generate.pictures.training import run as progress
from generate.pictures.training import trainer as running
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan, find_training
from generate.pictures.training.stage import decide_model, train_model

TINY = Shape(16, 1, (16, 16), 1, 1, 8, 4)


def interrupt(monkeypatch, at):
    """Press Ctrl-C within step ``at``; returns a function that takes the finger away."""
    record = progress.record_losses

    def press(run, report):
        record(run, report)
        if report.step == at:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(progress, "record_losses", press)
    return lambda: monkeypatch.setattr(progress, "record_losses", record)


def test_a_run_that_was_stopped_twice_ends_where_an_unbroken_one_does(
    jungle, fix_plan, monkeypatch, checkpoints_of
):
    settings = jungle()
    fix_plan(settings)
    whole = load_file(train_model(settings) / UNET)
    for path in (settings.work / "model").rglob("*"):
        if path.is_file():
            path.unlink()
    for stop in (3, 8):
        release = interrupt(monkeypatch, stop)
        with pytest.raises(KeyboardInterrupt):
            train_model(settings)
        release()
        assert checkpoints_of(settings)
    broken = load_file(train_model(settings) / UNET)
    assert all(torch.equal(whole[name], broken[name]) for name in whole)


def test_a_torn_checkpoint_is_passed_over_for_the_one_before(
    jungle, fix_plan, monkeypatch, capsys, checkpoints_of
):
    settings = jungle()
    fix_plan(settings)
    for stop in (3, 6):
        release = interrupt(monkeypatch, stop)
        with pytest.raises(KeyboardInterrupt):
            train_model(settings)
        release()
    newest = checkpoints_of(settings)[-1]
    newest.write_bytes(newest.read_bytes()[:1000])
    train_model(settings)
    said = capsys.readouterr().out
    assert "cannot be used" in said
    assert "going on from step 3" in said


def test_a_budget_becomes_a_number_of_steps_that_is_kept(jungle):
    settings = jungle()
    folder = train_model(settings)
    plan = read_json(find_training(settings, decide_model(settings)) / "plan.json")
    recipe = json.loads((folder / "recipe.json").read_text())
    assert recipe["plan"] == plan["plan"]
    assert plan["plan"]["steps"] >= 8
    report = settings.work / "report"
    assert (report / "loss.png").read_bytes()[:4] == b"\x89PNG"
    assert list(report.glob("grids/*.png"))
    stamp = (folder / UNET).stat().st_mtime_ns
    train_model(settings)
    assert (folder / UNET).stat().st_mtime_ns == stamp


def test_a_fresh_model_is_found_without_torch(jungle, tmp_path):
    settings = jungle()
    train_model(settings)
    code = (
        "import sys; from pathlib import Path; from generate.settings import read_settings\n"
        "from generate.pictures.training.stage import train_model\n"
        f"train_model(read_settings(Path({str(tmp_path)!r})))\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_saved_model_samples_with_diffusers_alone(jungle, tmp_path):
    """The model card's own script, in its folder, where this project cannot be imported."""
    for extra in ("", 'recipe = "ddpm"'):
        folder = train_model(jungle(extra))
        script = (folder / "README.md").read_text().split("```python\n")[1].split("```")[0]
        guard = "import sys\nsys.modules['generate'] = None\n"
        check = "\nassert pixels.shape == (3, 16, 16) and pixels.float().std() > 0\n"
        path = tmp_path / "alone.py"
        path.write_text(guard + script + check)
        subprocess.run(
            [sys.executable, "-I", "-W", "ignore", path], cwd=folder, check=True, timeout=120
        )


def tell(folder, **facts):
    """Put ``facts`` among those of a model folder."""
    path = folder / "jungle.json"
    path.write_text(json.dumps(read_json(path) | facts))


@pytest.mark.parametrize("recipe", ["flow", "dit", "cvae"])
def test_the_card_script_draws_what_the_project_draws(jungle, monkeypatch, recipe):
    folder = train_model(jungle(f'recipe = "{recipe}"'))
    model = load_model(folder)
    script = (folder / "README.md").read_text().split("```python\n")[1].split("```")[0]
    names: dict = {}
    monkeypatch.chdir(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        exec(script, names)
    row = torch.zeros(1, len(model.vocabulary))
    row[0, model.vocabulary.tokens.index(names["wanted"][0])] = 1
    noise = model.noise([torch.Generator().manual_seed(1)])
    ours = to_levels(model.sample(row, noise, 4).pictures)[0]
    assert abs(ours.astype(int) - names["pixels"].numpy().astype(int)).max() <= 1


@pytest.mark.parametrize("order", ["causal", "masked"])
def test_the_card_script_writes_codes_and_decodes_them_as_the_project_does(
    jungle, monkeypatch, order
):
    folder = train_model(jungle(f'recipe = "gpt"\n[pictures.gpt]\norder = "{order}"'))
    model = load_model(folder)
    script = (folder / "README.md").read_text().split("```python\n")[1].split("```")[0]
    names: dict = {}
    monkeypatch.chdir(folder)
    exec(script, names)
    assert int(names["codes"].max()) < model.writer.shape.codes
    ours = to_levels(model.sketch(names["codes"], names["asked"]))[0]
    assert abs(ours.astype(int) - names["pixels"].numpy().astype(int)).max() <= 1
    seen = names["codes"] if order == "causal" else torch.full_like(names["codes"], names["count"])
    state = torch.cat([names["prefix"], names["gpt"].wte(seen)], 1)
    with torch.inference_mode():
        theirs = names["gpt"](inputs_embeds=state).last_hidden_state @ names["heads"]
        logits = model.writer(names["asked"], seen)
    shift = 1 if order == "causal" else 0
    length = seen.shape[1]
    assert torch.allclose(theirs[:, -length - shift :][:, :length], logits, atol=1e-4)


def test_learns_to_tell_bright_from_dark(jungle, fix_plan):
    settings = jungle()
    fix_plan(settings, 250)
    model = load_model(train_model(settings))
    means = {}
    for word in ("bright", "dark"):
        row = torch.zeros(8, len(model.vocabulary))
        row[:, model.vocabulary.tokens.index(word)] = 1
        drawn = model.sample(row, model.noise([seeded(place) for place in range(8)]), 8)
        means[word] = float(drawn.pictures.mean())
    assert means["bright"] > means["dark"] + 0.3, means


def test_continues_from_a_folder_with_other_words_and_another_size(jungle, tmp_path):
    folder = train_model(jungle())
    (tmp_path / "earlier").mkdir()
    folder.rename(tmp_path / "earlier/model")
    (tmp_path / "set/dark").rename(tmp_path / "set/dim")
    settings = jungle().model_copy()
    text = (tmp_path / "content/jungle.toml").read_text()
    text = text.replace('"scratch"', '"earlier/model"').replace("size = 16", "size = 32")
    (tmp_path / "content/jungle.toml").write_text(text)
    from generate.settings import read_settings

    settings = read_settings(tmp_path)
    model = load_model(train_model(settings))
    assert model.vocabulary.tokens == ("bright", "dim")
    assert model.network.shape.size == 32


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (lambda folder: (folder / UNET).write_bytes(b"junk"), "corrupt"),
        (lambda folder: (folder / UNET).unlink(), "no such file"),
        (lambda folder: (folder / "jungle.json").unlink(), "holds no model"),
        (lambda folder: (folder / "words/vocabulary.json").write_text("[]"), "no vocabulary"),
        (lambda folder: (folder / "jungle.json").write_text("{}"), "not one of this project's"),
        (lambda folder: (folder / "unet/config.json").write_text("{}"), "not one of this"),
        (lambda folder: tell(folder, shift="much"), "not one of this project's"),
        (lambda folder: tell(folder, shift=0), "not one of this project's"),
        (lambda folder: (folder / "words/embedding.safetensors").write_bytes(b"0"), "corrupt"),
    ],
)
def test_a_damaged_model_is_refused_in_one_line(jungle, harm, line):
    folder = train_model(jungle())
    harm(folder)
    with pytest.raises(Refusal, match=line) as refusal:
        load_model(folder)
    assert "\n" not in str(refusal.value)


def test_weights_of_another_shape_are_refused(jungle):
    folder = train_model(jungle())
    config = json.loads((folder / "unet/config.json").read_text())
    config["block_out_channels"] = [16, 32]
    (folder / "unet/config.json").write_text(json.dumps(config))
    with pytest.raises(Refusal, match="another shape"):
        load_model(folder)


def make_training(value=0):
    pictures = torch.full((4, 3, 16, 16), value, dtype=torch.uint8)
    return TrainingPictures(pictures, torch.zeros(4, 1))


def test_a_loss_that_is_no_number_is_refused():
    network = Network(TINY, 1)
    torch.nn.init.constant_(network.unet.conv_out.bias, float("nan"))
    plan = Plan(steps=50, batch=4, micro=4)
    family, average = Flow(network), copy_weights(network)
    steps = train_steps(family, make_training(), plan, make_optimisers(family, plan), average)
    with pytest.raises(Refusal, match="not a number at step 8 of 50"):
        list(steps)


def learn(plan):
    """The losses of the plan's steps, and the weights that a tiny network then has."""
    torch.manual_seed(0)
    network = Network(TINY, 1)
    family, average = Flow(network), copy_weights(network)
    steps = train_steps(family, make_training(99), plan, make_optimisers(family, plan), average)
    return [report.loss for report in steps], average


def test_shares_of_a_batch_teach_what_the_whole_does():
    """The same times and noise, so the same gradients but for the order they are added in."""
    whole, weights = learn(Plan(steps=4, batch=8, micro=8))
    for micro in (3, 1):
        losses, others = learn(Plan(steps=4, batch=8, micro=micro))
        assert losses == pytest.approx(whole, rel=1e-5)
        assert all(torch.allclose(weights[name], others[name], atol=1e-5) for name in weights)


def small_machine(monkeypatch, module, room, error=None):
    """Let memory run out for more than ``room`` pictures at once; the shares that were tried."""
    real, tried = module.accumulate, []

    def accumulate(family, phase, batch, plan, chance, scale=1.0, micro=None):
        tried.append(micro or plan.micro)
        if tried[-1] > room:
            raise error or RuntimeError("[enforce fail at alloc_cpu.cpp:117] can't allocate memory")
        return real(family, phase, batch, plan, chance, scale, micro)

    monkeypatch.setattr(module, "accumulate", accumulate)
    return tried


def test_the_share_that_fits_is_found_beforehand(monkeypatch):
    plan = Plan(steps=1, batch=16, micro=16)
    family = Flow(Network(TINY, 1))
    assert budget.find_micro(family, make_training(), plan) == 16
    tried = small_machine(monkeypatch, budget, 3)
    assert budget.find_micro(family, make_training(), plan) == 2
    assert tried == [16, 8, 4, 2]
    monkeypatch.setattr(memory, "CEILING", 1)
    tried.clear()
    assert budget.find_micro(family, make_training(), plan) == 1
    assert tried == [1]


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory. Tried to allocate")]
)
def test_memory_that_runs_out_on_the_way_changes_no_step(monkeypatch, error):
    plan = Plan(steps=3, batch=8, micro=8)
    whole, weights = learn(plan)
    tried = small_machine(monkeypatch, loop, 3, error)
    losses, others = learn(plan)
    assert losses == pytest.approx(whole, rel=1e-5)
    assert all(torch.allclose(weights[name], others[name], atol=1e-5) for name in weights)
    assert tried == [8, 4, 2, 2, 2]


def test_no_memory_for_one_picture_is_said_in_one_line(monkeypatch):
    small_machine(monkeypatch, loop, 0)
    with pytest.raises(Refusal, match="out of memory with one picture at a time"):
        learn(Plan(steps=3, batch=8, micro=8))


def test_sampling_takes_as_many_at_a_time_as_fit(monkeypatch):
    calls = []

    def answer(rows, more):
        calls.append(len(rows))
        if len(rows) > 2:
            raise RuntimeError("CUDA out of memory")
        return rows + more

    rows = torch.arange(5.0)
    assert torch.equal(memory.in_parts(answer, 4, rows, rows), 2 * rows)
    assert calls == [4, 2, 2, 1]
    assert shapes.choose_rows(Shape()) > 64
    large = replace(Shape(), size=1024, factor=1)
    assert shapes.choose_rows(large) == 1


def test_a_container_has_no_more_memory_than_it_was_given(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    whole = memory.free_memory()
    (tmp_path / "memory.max").write_text("3000\n")
    (tmp_path / "memory.current").write_text("2500\n")
    (tmp_path / "memory.stat").write_text("anon 2000\ninactive_file 400\n")
    assert memory.free_memory() == 900 < whole
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_memory() > 900


def test_every_picture_is_shown_once_before_any_comes_again():
    training = make_training()
    plan = Plan(steps=1, seed=3)
    shown = [training.find_place(plan.seed, exposure) for exposure in range(12)]
    assert [sorted(shown[start : start + 4]) for start in (0, 4, 8)] == [[0, 1, 2, 3]] * 3


def test_the_rate_rises_holds_and_falls_to_nought():
    plan = Plan(steps=100, rate=1.0, warm=0.1, tail=0.4)
    rates = [plan.rate_at(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1) and rates[9] == rates[59] == 1
    assert rates[-1] == pytest.approx(1 / 40)
    assert replace(plan, warm=0, tail=0).rate_at(99) == 1


def test_the_faster_arithmetic_is_chosen_by_trying():
    def step():
        if torch.is_autocast_enabled("cpu") == slow:
            import time

            time.sleep(0.01)

    slow = True
    assert probe(step)[0] == "float32"
    slow = False
    assert probe(step)[0] == "bfloat16"


def test_words_learn_at_a_rate_of_their_own():
    """Adam's first step moves each weight by its rate, whatever the gradient."""
    torch.manual_seed(0)
    network = Network(TINY, 1)
    torch.nn.init.normal_(network.unet.conv_out.weight)  # at nought it would pass no gradient on
    before = copy_weights(network)
    training = replace(make_training(99), conditions=torch.ones(4, 1))
    plan = Plan(steps=40, batch=4, micro=4, warm=0.0, tail=0.0, decay=0.0)
    family = Flow(network)
    family.beginning = replace(FROM_SCRATCH, word_rate=20.0, word_dropout=0.0)
    optimisers = make_optimisers(family, plan)
    assert [group["lr"] for group in optimisers["all"].param_groups] == [1e-3, 1e-3, 2e-2]
    next(train_steps(family, training, plan, optimisers, copy_weights(network)))
    after = copy_weights(network)
    moved = {name: float((after[name] - before[name]).abs().max()) for name in after}
    assert moved.pop("words.weight") == pytest.approx(2e-2, rel=1e-2)
    assert max(moved.values()) == pytest.approx(1e-3, rel=1e-2)


def test_trained_weights_are_changed_slowly():
    """A run of a few steps must not undo what the starter knows: its rate never reaches a tenth."""
    plan = replace(FROM_THE_SAME.plan, steps=8)
    assert max(plan.rate_at(step) for step in range(8)) < plan.rate / 10
    assert replace(plan, steps=2000).rate_at(900) == plan.rate
    # What they do not know they learn as fast as new weights do, but for the first steps.
    strange, new = replace(FROM_OTHERS.plan, steps=2000), replace(FROM_SCRATCH.plan, steps=2000)
    assert strange.rate_at(200) == new.rate_at(200) > 3 * plan.rate
    assert strange.rate_at(0) < new.rate_at(0)
    assert FROM_OTHERS.word_rate > 1 == FROM_SCRATCH.word_rate == FROM_THE_SAME.word_rate
    # What such pictures show is learnt first, and how they are painted in the end.
    assert (
        FROM_OTHERS.noise_mean == 1.2 and FROM_SCRATCH.noise_mean == FROM_THE_SAME.noise_mean == 0
    )


def test_noise_is_high_at_first_and_as_usual_in_the_end(monkeypatch):
    network, means = Network(TINY, 1), []
    family, draw = Flow(network), flow.draw_times
    family.beginning = FROM_OTHERS
    monkeypatch.setattr(
        flow,
        "draw_times",
        lambda count, generator, mean: means.append(mean) or draw(count, generator, mean),
    )
    plan = Plan(steps=4, batch=4, micro=4)
    average = copy_weights(network)
    list(train_steps(family, make_training(99), plan, make_optimisers(family, plan), average))
    assert means == pytest.approx([1.2, 0.9, 0.6, 0.3])


@pytest.mark.parametrize("source", ["set", "else"])
def test_weights_that_know_other_pictures_are_told_from_those_that_know_these(
    jungle, tmp_path, monkeypatch, source
):
    folder = train_model(jungle())
    folder.rename(tmp_path / "earlier")
    tell(tmp_path / "earlier", source=source)
    asked, augments = [], []
    settle = running.settle_plan

    def listen(settings, key, family, training, home):
        asked.append(family.beginning)
        augments.append(training.augment)
        return settle(settings, key, family, training, home)

    monkeypatch.setattr(running, "settle_plan", listen)
    settings = jungle()
    pictures = settings.pictures.model_copy(update={"start": "earlier"})
    folder = train_model(settings.model_copy(update={"pictures": pictures}))
    others = source == "else"
    # The run before began from nothing.
    assert asked == [FROM_OTHERS if others else replace(FROM_THE_SAME, moved=True)]
    # Pictures seen but a few times are learnt as they are, and sampled with more steps of much
    # noise: by us, and by whoever reads the folder.
    assert augments[0].mirror != others and (augments[0].shift == 0) == others
    shift = SHIFT_OF_NEW if others else SHIFT
    model = load_model(folder)
    assert model.shift == shift
    assert read_json(folder / "scheduler/scheduler_config.json")["flow_shift"] == shift
    pictures = pictures.model_copy(update={"mirror": True})
    settings = settings.model_copy(update={"pictures": pictures})
    assert running.choose_augment(settings, 8, asked[0]).mirror
    # A run that goes on from there sees and samples such pictures as this one did.
    further = begin_from(model.facts, "set")
    assert further == replace(FROM_THE_SAME, mirrored=not others, moved=not others, shift=shift)
    assert not others or begin_from(model.facts, "a third") == FROM_OTHERS


def test_the_field_guide_is_learnt_unmoved_from_the_starter(jungle):
    """Moving blurs, and what is sampled has the grain of what was seen."""
    beginning = begin_from(read_json(STARTER / "jungle.json"), "field-guide")
    assert beginning == FROM_THE_SAME
    augment = running.choose_augment(jungle(), 8, beginning)
    assert augment.mirror and augment.shift == 0
    assert running.choose_augment(jungle(), 8, FROM_SCRATCH).shift > 0


def test_exposures_are_the_same_run_whatever_the_clock_says(jungle, monkeypatch):
    settings = jungle("exposures = 100")
    weights = []
    for seconds in (0.001, 1000.0):
        monkeypatch.setattr(budget, "probe", lambda step, seconds=seconds: ("float32", seconds))
        folder = train_model(settings)
        recipe = read_json(folder / "recipe.json")
        assert recipe["plan"]["steps"] == 100 // 8
        weights.append(load_file(folder / UNET))
        shutil.rmtree(settings.work)
    assert all(torch.equal(weight, weights[1][name]) for name, weight in weights[0].items())


@pytest.mark.parametrize(("seconds", "tries"), [(1e-9, 15), (0.25, 12), (2.0, 3)])
def test_a_budget_is_divided_by_more_than_a_glance_at_the_clock(
    jungle, monkeypatch, seconds, tries
):
    timed = []

    def measure(step, name, count, patience):
        timed.append((name, count))
        return 0.005

    monkeypatch.setattr(budget, "probe", lambda step: ("float32", seconds))
    monkeypatch.setattr(budget, "time_step", measure)
    recipe = read_json(train_model(jungle()) / "recipe.json")
    assert timed == [("float32", tries)]
    assert recipe["plan"]["steps"] == budget.divide_minutes(0.01, 0.005) == 48


def settle_afresh(settings, beginning, home, **asked):
    """The plan of ``settings`` with other ``asked``, of a network that has not learnt yet."""
    pictures = settings.pictures.model_copy(update=asked)
    settings = settings.model_copy(update={"pictures": pictures})
    family = Flow(Network(TINY, 1))
    family.beginning = beginning
    return budget.settle_plan(settings, decide_model(settings).key, family, make_training(), home)


@pytest.mark.parametrize(
    ("beginning", "exposures", "batch", "steps"),
    [
        (FROM_OTHERS, 16_000, 16, 1000),
        (FROM_OTHERS, 15_999, 8, 1999),
        (FROM_OTHERS, 100, 8, 12),
        (FROM_THE_SAME, 100, 16, 6),
        (FROM_SCRATCH, 100, 16, 6),
    ],
)
def test_what_is_new_is_learnt_in_enough_steps(
    jungle, tmp_path, monkeypatch, beginning, exposures, batch, steps
):
    monkeypatch.setattr(budget, "probe", lambda step: ("float32", 1.0))
    settings = jungle(f"exposures = {exposures}")
    plan = settle_afresh(settings, beginning, tmp_path, batch=None)
    assert (plan.batch, plan.micro, plan.steps) == (batch, batch, steps)
    asked = settle_afresh(settings, beginning, tmp_path / "asked", batch=16)
    assert (asked.batch, asked.steps) == (16, exposures // 16)


def test_smaller_steps_are_timed_anew(jungle, tmp_path, monkeypatch):
    times, probes = [0.5, 0.25], []
    monkeypatch.setattr(budget, "probe", lambda step: probes.append(1) or ("float32", 1.0))
    monkeypatch.setattr(budget, "time_step", lambda *asked: times.pop(0))
    plan = settle_afresh(jungle(), FROM_OTHERS, tmp_path, batch=None, minutes=1.0)
    assert not times and len(probes) == 1
    assert (plan.batch, plan.steps) == (8, budget.divide_minutes(1.0, 0.25))


def test_a_stopped_run_outlives_a_run_with_other_settings(
    jungle, fix_plan, monkeypatch, checkpoints_of, capsys
):
    long = jungle()
    fix_plan(long)
    release = interrupt(monkeypatch, 5)
    with pytest.raises(KeyboardInterrupt):
        train_model(long)
    release()
    short = jungle("exposures = 16")
    train_model(short)
    assert checkpoints_of(long) and not checkpoints_of(short)
    train_model(long)
    assert "going on from step 5 of 12" in capsys.readouterr().out


@pytest.mark.parametrize("change", ["batch = 4", "exposures = 64", "mirror = true"])
def test_what_changes_what_is_learnt_is_in_the_key(write_settings, change):
    usual, changed = write_settings("[pictures]"), write_settings(f"[pictures]\n{change}")
    assert decide_model(usual).key != decide_model(changed).key
    assert decide_picture(usual, 1).key != decide_picture(changed, 1).key


def test_a_model_cannot_begin_from_itself(jungle):
    settings = jungle()
    train_model(settings)
    update = {"start": "set/../work/model"}
    again = settings.model_copy(update={"pictures": settings.pictures.model_copy(update=update)})
    with pytest.raises(Refusal, match="copy the folder elsewhere"):
        train_model(again)
    shutil.copytree(settings.work / "model", settings.home / "mine")
    begun = settings.pictures.model_copy(update={"start": "mine"})
    begun = settings.model_copy(update={"pictures": begun})
    key = decide_model(begun).key
    (settings.home / "mine/README.md").write_text("Another day.")
    assert decide_model(begun).key == key
    (settings.home / "mine/words/vocabulary.json").write_text("{}")
    assert decide_model(begun).key != key


def test_litter_of_a_killed_write_is_no_product(jungle):
    settings = jungle()
    litter = settings.work / "model/.README.99999999.jungle-part.md"
    litter.parent.mkdir(parents=True)
    litter.write_text("half")
    folder = train_model(settings)
    assert not litter.exists()
    assert not any("-part" in name for name in read_json(folder / "recipe.json")["outputs"])


def test_of_several_captions_another_is_drawn_each_time():
    training = replace(make_training(9), conditions=torch.zeros(4, 1))
    plan = Plan(steps=1, batch=4, micro=4, seed=3)
    plain = training.draw_batch(plan, 0, seeded("captions"))
    training.others = {2: torch.tensor([[1.0], [2.0]])}
    seen = []
    for step in range(60):
        batch = training.draw_batch(plan, step, seeded("captions", step))
        row = [training.find_place(3, 4 * step + n) for n in range(4)].index(2)
        assert batch["conditions"].sum() == batch["conditions"][row]
        seen.append(float(batch["conditions"][row]))
    assert all(10 < seen.count(caption) < 30 for caption in (0.0, 1.0, 2.0))
    assert not training.conditions.any() and not plain["conditions"].any()


def test_further_captions_of_a_set_are_learnt_too(jungle, tmp_path):
    settings = jungle()
    lines = [
        {"file_name": f"{kind}/{number}.png", "text": text}
        for number in range(24)
        for kind in [("bright", "dark")[number % 2]]
        for text in (f"a {kind} blot", f"one {('pale', 'dim')[number % 2]} spot")
    ]
    (tmp_path / "set/metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))
    dataset = running.read_dataset(build_dataset(settings))
    family = running.create_family(settings, dataset)
    training, _ = running.make_training(settings, family, dataset)
    assert set(training.others) == set(range(len(training.pictures)))
    told = dataset.vocabulary.tokens
    assert {"pale", "bright"} <= set(told)
    dim = training.others[0][0] + training.conditions[0]
    assert {told[place] for place in dim.nonzero()[:, 0].tolist()} & {"pale", "dim"}
