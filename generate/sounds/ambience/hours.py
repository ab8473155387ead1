"""What is heard at each hour of the jungle, in levels and pitches; reads nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hour:
    """What is heard at an hour.

    wind, rustle: levels in dB. bright: brightness of the wind in Hz. crickets, cicadas: carriers in
    Hz, one for each animal. drops, birds: counts in twelve seconds. far: family and mass in kg of
    each beast that calls from far away.
    """

    wind: float
    bright: float
    rustle: float
    crickets: tuple[float, ...] = ()
    cicadas: tuple[float, ...] = ()
    drops: int = 0
    birds: int = 0
    far: tuple[tuple[str, float], ...] = ()


HOURS: dict[str, Hour] = {
    "dawn": Hour(
        -41, 420, -56, crickets=(4300.0,), drops=14, birds=9, far=(("howler", 9.0), ("singer", 0.2))
    ),
    "day": Hour(
        -40, 700, -51, cicadas=(5200.0, 6900.0), drops=3, birds=5, far=(("chatterer", 8.0),)
    ),
    "dusk": Hour(
        -42,
        380,
        -55,
        crickets=(3900.0, 4800.0),
        cicadas=(5800.0,),
        drops=5,
        birds=3,
        far=(("hummer", 60.0), ("howler", 20.0)),
    ),
    "night": Hour(
        -42,
        260,
        -58,
        crickets=(3600.0, 4200.0, 5100.0),
        drops=9,
        far=(("croaker", 0.8), ("croaker", 1.5), ("roarer", 150.0)),
    ),
}
