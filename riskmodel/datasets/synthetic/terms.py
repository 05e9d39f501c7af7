"""What each feature adds to the true margin: the core in one formula, every further feature in a term of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.datasets.synthetic.applicants import Columns
from riskmodel.datasets.synthetic.dictionary import CHANNEL, EMPLOYMENT, PURPOSE, REGION, RESIDENCE

CORE_TEXT = """\
-2.95 + 0.8 utilisation + 0.7 [utilisation > 0.8] + 0.4 min(delinquencies, 4) + 0.15 min(inquiries, 6)
- 0.5 ln(income / 40,000), or + 0.5 where income is missing
+ 0.8 [months_since_delinquency < 6] + 1.0 [debt_to_income > 0.4 and self-employed or unemployed]
+ 0.5 [inquiries >= 3 and utilisation > 0.5] - 0.04 min(file_age, 15) - 0.1 ln(1 + savings / 1,000) + 0.4 [age < 25]
+ EMPLOYMENT + PURPOSE
"""  # the number of accounts has no part in it, though it goes with others that have


@dataclass(frozen=True)
class RiskTerm:
    """What one feature adds to the margin, alone or with features before it."""

    feature: str
    text: str
    of: Callable[[Columns], NDArray[Any]]


def core(columns: Columns) -> Vector:
    """The part of the twelve core features, as `CORE_TEXT` has it."""
    c = columns
    unstable = np.isin(c["employment"], [list(EMPLOYMENT).index(name) for name in ("self_employed", "unemployed")])
    return (
        -2.95
        + 0.8 * c["utilisation"]
        + 0.7 * (c["utilisation"] > 0.8)
        + 0.4 * np.minimum(c["delinquencies"], 4)
        + 0.15 * np.minimum(c["inquiries"], 6)
        + np.nan_to_num(-0.5 * np.log(c["income"] / 40_000), nan=0.5)
        + 0.8 * (c["months_since_delinquency"] < 6)
        + 1.0 * ((c["debt_to_income"] > 0.4) & unstable)
        + 0.5 * ((c["inquiries"] >= 3) & (c["utilisation"] > 0.5))
        - 0.04 * np.minimum(c["file_age"], 15)
        - 0.1 * np.log1p(c["savings"] / 1000)
        + 0.4 * (c["age"] < 25)
        + _added(EMPLOYMENT, c["employment"])
        + _added(PURPOSE, c["purpose"])
    )


def _added(levels: dict[str, float], codes: Vector, missing: float = 0.0) -> Vector:
    return np.array([*levels.values(), missing])[codes]


def _score(c: Columns) -> Vector:
    of_code = np.select([c["score"] == -9, c["score"] == -8, c["score"] == -7], [0.4, 0.2, 0.7], 0.0)
    return np.where(c["score"] < 0, of_code, -0.003 * (np.clip(c["score"], 450, 750) - 640))


def _trades(c: Columns) -> Vector:
    of_code = np.select([c["trades_90d"] == 96, c["trades_90d"] == 98], [0.2, 0.9], 0.0)
    return -0.1 + np.where(c["trades_90d"] >= 96, of_code, 0.3 * np.minimum(c["trades_90d"], 3))


def _payment(c: Columns) -> Vector:
    ratio = c["payment_ratio"]
    return -0.3 + np.where(np.isnan(ratio), -0.2, 0.6 * (ratio < 0.05) - 0.5 * np.fmin(ratio, 0.4))


TERMS: tuple[RiskTerm, ...] = (
    RiskTerm(
        "score",
        "-0.003 (score - 640), the score held within 450 and 750; +0.4 at -9, +0.2 at -8, +0.7 at -7 instead",
        _score,
    ),
    RiskTerm("trades_90d", "0.3 min(trades_90d, 3) - 0.1; +0.1 at 96, +0.8 at 98 instead", _trades),
    RiskTerm(
        "months_since_inquiry",
        "0.3 [months_since_inquiry < 2]",
        lambda c: 0.3 * (c["months_since_inquiry"] < 2),
    ),
    RiskTerm("region", "0.25 cos(2.4 times its number), to 3 decimals", lambda c: _added(REGION, c["region"])),
    RiskTerm("channel", "of its level", lambda c: _added(CHANNEL, c["channel"])),
    RiskTerm(
        "months_employed",
        "0.3 - 0.01 min(months_employed, 60); nothing where missing",
        lambda c: np.nan_to_num(0.3 - 0.01 * np.minimum(c["months_employed"], 60), nan=0.0),
    ),
    RiskTerm(
        "payment_ratio",
        "0.6 [payment_ratio < 0.05] - 0.5 min(payment_ratio, 0.4) - 0.3; -0.5 where missing",
        _payment,
    ),
    RiskTerm(
        "balance_trend",
        "0.6 [balance_trend > 0.15 and utilisation > 0.5]",
        lambda c: 0.6 * ((c["balance_trend"] > 0.15) & (c["utilisation"] > 0.5)),
    ),
    RiskTerm(
        "months_on_book",
        "0.4 [6 <= months_on_book < 24] - 0.1",
        lambda c: 0.4 * ((c["months_on_book"] >= 6) & (c["months_on_book"] < 24)) - 0.1,
    ),
    RiskTerm("peak_utilisation", "0.4 [peak_utilisation > 0.95]", lambda c: 0.4 * (c["peak_utilisation"] > 0.95)),
    RiskTerm(
        "returned_payments", "0.3 min(returned_payments, 2)", lambda c: 0.3 * np.minimum(c["returned_payments"], 2)
    ),
    RiskTerm(
        "residence",
        "of its level; +0.3 where missing",
        lambda c: _added(RESIDENCE, c["residence"], missing=0.3),
    ),
    RiskTerm(
        "dependants",
        "0.4 [dependants >= 3 and debt_to_income > 0.4]",
        lambda c: 0.4 * ((c["dependants"] >= 3) & (c["debt_to_income"] > 0.4)),
    ),
    RiskTerm(
        "cash_advances",
        "0.25 min(cash_advances, 3) [utilisation > 0.5]",
        lambda c: 0.25 * np.minimum(c["cash_advances"], 3) * (c["utilisation"] > 0.5),
    ),
    RiskTerm("overdraft_days", "0.5 [overdraft_days > 10]", lambda c: 0.5 * (c["overdraft_days"] > 10)),
)
