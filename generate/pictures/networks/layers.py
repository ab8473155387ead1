"""Layers that a processor runs faster: the same sums with fewer copies.

Pictures stay channels-last, and in one arithmetic, from the first convolution to the last. Weights,
their names and their meaning are those of UNet2DModel, which runs them without these layers too.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

# For more places than this the fused form, which never stores attention's matrix, is faster.
PLACES = 256


class FullConv(nn.Conv2d):
    """A convolution that stays in float32 where its neighbours run in bfloat16.

    The first and the last one see pictures, whose small differences bfloat16 would round away. The
    first rounds its output (``rounds``), as its neighbours would anyway: a skip connection in
    float32 would make the norm and the activation at its end twice as slow.
    """

    rounds = False

    def forward(self, input: Tensor) -> Tensor:
        device = input.device.type
        kind = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else None
        with torch.autocast(device, enabled=False):
            answer = super().forward(input.float())
        return answer.to(kind) if self.rounds and kind is not None else answer


class Norm(nn.GroupNorm):
    """A group norm with a fast backward pass for channels-last pictures."""

    def forward(self, input: Tensor) -> Tensor:
        if not torch.is_grad_enabled() or input.ndim != 4 or input.device.type != "cpu":
            return super().forward(input)
        found: Tensor = Normalise.apply(input, self.weight, self.bias, self.num_groups, self.eps)
        return found


class Normalise(torch.autograd.Function):
    """Group normalisation (Wu and He, arXiv 1803.08494) of (B, C, H, W).

    Backward, with sums over a picture's group of m values, mean µ and 1 / deviation r:
    dx = r γ dy + p x + q, where p = (µ Σ γ dy - Σ γ x dy) r³ / m and q = -p µ - r Σ γ dy / m.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, shift: Tensor, groups: int, eps: float) -> Any:
        count, channels, height, width = x.shape
        norm = torch.ops.aten.native_group_norm
        y, mean, rate = norm(x, scale, shift, count, channels, height * width, groups, eps)
        ctx.save_for_backward(x, scale, mean, rate)
        return y

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        x, scale, mean, rate = ctx.saved_tensors
        count, channels, height, width = x.shape
        groups = mean.shape[1]
        each = channels // groups
        size = each * height * width
        flat, slope = (t.permute(0, 2, 3, 1).flatten(1, 2) for t in (x, slopes[0]))
        mean, rate = mean.float(), rate.float()
        # sum() adds up in float32 anyway. Asking it for a result in float32 would copy its input.
        summed, weighed = slope.sum(1).float(), (slope * flat).sum(1).float()
        means, rates = (t.repeat_interleave(each, 1) for t in (mean, rate))
        of_scale = ((weighed - summed * means) * rates).sum(0)
        both = (torch.stack([summed, weighed]) * scale).view(2, count, groups, each).sum(3)
        p = (both[0] * mean - both[1]) * rate**3 / size
        q = -p * mean - both[0] * rate / size
        p, q = (t.repeat_interleave(each, 1)[:, None].to(x.dtype) for t in (p, q))
        back = torch.addcmul(torch.addcmul(q, flat, p), slope, (rates * scale)[:, None].to(x.dtype))
        back = back.view(count, height, width, channels).permute(0, 3, 1, 2)
        return back, of_scale.to(scale.dtype), summed.sum(0).to(scale.dtype), None, None


class Attend:
    """Attention as plain products: faster than the fused form on a processor, at few places.

    ``layer`` is diffusers' Attention, ``state`` (B, C, H, W).
    """

    def __call__(self, layer: Any, state: Tensor, temb: Any = None, **rest: Any) -> Tensor:
        count, channels, height, width = state.shape
        if state.device.type != "cpu" or height * width > PLACES:
            fused: Tensor = layer.fused(layer, state, temb=temb, **rest)
            return fused
        normed = state if layer.group_norm is None else layer.group_norm(state)
        places = normed.permute(0, 2, 3, 1).flatten(1, 2)
        asked, keys, values = (
            linear(places).unflatten(2, (layer.heads, -1)).transpose(1, 2)
            for linear in (layer.to_q, layer.to_k, layer.to_v)
        )
        # In bfloat16 large logits would round to the same number. The fused form uses float32 too.
        with torch.autocast(state.device.type, enabled=False):
            scale = asked.shape[-1] ** -0.5
            match = torch.matmul(asked.float() * scale, keys.float().transpose(2, 3))
            share = functional.softmax(match, -1).to(values.dtype)
        mixed = torch.matmul(share, values).transpose(1, 2).flatten(2)
        answer = layer.to_out[0](mixed).view(count, height, width, channels)
        return answer.permute(0, 3, 1, 2) + state


def use_fast_layers(unet: nn.Module) -> None:
    """Replace layers of ``unet`` by these; its weights and their names stay."""
    from diffusers.models.attention_processor import Attention

    for module in unet.modules():
        if type(module) is nn.GroupNorm:
            module.__class__ = Norm
        elif isinstance(module, Attention):
            layer: Any = module
            layer.fused, layer.processor = layer.processor, Attend()


def keep_layout(unet: nn.Module) -> None:
    """Keep diffusers' blocks from copying their input to another layout, as they do in training.

    They use their own training mode for nothing else; layers in them, such as dropout, keep theirs.
    """
    from diffusers.models.resnet import ResnetBlock2D

    for module in unet.modules():
        if isinstance(module, ResnetBlock2D):
            module.training = False
