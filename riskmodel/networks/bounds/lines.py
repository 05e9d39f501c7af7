"""A line with an error around it that encloses a function of one number on an interval, exactly as wide as it must be.

The slope is the chord's. What the function is off the line has its extremes at the ends, at kinks, and where the slope
is the function's own; all of them are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy.special import logit

from riskmodel.core import Matrix
from riskmodel.networks.graph.activations import ACTIVATIONS

NARROW = 1e-9  # an interval without a chord
SLACK = 1e-12  # of the enclosure, for rounding in double precision

Extremes = Callable[..., list[Matrix]]
Line = tuple[Matrix, Matrix, Matrix]


def _sigmoid(slope: Matrix) -> list[Matrix]:
    """Where s (1 - s) is the slope."""
    at: Matrix = logit((1 + np.sqrt(np.maximum(1 - 4 * slope, 0))) / 2)
    return [at, -at]


def _tanh(slope: Matrix) -> list[Matrix]:
    at: Matrix = np.arctanh(np.sqrt(np.maximum(1 - slope, 0)))
    return [at, -at]


def _softplus(slope: Matrix) -> list[Matrix]:
    at: Matrix = logit(slope)
    return [at]


def _erf(slope: Matrix) -> list[Matrix]:
    at: Matrix = np.sqrt(np.maximum(-np.log(slope * np.sqrt(np.pi) / 2), 0))
    return [at, -at]


def _elu(slope: Matrix, alpha: float, gamma: float = 1.0) -> list[Matrix]:
    return [np.zeros_like(slope), np.log(slope / (alpha * gamma))]


def _kink(slope: Matrix, *_: float) -> list[Matrix]:
    return [np.zeros_like(slope)]


BOUNDED: Mapping[str, Extremes] = MappingProxyType(
    {
        "Relu": _kink,
        "LeakyRelu": _kink,
        "Clip": lambda slope, a, b: [np.full_like(slope, a), np.full_like(slope, b)],
        "Softplus": _softplus,
        "Sigmoid": _sigmoid,
        "Tanh": _tanh,
        "Erf": _erf,
        "Elu": _elu,
        "Selu": _elu,
    }
)


def enclosing(kind: str, low: Matrix, high: Matrix, parameters: tuple[float, ...] = ()) -> Line:
    """Slope, offset and error (n x units each): the function lies within slope x + offset ± error on [low, high]."""
    function = ACTIVATIONS[kind]
    width = high - low
    with np.errstate(all="ignore"):  # where a slope is nowhere the function's own, the point is no number
        chord = (function.value(high, *parameters) - function.value(low, *parameters)) / width
        slope = np.where(width > NARROW, chord, function.slope((low + high) / 2, *parameters) * 1.0)
        points = [np.clip(np.nan_to_num(at), low, high) for at in BOUNDED[kind](slope, *parameters)]
    off = np.array([function.value(at, *parameters) - slope * at for at in (low, high, *points)])
    least, most = off.min(axis=0), off.max(axis=0)
    return slope, (least + most) / 2, (most - least) / 2 + SLACK
