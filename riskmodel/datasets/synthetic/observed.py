"""What is recorded of a loan: its outcome, sometimes the wrong one, and columns that are only known after it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from riskmodel.core import Outcome, Vector


def noisy(rng: Generator, default: Outcome, noise: float) -> Outcome:
    """The outcome as it is recorded: the other one with probability `noise`."""
    return default ^ (rng.random(len(default)) < noise).astype(np.int8)


def leaks(rng: Generator, default: Outcome, amount: Vector) -> dict[str, NDArray[Any]]:
    """Nearly every bad has something collected and is written off, and hardly any good."""
    rows = len(default)
    chased = rng.random(rows) < np.where(default == 1, 0.96, 0.01)
    collected = np.round(amount * rng.beta(2, 3, rows), 2)
    return {
        "collections_amount": np.where(chased, collected, 0.0),
        "written_off": noisy(rng, default, 0.005),
    }
