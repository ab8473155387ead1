"""The acts of a run: when a phase takes turns, and at which rate."""

# The rate rises over this share of a phase's own act, and falls over that one.
WARM, TAIL = 0.03, 0.4


def follow_course(share: float, begin: float, end: float) -> float:
    """The rate, as a share of the highest, of a phase that takes turns from ``begin`` to ``end``.

    ``share`` of the run is done. Each phase has a whole course of its own: the one that comes later
    would otherwise begin at the low rate at which the one before ends. 0 outside of its act.
    """
    if not begin <= share < end:
        return 0.0
    done = (share - begin) / (end - begin)
    return min(1.0, max(done / WARM, 0.02), (1 - done) / TAIL)
