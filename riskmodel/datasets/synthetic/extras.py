"""Draws the features beyond the core: special codes, rare and many levels, behaviour of the last six months.

They hang on `strain` and on the core features, so that what the core says is said again in other columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.core import Vector
from riskmodel.datasets.synthetic.applicants import Columns
from riskmodel.datasets.synthetic.dictionary import REGION, RESIDENCE

_REGION_SHARES = 1 / (10.0 + np.arange(len(REGION)))


def bureau(rng: Generator, strain: Vector, known: Columns) -> dict[str, NDArray[Any]]:
    """Columns with codes among their numbers: a code says why there is no number."""
    rows = len(strain)
    score = np.clip(np.round(640 - 60 * strain + 50 * rng.standard_normal(rows)), 300, 850)
    reason = rng.random(rows)
    without = [reason < 0.02, reason < 0.035, reason < 0.035 + 0.01 * expit(strain)]
    late = rng.poisson(0.12 * np.exp(0.9 * strain))
    silent = rng.random(rows)
    months = rng.integers(0, 12, rows)
    return {
        "score": np.select(without, [-9, -8, -7], score).astype(np.int32),
        "trades_90d": np.select([silent < 0.01, silent < 0.01 + 0.01 * expit(strain)], [96, 98], late).astype(np.int32),
        "months_since_inquiry": np.where(known["inquiries"] > 0, months, 999).astype(np.int32),
    }


def household(rng: Generator, strain: Vector, known: Columns, missing: float) -> dict[str, NDArray[Any]]:
    """Where the borrower lives and works; -1 is a missing category."""
    rows = len(strain)
    region = rng.choice(len(REGION), rows, p=_REGION_SHARES / _REGION_SHARES.sum())
    relocated = (known["group"] == 1) & (rng.random(rows) < 0.5)
    residence = rng.choice(len(RESIDENCE), rows, p=[0.3, 0.28, 0.3, 0.09, 0.03])
    unstated = rng.random(rows) < missing * expit(-3.0 + 0.7 * strain)
    return {
        "region": np.where(relocated, region | 1, region),
        "residence": np.where(unstated, -1, residence),
        "dependants": np.minimum(rng.poisson(0.9, rows), 8).astype(np.int32),
        "branch_distance": np.round(rng.lognormal(1.5, 0.9, rows), 1),
    }


def relation(rng: Generator, strain: Vector, known: Columns) -> dict[str, NDArray[Any]]:
    """How long and by which way the borrower deals with employer and bank."""
    rows = len(strain)
    worked = np.minimum(np.round(rng.gamma(1.4, 50.0, rows)), 12 * (known["age"] - 17))
    return {
        "channel": rng.choice(6, rows, p=[0.45, 0.4, 0.13, 0.018, 0.0015, 0.0005]),
        "months_employed": np.where(np.isin(known["employment"], [2, 4]), np.nan, worked),
        "months_on_book": np.round(rng.gamma(1.6, 30.0, rows)).astype(np.int32),
        "peak_utilisation": np.round(
            np.minimum(known["utilisation"] + 0.15 * np.abs(rng.standard_normal(rows)), 1.2), 3
        ),
        "returned_payments": rng.poisson(0.1 * np.exp(0.8 * strain)).astype(np.int32),
        "cash_advances": rng.poisson(0.3 * np.exp(0.5 * strain)).astype(np.int32),
        "overdraft_days": np.minimum(rng.poisson(2.0 * np.exp(0.7 * strain)), 31).astype(np.int32),
    }


def card(rng: Generator, strain: Vector, known: Columns) -> dict[str, NDArray[Any]]:
    """Six months of one card: balances that drift, payments that go with them; missing where it is not used."""
    rows = len(strain)
    unused = rng.random(rows) < 0.08
    trend = 0.04 * strain + 0.25 * rng.standard_normal(rows)
    latest = (1 + known["utilisation"]) * np.exp(6.8 + 0.5 * rng.standard_normal(rows))
    share = np.where(rng.random(rows) < 0.25 * expit(strain - 1), 0.0, expit(-1.2 - 0.6 * strain))
    columns: dict[str, NDArray[Any]] = {}
    for month in range(1, 7):
        wobble, habit = rng.standard_normal((2, rows))
        balance = np.maximum(np.round(latest * np.exp(trend * (1 - month) / 5 + 0.05 * (month > 1) * wobble)), 1)
        columns[f"balance_{month}"] = balance
        columns[f"paid_{month}"] = np.round(balance * np.minimum(share * np.exp(0.5 * habit), 1))
    columns["payment_ratio"] = np.round(columns["paid_1"] / columns["balance_1"], 3)
    columns["balance_trend"] = np.round(np.log(columns["balance_1"] / columns["balance_6"]), 3)
    return {name: np.where(unused, np.nan, values) for name, values in columns.items()}
