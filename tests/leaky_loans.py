"""Small tables with a known outcome: clean features of many kinds, and leaks to plant among them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator

Leak = Callable[[Generator, np.ndarray], Any]


def clean(rows: int, seed: int, intercept: float = -2.2) -> dict[str, Any]:
    """Loans as they come: strong and weak features, money, counts with a code, missing values, few levels and many."""
    draw = np.random.default_rng([seed, rows])
    strain = draw.normal(size=rows)
    default = (draw.random(rows) < 1 / (1 + np.exp(-(intercept + 1.5 * strain)))).astype(np.int8)
    income = np.round(np.exp(10 - 0.3 * strain + 0.5 * draw.normal(size=rows)))
    late = np.maximum(0, np.round(draw.normal(size=rows) + strain))
    return {
        "default": default,
        "opened": np.datetime64("2020-01-01") + draw.integers(0, 700, rows),
        "bureau": np.round(700 - 60 * strain - 10 * draw.normal(size=rows)),
        "income": np.where(draw.random(rows) < 0.1, np.nan, income),
        "balance": draw.integers(0, 10**9, rows),
        "late": np.where(draw.random(rows) < 0.03, 98.0, late),
        "bankrupt": draw.random(rows) < 0.02 * (1 + default),
        "purpose": draw.choice(["car", "debt", "home"], rows),
        "town": np.char.add("t", draw.integers(0, max(2, rows // 4), rows).astype(str)),
        "noise": draw.normal(size=rows),
    }


def _only_bads(share: float) -> Leak:
    def leak(draw: Generator, default: np.ndarray) -> np.ndarray:
        return (draw.random(len(default)) < share) & (default == 1)

    return leak


def _flipped(share: float) -> Leak:
    return lambda draw, default: default ^ (draw.random(len(default)) < share)


def _odd(draw: Generator, default: np.ndarray) -> np.ndarray:
    """One of 40 numbers, odd for nearly all bads: no order of the values shows it."""
    return 2 * draw.integers(0, 20, len(default)) + _flipped(0.03)(draw, default)


def _money(where: np.ndarray, draw: Generator, elsewhere: float) -> np.ndarray:
    return np.where(where, np.round(draw.lognormal(6, 1, len(where)), 2), elsewhere)


LEAKS: dict[str, Leak] = {
    "copy": _flipped(0.0),
    "turned": _flipped(1.0),
    "flipped": _flipped(0.05),
    "blurred": lambda draw, default: default + 0.3 * draw.normal(size=len(default)),
    "text": lambda draw, default: np.where(_flipped(0.03)(draw, default) == 1, "Charged Off", "Fully Paid"),
    "odd": _odd,
    "odd_text": lambda draw, default: np.char.add("L", _odd(draw, default).astype(str)),
    "collected": lambda draw, default: _money(_only_bads(0.6)(draw, default), draw, 0.0),
    "recovered": lambda draw, default: _money(_only_bads(0.35)(draw, default), draw, np.nan),
    "coded": lambda draw, default: np.where(_only_bads(0.5)(draw, default), 7, 2 * draw.integers(0, 9, len(default))),
    "repaid": lambda draw, default: _money((default == 0) & (draw.random(len(default)) < 0.97), draw, np.nan),
}


def with_leaks(columns: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same loans with every leak beside them."""
    draw = np.random.default_rng(seed)
    return columns | {name: leak(draw, columns["default"]) for name, leak in LEAKS.items()}
