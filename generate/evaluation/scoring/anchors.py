"""Two reference sets for every score: pictures from a Gaussian, and from a perfect memory.

Both are fitted to a training set uint8 (N, 3, S, S) in closed form and give uint8 (count, 3, S, S).
"""

import numpy as np
import torch
from torch import Tensor, nn

from generate.pictures.compute.levels import from_levels, to_levels
from generate.pictures.families.flow import Flow
from generate.pictures.networks.shape import Shape
from generate.recipe import derive_seed


def draw_gaussian(training: np.ndarray, count: int) -> np.ndarray:
    """Pictures from the Gaussian with the training set's mean and covariance of all pixels.

    A random mixture of the pictures about their mean has that covariance. It has colours and layout
    but no animal: a model should score better than that.
    """
    pixels = training.reshape(len(training), -1).astype(np.float32)
    mean = pixels.mean(0)
    generator = np.random.default_rng(derive_seed("gaussian"))
    shares = generator.standard_normal((count, len(training))).astype(np.float32)
    drawn = mean + shares @ (pixels - mean) / np.float32(np.sqrt(max(len(training) - 1, 1)))
    return drawn.round().clip(0, 255).astype(np.uint8).reshape(count, *training.shape[1:])


class Memory(nn.Module):
    """A network for the flow family: the velocity of the ideal denoiser of a training set.

    The denoised picture is the mean of the training pictures, weighted by how likely each one is
    behind the noisy one (Karras et al., arXiv 2206.00364, appendix B.3); v = (x_t - mean) / t.
    """

    def __init__(self, training: np.ndarray) -> None:
        super().__init__()
        self.shape = Shape(size=training.shape[-1], factor=1)
        self.known = from_levels(torch.from_numpy(training.reshape(len(training), -1)))
        self.lengths = self.known.square().sum(1)

    def forward(self, noisy: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """Velocity (B, 3, S, S) at ``noisy``; ``times`` (B,) in [0, 1000]."""
        flat = noisy.flatten(1)
        moment = (times / 1000).clamp(min=1e-4)[:, None]
        kept = 1 - moment
        # The length of the noisy picture is the same for all weights, so it is left out.
        squares = kept.square() * self.lengths - 2 * kept * (flat @ self.known.T)
        weights = torch.softmax(-squares / (2 * moment.square()), 1)
        return ((flat - weights @ self.known) / moment).view_as(noisy)


def draw_memory(training: np.ndarray, count: int, steps: int = 16) -> np.ndarray:
    """Pictures that the flow family samples from `Memory`: all are copies."""
    memory = Memory(training)
    generators = [
        torch.Generator().manual_seed(derive_seed("memory", place)) for place in range(count)
    ]
    flow = Flow(memory)  # type: ignore[arg-type]
    return to_levels(flow.sample(torch.zeros(count, 1), flow.noise(generators), steps).pictures)
