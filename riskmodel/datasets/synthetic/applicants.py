"""Draws the twelve core features: the person, and the file at the bureau.

`strain` is never shown; it is what makes the columns of one borrower go together. The order of the draws is part of
the portfolio: another order is another portfolio.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.core import Vector
from riskmodel.datasets.synthetic.dictionary import EMPLOYMENT, PURPOSE

Columns: TypeAlias = Mapping[str, NDArray[Any]]


def person(rng: Generator, strain: Vector, missing: float) -> dict[str, NDArray[Any]]:
    """Who applies; categories as codes."""
    rows = len(strain)
    employment = rng.choice(len(EMPLOYMENT), rows, p=[0.55, 0.15, 0.1, 0.13, 0.07])
    income = np.round(np.exp(10.6 - 0.25 * strain + 0.45 * rng.standard_normal(rows)), -2)
    # Who is self-employed or under strain states no income more often: that it is missing says something.
    unstated = rng.random(rows) < missing * expit(-2.8 + 1.2 * (employment == 3) + 0.6 * strain)
    return {
        "age": np.clip(np.round(rng.gamma(9.0, 4.6, rows)), 18, 85).astype(np.int32),
        "group": (rng.random(rows) < 0.3).astype(np.int8),
        "employment": employment,
        "income": np.where(unstated, np.nan, income),
        "savings": np.round(np.exp(7.0 - 0.6 * strain + 1.3 * rng.standard_normal(rows))),
        "debt_to_income": np.round(expit(-0.9 + 0.5 * strain + 0.6 * rng.standard_normal(rows)), 3),
    }


def file(rng: Generator, strain: Vector) -> dict[str, NDArray[Any]]:
    """What the bureau has on file."""
    rows = len(strain)
    delinquencies = rng.poisson(0.35 * np.exp(0.8 * strain))
    months = rng.integers(0, 24, rows).astype(float)
    return {
        "utilisation": np.round(expit(-0.4 + 0.8 * strain + 0.9 * rng.standard_normal(rows)), 3),
        "file_age": np.round(rng.gamma(2.2, 4.5, rows), 1),
        "accounts": (1 + rng.poisson(4.0 * np.exp(0.2 * strain))).astype(np.int32),
        "inquiries": rng.poisson(0.9 * np.exp(0.4 * strain)).astype(np.int32),
        "delinquencies": delinquencies.astype(np.int32),
        "months_since_delinquency": np.where(delinquencies > 0, months, np.nan),
    }


def loan(rng: Generator, rows: int) -> dict[str, NDArray[Any]]:
    """What is asked for."""
    return {
        "purpose": rng.choice(len(PURPOSE), rows, p=[0.3, 0.25, 0.1, 0.15, 0.2]),
        "loan_amount": np.round(rng.lognormal(8.9, 0.7, rows), -2),
    }
