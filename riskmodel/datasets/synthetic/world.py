"""What holds in a simulated portfolio: each setting is a known amount, and 0 (for `missing` 1) leaves it out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.errors import DataError

BLOCK = 16_384  # rows that are drawn together
FIRST_MONTH, MONTHS = np.datetime64("2019-01"), 60
CORE, ALL = 12, 40

SETTINGS = {  # what each means, its lowest and its highest value
    "features": ("how many of the 40 there are, in the order of the dictionary", CORE, ALL),
    "gap": ("log-odds by which group B lies above group A with the same features", -5.0, 5.0),
    "drift": ("log-odds by which the last vintage lies above the first with the same features", -5.0, 5.0),
    "shift": ("standard deviations by which the last vintage's borrowers are under more strain", -3.0, 3.0),
    "noise": ("probability that an outcome is recorded as the other one", 0.0, 0.4),
    "missing": ("how many times as often as usual a value is not stated", 0.0, 5.0),
    "returning": ("share of the loans whose borrower has another one", 0.0, 0.9),
    "duplicates": ("share of the rows that repeat another one in full, its id as well", 0.0, 0.9),
    "leak": ("whether two columns tell what happened after the outcome", False, True),
    "intercept": ("log-odds added to every loan", -20.0, 20.0),
}


@dataclass(frozen=True)
class World:
    """Settings of a portfolio; the truth changes with features, gap, drift and intercept, and with nothing else.

    Raises: DataError for a setting out of its range.
    """

    features: int = CORE
    gap: float = 0.0
    drift: float = 0.0
    shift: float = 0.0
    noise: float = 0.0
    missing: float = 1.0
    returning: float = 0.0
    duplicates: float = 0.0
    leak: bool = False
    intercept: float = 0.0

    def __post_init__(self) -> None:
        for name, (_, low, high) in SETTINGS.items():
            value = getattr(self, name)
            if not low <= value <= high:  # as well where it is not a number
                raise DataError(f"{name} must be in [{low:g}, {high:g}], however: {value:g}")


PLAIN = World()
