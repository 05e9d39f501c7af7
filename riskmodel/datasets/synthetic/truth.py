"""The true PD: a formula of columns that the table shows, so that anybody can work it out again.

margin = core + terms of the further features that are there + gap [group B] + drift x months since 2019-01 / 59
         + intercept
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import expit

from riskmodel.core import Vector
from riskmodel.datasets.synthetic.applicants import Columns
from riskmodel.datasets.synthetic.dictionary import LEVELS, features
from riskmodel.datasets.synthetic.terms import TERMS, core
from riskmodel.datasets.synthetic.world import FIRST_MONTH, MONTHS, PLAIN, World


def true_pd(table: pa.Table, world: World = PLAIN) -> Vector:
    """The true PD of each row of a table as a user has it, whatever has been changed in its columns."""
    pd: Vector = expit(margin(visible(table), world))
    return pd


def observed_pd(pd: Vector, noise: float) -> Vector:
    """The PD of the recorded outcome, which is the other one with probability `noise`."""
    return pd * (1 - noise) + (1 - pd) * noise


def margin(columns: Columns, world: World = PLAIN) -> Vector:
    """The true log-odds of default; numbers as they are, categories as codes (-1 is missing), NaN is missing."""
    there = {entry.name for entry in features(world.features)}
    result = core(columns) + world.gap * (columns["group"] == 1)
    for term in TERMS:
        if term.feature in there:
            result = result + term.of(columns)
    months = (columns["vintage"].astype("M8[M]") - FIRST_MONTH).astype(np.int64)
    return result + world.drift * months / (MONTHS - 1) + world.intercept


def visible(table: pa.Table) -> Columns:
    """The columns of a table as `margin` takes them."""
    return {name: _coded(table[name], name) for name in table.column_names}


def _coded(column: pa.ChunkedArray, name: str) -> Vector:
    if name in LEVELS:
        codes = pc.index_in(column.cast(pa.string()), value_set=pa.array(list(LEVELS[name])))
        column = pc.fill_null(codes, -1)
    coded: Vector = column.to_numpy()
    return coded
