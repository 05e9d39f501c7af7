"""The correction for many tests on the same rows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

Key = TypeVar("Key", bound=Hashable)


def holm(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """The p-values as they stand against one level when this many are tested together (Holm 1979).

    statsmodels' `multipletests` gives the same, but collects garbage at each call: with a portfolio in memory that
    takes longer than the tests themselves, and a report makes hundreds.
    """
    names = sorted(p_values, key=p_values.__getitem__)
    steps = np.arange(len(names), 0, -1) * np.array([p_values[name] for name in names])
    grown = np.minimum(np.maximum.accumulate(steps), 1.0).tolist() if names else []
    found = dict(zip(names, grown, strict=True))
    return {name: found[name] for name in p_values}
