"""How a share is reached: at once, or in steps between which the network recovers and is judged anew."""

from __future__ import annotations

from typing import Literal

Schedule = Literal["one_shot", "iterative", "cubic"]


def levels(schedule: Schedule, keep: float, *, step: float, steps: int) -> tuple[float, ...]:
    """The shares that stand after each step, falling, `keep` the last.

    iterative: each step takes the share `step` of what still stands. cubic: the gradual schedule of Zhu and Gupta
    2017 (arXiv 1710.01878), keep + (1 - keep) (1 - t / steps)^3, fast at first and slow at the end.
    """
    if schedule == "one_shot" or keep == 1:
        return (keep,)
    if schedule == "cubic":
        return (*(keep + (1 - keep) * (1 - t / steps) ** 3 for t in range(1, steps)), keep)
    shares, standing = [], 1 - step
    while standing > keep * (1 + 1e-9):
        shares.append(standing)
        standing *= 1 - step
    return (*shares, keep)


def epochs_of(epochs: int, steps: int) -> list[int]:
    """The epochs of each step: as equal as can be, the later steps having more."""
    return [epochs * (i + 1) // steps - epochs * i // steps for i in range(steps)]
