"""The correction for many tests on the same rows, and the verdicts that are left after it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from riskmodel.core import Difference, Verdict

ALPHA = 0.05
Key = TypeVar("Key", bound=Hashable)


def holm(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """The p-values as they stand against one level when this many are tested together.

    Parameters
    ----------
    p_values
        By name of the test, each in [0, 1].

    Returns
    -------
    dict
        By the same names in the same order, none smaller than given and none above 1: the step-down method of Holm
        1979 (Scandinavian Journal of Statistics 6, 65-70).

    Examples
    --------
    >>> holm({"b": 0.02, "a": 0.01, "c": 0.03})
    {'b': 0.04, 'a': 0.03, 'c': 0.04}
    """
    names = sorted(p_values, key=p_values.__getitem__)
    steps = np.arange(len(names), 0, -1) * np.array([p_values[name] for name in names])
    rising = np.minimum(np.maximum.accumulate(steps), 1.0).tolist() if names else []
    adjusted = dict(zip(names, rising, strict=True))
    return {name: adjusted[name] for name in p_values}


def corrected_verdicts(differences: Mapping[str, Sequence[Difference]]) -> dict[str, Verdict]:
    """The verdict on each challenger where several are tested on one sample, no worse only after Holm.

    Parameters
    ----------
    differences
        By challenger, the figures in all of which it must be no worse (Berger 1982: the largest p-value counts).
    """
    adjusted = holm({name: max(d.p_value for d in own) for name, own in differences.items()})
    return {name: _verdict(own, adjusted[name]) for name, own in differences.items()}


def _verdict(differences: Sequence[Difference], p_value: float) -> Verdict:
    if p_value < ALPHA:
        return Verdict.NON_INFERIOR
    worse = any(difference.verdict is Verdict.INFERIOR for difference in differences)
    return Verdict.INFERIOR if worse else Verdict.INCONCLUSIVE
