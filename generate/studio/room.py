"""What all requests share: how settings are read, who draws and trains, and which tabs are told."""

from collections.abc import Callable
from dataclasses import dataclass

from generate.settings import Settings
from generate.studio.painter import Painter
from generate.studio.tabs import Tabs
from generate.studio.training import Training


@dataclass(frozen=True)
class Room:
    """``read`` reads the settings as they are now."""

    read: Callable[[], Settings]
    painter: Painter
    training: Training
    tabs: Tabs
