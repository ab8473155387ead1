"""Random numbers that are the same in Python and in a browser.

A counter is hashed with the seed by an integer mixer of 32 bits (constants of Wellons, "Prospecting
for Hash Functions", 2018); Box and Muller's formula makes normal numbers of it. templates/assets/
conjure.js holds the same in JavaScript.
"""

import numpy as np

STEP = 0x9E3779B9


def mix(numbers: np.ndarray) -> np.ndarray:
    """uint32 → uint32, one to one, every bit of which depends on every bit."""
    mixed = numbers.astype(np.uint32)
    with np.errstate(over="ignore"):
        mixed = (mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x7FEB352D)
        mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(0x846CA68B)
    return mixed ^ (mixed >> np.uint32(16))


def draw_bits(seed: int, first: int, count: int) -> np.ndarray:
    """uint32 (count,): numbers ``first``, ``first`` + 1 … of the sequence of ``seed`` < 2**32."""
    places = np.arange(first, first + count, dtype=np.uint64)
    counter = mix((places * np.uint64(STEP) + np.uint64(1)) & np.uint64(0xFFFFFFFF))
    key = mix(np.array([seed ^ STEP], np.uint64))
    return mix(counter ^ key)


def draw_normal(seed: int, block: int, count: int) -> np.ndarray:
    """float32 (count,): block number ``block`` of ``count`` standard normal numbers of ``seed``."""
    bits = draw_bits(seed, 2 * block * count, 2 * count).astype(np.float64)
    first, second = (bits.reshape(-1, 2).T + 0.5) / 2**32
    return (np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)).astype(np.float32)


def choose(seed: int, count: int) -> int:
    """One of ``count`` places, by another sequence than that of the noise."""
    return int(draw_bits(seed ^ 0x5BD1E995, 0, 1)[0]) % count
