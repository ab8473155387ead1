#!/usr/bin/env bash
# torch 2.13.0, torch.optim.AdamW(fused=True) on a processor, weights in channels-last layout:
# moments that were loaded in contiguous layout, as safetensors keeps them, are read as if they lay
# like the weights. load_state_dict takes them without a word and the next steps move the weights
# by wrong amounts. AdamW(fused=False) takes the same moments rightly.
# Expected of both: a run whose moments were saved, made contiguous and loaded goes on as if nothing
# had happened. Seen: difference 0.0 without fused, 0.161 with it (weights of size about 1).
set -euo pipefail
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
python3 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cat > "$home/run.py" <<'PY'
import torch


def train(fused, layout):
    """Three steps; after the second the moments are put into ``layout`` and loaded again."""
    torch.manual_seed(0)
    start = torch.randn(4, 3, 3, 3).to(memory_format=torch.channels_last)
    weight = torch.nn.Parameter(start)
    optimiser = torch.optim.AdamW([weight], lr=0.1, weight_decay=0.0, fused=fused)
    generator = torch.Generator().manual_seed(1)
    for step in range(3):
        slope = torch.randn(4, 3, 3, 3, generator=generator)
        weight.grad = slope.to(memory_format=torch.channels_last)
        optimiser.step()
        if step == 1:
            state = optimiser.state_dict()
            for moments in state["state"].values():
                for name in ("exp_avg", "exp_avg_sq"):
                    moments[name] = moments[name].clone(memory_format=layout)
            optimiser.load_state_dict(state)
    return weight.detach()


for fused in (False, True):
    kept = train(fused, torch.preserve_format)
    loaded = train(fused, torch.contiguous_format)
    far = float((kept - loaded).abs().max())
    print(f"fused={fused}: {'same' if far == 0 else 'other' if far > 0.01 else 'near'}")
PY
seen=$("$home/venv/bin/python" "$home/run.py" 2>/dev/null)
echo "$seen"
[ "$seen" == "fused=False: same
fused=True: other" ] || { echo "this has changed" >&2; exit 1; }
