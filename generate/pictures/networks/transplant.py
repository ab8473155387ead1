"""Copy weights from one network to another of other size, folding and words."""

import torch
from torch import Tensor

from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.networks.patches import PatchNetwork
from generate.pictures.networks.unet import ALTERATIONS, Network


def transplant(
    donor: Network | PatchNetwork,
    known: Vocabulary,
    network: Network | PatchNetwork,
    vocabulary: Vocabulary,
) -> list[str]:
    """Copy what fits of ``donor``, which knows ``known`` words, into ``network``.

    Returns the names of the layers that did not fit. Layers of the same shape are copied. The first
    and last are refolded where the foldings differ. Words keep their columns by name, and new words
    begin at zero, so that at first the network draws what the donor draws.
    """
    fresh = network.body.state_dict()
    misfits: list[str] = []
    old, new = donor.shape.factor, network.shape.factor
    for name, weight in donor.body.state_dict().items():
        if name not in fresh:
            misfits.append(name)
            continue
        if name == "conv_in.weight" and old != new:
            weight = refold(weight.transpose(0, 1), old, new, total=True).transpose(0, 1)
        elif name.startswith("conv_out.") and old != new:
            weight = refold(weight, old, new, total=False)
        if weight.shape == fresh[name].shape:
            fresh[name] = weight.clone()
        else:
            misfits.append(name)
    network.body.load_state_dict(fresh)
    columns = donor.words.weight
    with torch.no_grad():
        ours = network.words.weight
        if columns.shape[0] != ours.shape[0]:
            return [*misfits, "words"]
        ours.zero_()
        ours[:, -ALTERATIONS:] = columns[:, -ALTERATIONS:]
        places = {token: place for place, token in enumerate(known.tokens)}
        for place, token in enumerate(vocabulary.tokens):
            source = places.get(token, places.get(known.synonyms.get(token, "")))
            if source is not None:
                ours[:, place] = columns[:, source]
    return misfits


def refold(weight: Tensor, old: int, new: int, total: bool) -> Tensor:
    """Weights (3·old², …) of folded pixels as weights (3·new², …) of another folding.

    As if the picture were enlarged by repeating pixels, or reduced by averaging them. Weights of
    inputs keep their sum (``total``), those of outputs their value.
    """
    rest = weight.shape[1:]
    square = weight.reshape(3, old, old, -1).permute(0, 3, 1, 2)
    places = ((torch.arange(new) + 0.5) * old / new).long().clamp(max=old - 1)
    if new >= old:
        shared = square[:, :, places][:, :, :, places]
        if total:
            counts = torch.bincount(places, minlength=old).float()
            shared = shared / counts[places][:, None] / counts[places][None, :]
    else:
        shared = torch.nn.functional.adaptive_avg_pool2d(square, new)
        if total:
            shared = shared * (old / new) ** 2
    return shared.permute(0, 2, 3, 1).reshape(3 * new * new, *rest)
