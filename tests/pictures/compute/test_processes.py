"""Two processes, as `accelerate launch` starts them, do together what one does alone."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from generate.files import read_json
from generate.pictures.families.denoiser import UNET
from generate.pictures.training.stage import train_model
from tests.pictures.tiny import sample_pictures

ROOT = Path(__file__).parents[3]
CARDS = range(1, 12)
CHILD = """
import sys, warnings
from pathlib import Path
import torch
from generate.__main__ import main
from generate.pictures.compute import processes
from generate.pictures.sampling import candidates
from tests.pictures.tiny import use_tiny_networks

warnings.simplefilter("ignore")
torch.set_num_threads(1)
home = Path(sys.argv[1])
use_tiny_networks()
draw = candidates.Sampler.draw_round

def tell(self, members, place):
    with (home / f"drawn-{processes.rank()}").open("a") as file:
        file.write(f"{members[0]} {place}\\n")
    return draw(self, members, place)

candidates.Sampler.draw_round = tell
sys.exit(main(["--home", str(home), "sample", "--count", "11"]))
"""


@pytest.mark.slow
def test_two_processes_train_and_sample_what_one_does(jungle, tmp_path, fix_plan):
    settings = jungle("candidates = 2")
    fix_plan(settings)
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    command = [
        *(sys.executable, "-W", "ignore", "-m", "accelerate.commands.accelerate_cli", "launch"),
        *("--multi_gpu", "--num_processes", "2", "--num_machines", "1", "--main_process_port", "0"),
        *("--mixed_precision", "no", "--dynamo_backend", "no", script, tmp_path),
    ]
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "ACCELERATE_USE_CPU": "true",
        "PYTHONPATH": str(ROOT),
        "HF_HOME": str(tmp_path / "hf"),
    }
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.count("pictures  11 made") == 1
    both = load_file(settings.work / "model" / UNET)
    curve = np.array(read_json(settings.work / "report/loss.json")["losses"])
    drawn = [(tmp_path / f"drawn-{rank}").read_text().split("\n")[:-1] for rank in (0, 1)]
    assert sorted(drawn[0] + drawn[1]) == ["1 0", "1 1", "9 0", "9 1"]
    assert drawn[0] and drawn[1]
    together = read_pictures(settings)

    for path in (settings.work / "model").rglob("*.safetensors"):
        path.unlink()
    alone = load_file(train_model(settings) / UNET)
    losses = np.array(read_json(settings.work / "report/loss.json")["losses"])
    assert len(losses) == 12 and np.allclose(curve, losses, rtol=1e-4)
    assert all(torch.allclose(both[name], alone[name], atol=1e-4) for name in alone)
    sample_pictures(settings, list(CARDS))
    far = np.abs(read_pictures(settings).astype(float) - together)
    assert far.mean() < 2, "the same pictures, but for the last digits of their weights"


def read_pictures(settings):
    folder = settings.work / "pictures"
    names = sorted(path.name for path in folder.glob("beast-*.png") if "." not in path.stem)
    names = [name for name in names if "nearest" not in name]
    assert len(names) == len(CARDS)
    return np.stack([np.asarray(Image.open(folder / name)) for name in names])
