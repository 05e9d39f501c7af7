"""A loan portfolio whose true PD is known: the ground truth of tests and the load of benchmarks.

Every row is drawn from its own block of the seed, so the first rows do not depend on how many follow, and memory stays
bounded. The true PD follows from visible columns alone (`margin`): a scorer that finds the formula can do no better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.config import Data
from riskmodel.core import Vector
from riskmodel.errors import DataError

Columns = Mapping[str, NDArray[Any]]

BLOCK = 16_384
EMPLOYMENT = {"employed": 0.0, "public": -0.4, "retired": -0.2, "self_employed": 0.3, "unemployed": 0.9}
PURPOSE = {"car": -0.2, "debt": 0.4, "education": 0.1, "home": -0.3, "other": 0.2}
FIRST_MONTH, MONTHS = np.datetime64("2019-01"), 60


def portfolio(rows: int, seed: int, gap: float = 0.0) -> pa.Table:
    """Loans with `default` drawn from `true_pd`, about 12 % bad: 12 features, id, vintage, amount and group.

    `gap` is by how much the margin (log-odds) of group B lies above that of group A with the same features.

    Raises: DataError for fewer than one row.
    """
    return pa.Table.from_batches(batches(rows, seed, gap))


def batches(rows: int, seed: int, gap: float = 0.0) -> Iterator[pa.RecordBatch]:
    """The same portfolio, a block of rows at a time. Raises: DataError."""
    if rows < 1:
        raise DataError(f"rows must be at least 1, however: {rows}")
    return (
        pa.RecordBatch.from_pydict(_arrow(_block(start, seed, gap))).slice(0, rows - start)
        for start in range(0, rows, BLOCK)
    )


def roles(path: str) -> Data:
    """What a run's TOML says of this portfolio; the true PD is ignored, and the group only judged by."""
    return Data(
        path=path,
        target="default",
        id="loan_id",
        time="vintage",
        amount="loan_amount",
        ignore=["true_pd"],
        categorical=["employment", "purpose", "group"],
        protected={"group": False},
    )


def margin(columns: Columns, gap: float = 0.0) -> Vector:
    """The true log-odds of default, a formula of visible columns (NaN is missing):

    -2.95 + 0.8 utilisation + 0.7 [utilisation > 0.8] + 0.4 min(delinquencies, 4) + 0.15 min(inquiries, 6)
    - 0.5 ln(income / 40,000), or + 0.5 where income is missing
    + 0.8 [months_since_delinquency < 6] + 1.0 [debt_to_income > 0.4 and self-employed or unemployed]
    + 0.5 [inquiries >= 3 and utilisation > 0.5] - 0.04 min(file_age, 15) - 0.1 ln(1 + savings / 1,000) + 0.4 [age < 25]
    + EMPLOYMENT + PURPOSE + gap [group B]

    The number of accounts has no part in it, though it goes with others that have.
    """
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
        + np.array(list(EMPLOYMENT.values()))[c["employment"]]
        + np.array(list(PURPOSE.values()))[c["purpose"]]
        + gap * (c["group"] == 1)
    )


def _block(start: int, seed: int, gap: float) -> dict[str, NDArray[Any]]:
    """All columns of one block, categories as codes; `strain` makes the bureau and behaviour columns go together."""
    rng = np.random.default_rng([seed, start // BLOCK])
    strain = rng.standard_normal(BLOCK)
    months = FIRST_MONTH + rng.integers(0, MONTHS, BLOCK)
    columns: dict[str, NDArray[Any]] = {"loan_id": start + np.arange(1, BLOCK + 1), "vintage": months.astype("M8[D]")}
    columns |= _person(rng, strain) | _bureau(rng, strain)
    columns |= {"purpose": rng.choice(len(PURPOSE), BLOCK, p=[0.3, 0.25, 0.1, 0.15, 0.2])}
    columns |= {"loan_amount": np.round(rng.lognormal(8.9, 0.7, BLOCK), -2)}
    columns |= {"true_pd": expit(margin(columns, gap))}
    return columns | {"default": (rng.random(BLOCK) < columns["true_pd"]).astype(np.int8)}


def _person(rng: Generator, strain: Vector) -> dict[str, NDArray[Any]]:
    employment = rng.choice(len(EMPLOYMENT), BLOCK, p=[0.55, 0.15, 0.1, 0.13, 0.07])
    income = np.round(np.exp(10.6 - 0.25 * strain + 0.45 * rng.standard_normal(BLOCK)), -2)
    # Who is self-employed or under strain states no income more often: that it is missing says something.
    unstated = rng.random(BLOCK) < expit(-2.8 + 1.2 * (employment == 3) + 0.6 * strain)
    return {
        "age": np.clip(np.round(rng.gamma(9.0, 4.6, BLOCK)), 18, 85).astype(np.int32),
        "group": (rng.random(BLOCK) < 0.3).astype(np.int8),
        "employment": employment,
        "income": np.where(unstated, np.nan, income),
        "savings": np.round(np.exp(7.0 - 0.6 * strain + 1.3 * rng.standard_normal(BLOCK))),
        "debt_to_income": np.round(expit(-0.9 + 0.5 * strain + 0.6 * rng.standard_normal(BLOCK)), 3),
    }


def _bureau(rng: Generator, strain: Vector) -> dict[str, NDArray[Any]]:
    delinquencies = rng.poisson(0.35 * np.exp(0.8 * strain))
    months = rng.integers(0, 24, BLOCK).astype(float)
    return {
        "utilisation": np.round(expit(-0.4 + 0.8 * strain + 0.9 * rng.standard_normal(BLOCK)), 3),
        "file_age": np.round(rng.gamma(2.2, 4.5, BLOCK), 1),
        "accounts": (1 + rng.poisson(4.0 * np.exp(0.2 * strain))).astype(np.int32),
        "inquiries": rng.poisson(0.9 * np.exp(0.4 * strain)).astype(np.int32),
        "delinquencies": delinquencies.astype(np.int32),
        "months_since_delinquency": np.where(delinquencies > 0, months, np.nan),
    }


def _arrow(columns: Columns) -> dict[str, pa.Array]:
    """NaN becomes null, a code its level."""
    named = {"employment": list(EMPLOYMENT), "purpose": list(PURPOSE), "group": ["A", "B"]}
    arrays = {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
    return arrays | {name: pa.array(levels).take(arrays[name]) for name, levels in named.items()}
