"""Functions of one number that networks are made of, and their slopes; at a kink the slope is that of the lower side.

A function takes an array and its parameters, which stand in the order of the ONNX operator's attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf, expit

Values = NDArray[np.float64]


@dataclass(frozen=True)
class ActivationFunction:
    """`value` and `slope` at x."""

    value: Callable[..., Any]
    slope: Callable[..., Any]


def _gelu(x: Values, tanh: float) -> Values:
    inner = _inner(x)
    half: Values = x / 2 * (1 + (np.tanh(inner) if tanh else erf(x / np.sqrt(2))))
    return half


def _gelu_slope(x: Values, tanh: float) -> Values:
    if not tanh:
        exact: Values = (1 + erf(x / np.sqrt(2))) / 2 + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
        return exact
    level = np.tanh(_inner(x))
    rise = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    slope: Values = (1 + level) / 2 + x / 2 * (1 - level**2) * rise
    return slope


def _inner(x: Values) -> Values:
    inner: Values = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    return inner


def _elu(x: Values, alpha: float, gamma: float = 1.0) -> Values:
    value: Values = gamma * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return value


def _elu_slope(x: Values, alpha: float, gamma: float = 1.0) -> Values:
    slope: Values = gamma * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))
    return slope


ACTIVATIONS: Mapping[str, ActivationFunction] = MappingProxyType(
    {
        "Relu": ActivationFunction(lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0),
        "LeakyRelu": ActivationFunction(lambda x, a: np.where(x > 0, x, a * x), lambda x, a: np.where(x > 0, 1, a)),
        "Elu": ActivationFunction(_elu, _elu_slope),
        "Selu": ActivationFunction(_elu, _elu_slope),
        "Gelu": ActivationFunction(_gelu, _gelu_slope),
        "Sigmoid": ActivationFunction(expit, lambda x: expit(x) * expit(-x)),
        "Tanh": ActivationFunction(np.tanh, lambda x: 1 - np.tanh(x) ** 2),
        "Erf": ActivationFunction(erf, lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))),
        "Softplus": ActivationFunction(lambda x: np.logaddexp(0, x), expit),
        "Clip": ActivationFunction(lambda x, a, b: np.minimum(np.maximum(x, a), b), lambda x, a, b: (a < x) & (x < b)),
    }
)
