"""Beam search: the likeliest caption of each picture, told only of what may be said."""

import torch
from torch import Tensor

from generate.pictures.captioning.learned.network import Captioner
from generate.pictures.captioning.learned.wording import BEGIN, END, PAD, UNKNOWN

BEAMS = 3
# The exponent of a caption's length by which its score is divided (Wu et al., arXiv 1609.08144).
LENGTH = 0.8
NEVER = float("-inf")


@torch.inference_mode()
def search_captions(
    network: Captioner,
    memory: Tensor,
    beams: int = BEAMS,
    barred: Tensor | None = None,
    most: int | None = None,
) -> list[list[int]]:
    """The numbers of a caption for each picture of ``memory`` (B, M, D), without begin and end.

    ``barred`` (B, V), bool, are words that the caption of a picture must not have. Each picture is
    searched by itself, so a batch changes nothing. At most ``most`` numbers, the network's own
    length if None.
    """
    if beams < 1:
        raise ValueError("at least one beam")
    count, device = len(memory), memory.device
    length = min(most or network.shape.most, network.shape.most) - 1
    memory = memory.repeat_interleave(beams, 0)
    said = torch.full((count * beams, 1), BEGIN, device=device)
    # All beams begin alike: only the first may be gone on with.
    scores = torch.full((count, beams), NEVER, device=device)
    scores[:, 0] = 0
    over = torch.zeros(count, beams, dtype=torch.bool, device=device)
    best: list[tuple[float, list[int]]] = [(NEVER, [])] * count
    silent = torch.zeros(network.shape.words, dtype=torch.bool, device=device)
    silent[[PAD, BEGIN, UNKNOWN]] = True
    closed = silent if barred is None else silent | barred.repeat_interleave(beams, 0)
    for step in range(length):
        logits = network(said, memory)[:, -1].log_softmax(1).masked_fill(closed, NEVER)
        if step == length - 1:  # the last number must be the end
            logits[:, [number for number in range(logits.shape[1]) if number != END]] = NEVER
        total = scores[:, :, None] + logits.view(count, beams, -1)
        total = total.masked_fill(over[:, :, None], NEVER)
        scores, places = total.flatten(1).topk(beams, 1)
        words = places % logits.shape[1]
        parents = places // logits.shape[1] + torch.arange(count, device=device)[:, None] * beams
        said = torch.cat([said[parents.flatten()], words.view(-1, 1)], 1)
        over = (words == END) | scores.isneginf()
        for row, beam in (words == END).nonzero().tolist():
            value = float(scores[row, beam]) / (step + 1) ** LENGTH
            if value > best[row][0]:
                best[row] = (value, said[row * beams + beam, 1:-1].tolist())
        # A beam that goes on can only lose: even ended at once at full length it is worse.
        hope = scores.masked_fill(over, NEVER).amax(1) / length**LENGTH
        done = [float(left) <= value for left, (value, _) in zip(hope, best, strict=True)]
        if all(done):
            break
    return [numbers for _, numbers in best]
