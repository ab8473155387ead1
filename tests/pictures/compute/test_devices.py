"""Training and sampling keep to one device: told apart by a mock accelerator on this processor."""

import contextlib

import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from generate.pictures.compute import precision
from generate.pictures.compute.levels import to_levels
from generate.pictures.families.ddpm import Ddpm
from generate.pictures.families.flow import Flow
from generate.pictures.networks.shape import Shape
from generate.pictures.networks.unet import Network
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training import loop
from generate.pictures.training.augment import Augment
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan

# A kind of device that torch can name and that this build cannot run on.
THERE = torch.device("xpu", 0)
TINY = Shape(16, 1, (16, 16), 1, 1, 8, 4)


class Border(TorchDispatchMode):
    """Knows by their storage which tensors are "there", and lets no operation mix both sides."""

    def __init__(self):
        super().__init__()
        self.storages = {}  # kept, so that no address comes again

    def holds(self, tensor):
        return tensor.untyped_storage().data_ptr() in self.storages

    def take(self, tensor):
        storage = tensor.untyped_storage()
        self.storages[storage.data_ptr()] = storage
        return tensor

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
        there = [self.holds(x) for x in tensors if x.numel()]
        # Numbers go anywhere, and places may index from either side, as on real devices.
        bound = [
            self.holds(x)
            for x in tensors
            if x.ndim and x.numel() and not ("index" in str(func) and x.dtype == torch.int64)
        ]
        if any(bound) and not all(bound) and "copy_" not in str(func):
            raise AssertionError(f"{func} mixes two devices")
        answer = func(*args, **kwargs)
        if any(there) and "copy_" not in str(func):
            for leaf in tree_leaves(answer):
                if isinstance(leaf, torch.Tensor):
                    self.take(leaf)
        return answer


class Traveller(TorchFunctionMode):
    """Makes ``.to(THERE)``, ``device=THERE`` and ``.device`` speak of the border's other side."""

    def __init__(self, border):
        super().__init__()
        self.border = border

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        if func == torch.Tensor.device.__get__:
            return THERE if self.border.holds(args[0]) else torch.device("cpu")
        if name in ("to", "cpu"):
            goal = next((x for x in args[1:] if isinstance(x, torch.device)), None)
            goal = torch.device("cpu") if name == "cpu" else goal
            if goal is not None:
                return self.move(args[0], goal, [x for x in args[1:] if x != goal])
        if name in ("numpy", "__array__"):
            assert not self.border.holds(args[0]), "numpy sees the processor's memory alone"
        if kwargs.get("device") == THERE:
            generator = kwargs.get("generator")
            assert generator is None, "chance comes from the processor"
            kwargs["device"] = torch.device("cpu")
            return self.border.take(func(*args, **kwargs))
        return func(*args, **kwargs)

    def move(self, tensor, goal, rest):
        kinds = [x for x in rest if isinstance(x, torch.dtype)]
        with torch._C.DisableTorchFunction():
            if self.border.holds(tensor) is (goal == THERE):
                return tensor.to(kinds[0]) if kinds else tensor
            with torch.no_grad(), without(self.border):
                moved = tensor.detach().clone()
                moved = moved.to(kinds[0]) if kinds else moved
            return self.border.take(moved) if goal == THERE else moved


@contextlib.contextmanager
def without(mode):
    """Leave ``mode`` for a while."""
    mode.__exit__(None, None, None)
    try:
        yield
    finally:
        mode.__enter__()


def learn_and_draw(kind, device, augment):
    """The losses of a few steps, and two pictures sampled then."""
    torch.manual_seed(0)
    conditioned = kind is Flow
    network = Network(Shape(16, 1, (16, 16), 1, 1, 8, 4, conditioned=conditioned), 3)
    torch.nn.init.normal_(network.unet.conv_out.weight, std=0.1)
    family = kind(network)
    for module in network.modules():
        for name, weight in module._parameters.items():
            if weight is not None:
                module._parameters[name] = torch.nn.Parameter(weight.detach().to(device))
    generator = torch.Generator().manual_seed(1)
    pictures = torch.randint(0, 256, (12, 3, 16, 16), dtype=torch.uint8, generator=generator)
    training = TrainingPictures(pictures.to(device), torch.eye(3).repeat(4, 1), augment)
    plan = Plan(steps=3, batch=4, micro=2)
    average = copy_weights(network)
    optimisers = make_optimisers(family, plan)
    losses = [r.loss for r in train_steps(family, training, plan, optimisers, average)]
    held = loop.measure_held_out(family, training, plan)
    network.eval()
    noise = family.noise([seeded("a"), seeded("b")])
    drawn = family.sample(torch.eye(3)[:2], noise, 3, 1.5)
    return losses, held, to_levels(drawn.pictures)


@pytest.mark.parametrize("kind", [Flow, Ddpm])
@pytest.mark.parametrize("augment", [Augment(), Augment(True, 10, 0.2, 0.5)])
def test_everything_runs_on_the_device_where_the_weights_lie(kind, augment):
    here = learn_and_draw(kind, torch.device("cpu"), augment)
    border = Border()
    with border, Traveller(border):
        there = learn_and_draw(kind, THERE, augment)
    assert border.storages
    assert there[0] == pytest.approx(here[0], rel=1e-5)
    assert there[1] == pytest.approx(here[1], rel=1e-5)
    assert abs(there[2].astype(int) - here[2].astype(int)).max() <= 1


def test_the_border_is_guarded():
    border = Border()
    with border, Traveller(border):
        far = torch.ones(3).to(THERE)
        assert far.device == THERE and torch.ones(3).device.type == "cpu"
        assert float((far + far).cpu().sum()) == 6
        assert (2 * far).device == torch.zeros(2, device=THERE).device == THERE
        with pytest.raises(AssertionError, match="mixes two devices"):
            far + torch.ones(3)
        with pytest.raises(AssertionError, match="numpy"):
            far.numpy()


def test_an_accelerator_that_fails_its_trial_is_left_alone(monkeypatch, capsys):
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("xpu"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 1)
    precision.choose_device.cache_clear()
    try:
        assert precision.choose_device().type == "cpu"
        assert "xpu:0 cannot be used" in capsys.readouterr().out
        monkeypatch.setenv("ACCELERATE_USE_CPU", "true")
        precision.choose_device.cache_clear()
        assert precision.choose_device().type == "cpu"
        assert capsys.readouterr().out == ""
    finally:
        precision.choose_device.cache_clear()


def test_small_gradients_survive_float16_magnified_and_large_ones_are_tamed(monkeypatch):
    """A network that overflows at first is not refused: each overflow halves the magnification."""
    real, seen = loop.accumulate, []

    def overflow(family, phase, batch, plan, chance, magnified, micro):
        seen.append(magnified)
        losses = real(family, phase, batch, plan, chance, magnified, micro)
        if magnified > loop.MAGNIFIED / 4:
            next(family.network.parameters()).grad.fill_(float("inf"))
        return losses

    def learn(kind, first):
        torch.manual_seed(0)
        network = Network(TINY, 1)
        pictures = torch.full((4, 3, 16, 16), 99, dtype=torch.uint8)
        training = TrainingPictures(pictures, torch.zeros(4, 1))
        plan = Plan(steps=4, batch=4, micro=4, arithmetic=kind, clip=1e9)
        family, norms = Flow(network), []
        optimisers = make_optimisers(family, plan)

        def note(optimiser, *rest):
            norms.append(float(torch.nn.utils.get_total_norm([w.grad for w in weights])))

        weights = list(network.parameters())
        optimisers["all"].register_step_pre_hook(note)
        list(train_steps(family, training, plan, optimisers, copy_weights(network), first))
        return norms

    plain = learn("float32", 2)
    monkeypatch.setattr(loop, "accumulate", overflow)
    # This processor does without float16 and computes in float32, but for the magnification.
    assert learn("float16", 0) == pytest.approx(plain, rel=1e-3)
    assert seen == [loop.MAGNIFIED / n for n in (1, 2, 4, 4)]
