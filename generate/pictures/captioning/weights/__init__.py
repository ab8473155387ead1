"""Where captioners lie: the shipped one's weights, and that of a jungle's own."""

from pathlib import Path

SHIPPED = Path(__file__).with_name("captioner.safetensors")
# Below a jungle's work/.
OWN = Path("captioner/captioner.safetensors")
