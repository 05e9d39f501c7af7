"""Puts the portfolio together, a block of rows at a time.

Every block is drawn from its own part of the seed, and every matter from its own stream of the block: the first rows
do not depend on how many follow, and turning one setting on moves nothing that another one draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from riskmodel.datasets.synthetic import applicants, extras, observed, repeats
from riskmodel.datasets.synthetic.applicants import Columns
from riskmodel.datasets.synthetic.dictionary import LEAKS, LEVELS, features
from riskmodel.datasets.synthetic.truth import margin, observed_pd
from riskmodel.datasets.synthetic.world import BLOCK, CORE, FIRST_MONTH, MONTHS, PLAIN, World
from riskmodel.errors import DataError

_PILOT = 4  # blocks that the intercept of a target rate is found on


class _Stream(IntEnum):
    """Of a block, beside its first one; never 0, which numpy takes for the first one again."""

    BORROWERS = 1
    BUREAU = 2
    HOUSEHOLD = 3
    RELATION = 4
    CARD = 5
    NOISE = 6
    LEAKS = 7
    DUPLICATES = 8


def portfolio(rows: int, seed: int, world: World = PLAIN) -> pa.Table:
    """Loans with `default` drawn from `true_pd`, about 12 % bad: features, id, vintage, amount and group.

    Raises: DataError for fewer than one row.
    """
    return pa.Table.from_batches(batches(rows, seed, world))


def batches(rows: int, seed: int, world: World = PLAIN) -> Iterator[pa.RecordBatch]:
    """The same portfolio, a block of rows at a time; a block is drawn when it is asked for. Raises: DataError."""
    if rows < 1:
        raise DataError(f"rows must be at least 1, however: {rows}")
    names = column_names(world)
    return (
        _arrow(_block(start // BLOCK, seed, world), names).slice(0, rows - start) for start in range(0, rows, BLOCK)
    )


def at_rate(world: World, rate: float, seed: int) -> World:
    """The world with the intercept at which the mean true PD of its first 65,536 loans is `rate`.

    Raises: DataError unless rate is in [0.0005, 0.9].
    """
    if not 0.0005 <= rate <= 0.9:
        raise DataError(f"target rate must be in [0.0005, 0.9], however: {rate:g}")
    plain = replace(world, intercept=0.0)
    pilot = np.concatenate([margin(_applied(number, seed, plain), plain) for number in range(_PILOT)])
    return replace(world, intercept=round(brentq(lambda add: np.mean(expit(pilot + add)) - rate, -20, 20), 4))


def column_names(world: World) -> tuple[str, ...]:
    """The names of the columns of a portfolio, in their order."""
    age, *others = (entry.name for entry in features(world.features))
    borrower = ["borrower_id"] if world.returning else []
    known_later = [*(LEAKS if world.leak else []), "true_pd", *(["observed_pd"] if world.noise else []), "default"]
    core, further = others[: CORE - 1], others[CORE - 1 :]
    return ("loan_id", *borrower, "vintage", age, "group", *core, "loan_amount", *further, *known_later)


def _block(number: int, seed: int, world: World) -> dict[str, NDArray[Any]]:
    """All columns of one block, categories as codes."""
    columns = _applied(number, seed, world)
    pd = expit(margin(columns, world))
    default = (columns["luck"] < pd).astype(np.int8)
    if world.noise:
        default = observed.noisy(_rng(seed, number, _Stream.NOISE), default, world.noise)
        columns["observed_pd"] = observed_pd(pd, world.noise)
    if world.leak:
        columns |= observed.leaks(_rng(seed, number, _Stream.LEAKS), default, columns["loan_amount"])
    columns |= {"true_pd": pd, "default": default}
    if world.duplicates:
        source = repeats.duplicates(_rng(seed, number, _Stream.DUPLICATES), BLOCK, world.duplicates)
        columns = {name: values[source] for name, values in columns.items()}
    return columns


def _applied(number: int, seed: int, world: World) -> dict[str, NDArray[Any]]:
    """All that is known at the application; `luck` decides the outcome later, and is not shown."""
    rng = np.random.default_rng([seed, number])
    strain = rng.standard_normal(BLOCK)
    months = rng.integers(0, MONTHS, BLOCK)
    first = repeats.borrowers(_rng(seed, number, _Stream.BORROWERS), BLOCK, world.returning)
    strain = strain[first] + world.shift * months / (MONTHS - 1)
    loan_id = number * BLOCK + np.arange(1, BLOCK + 1)
    columns: dict[str, NDArray[Any]] = {
        "loan_id": loan_id,
        "borrower_id": loan_id[first],
        "vintage": (FIRST_MONTH + months).astype("M8[D]"),
    }
    columns |= repeats.carried(applicants.person(rng, strain, world.missing), first, months)
    columns |= applicants.file(rng, strain) | applicants.loan(rng, BLOCK) | {"luck": rng.random(BLOCK)}
    if world.features > CORE:
        of = {stream: _rng(seed, number, stream) for stream in _Stream}
        home = extras.household(of[_Stream.HOUSEHOLD], strain, columns, world.missing)
        columns |= repeats.carried(home, first, months)
        columns |= extras.bureau(of[_Stream.BUREAU], strain, columns)
        columns |= extras.relation(of[_Stream.RELATION], strain, columns)
        columns |= extras.card(of[_Stream.CARD], strain, columns)
    return columns


def _rng(seed: int, number: int, stream: _Stream) -> Generator:
    return np.random.default_rng([seed, number, stream])


def _arrow(columns: Columns, names: tuple[str, ...]) -> pa.RecordBatch:
    """NaN becomes null, a code its level, -1 null."""
    return pa.RecordBatch.from_pydict({name: _array(columns[name], name) for name in names})


def _array(values: NDArray[Any], name: str) -> pa.Array:
    if name not in LEVELS:
        return pa.array(values, from_pandas=True)
    return pa.array(list(LEVELS[name])).take(pa.array(values, mask=values < 0))
