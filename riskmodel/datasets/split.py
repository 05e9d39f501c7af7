"""Cuts a table into samples with one job each, and seals the test sample at once.

Random and stratified by the outcome. The test rows are drawn first, then selection, then tune: with the same table and
seed the test rows stay the same whatever the other shares are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.config import SplitShares
from riskmodel.core import Development, Outcome, Role, Sample, Schema, Sealed, Split
from riskmodel.datasets import encode
from riskmodel.datasets.schema import outcome
from riskmodel.errors import DataError

MIN_OF_EACH = 10  # bads, and goods, in a sample: with fewer no figure of it means anything

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Which rows of the table each sample has: positions from 0, rising."""

    train: Positions
    tune: Positions
    selection: Positions
    test: Positions

    @property
    def sha256(self) -> dict[str, str]:
        """What tells one draw from another: by sample, the checksum of its positions as little-endian int64."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: hashlib.sha256(rows.astype("<i8").tobytes()).hexdigest() for name, rows in named.items()}


def draw(default: Outcome, shares: SplitShares, seed: int) -> Rows:
    """Each row in one sample; the share of bads and of goods in each is right to within one row.

    Raises: DataError where a sample would have fewer than 10 bads or 10 goods.
    """
    bads = _deal(np.flatnonzero(default == 1), shares, seed, "bads")
    goods = _deal(np.flatnonzero(default == 0), shares, seed, "goods")
    return Rows(**{name: np.sort(np.concatenate([bads[name], goods[name]])) for name in bads})


def _deal(rows: Positions, shares: SplitShares, seed: int, label: str) -> dict[str, Positions]:
    names = ("test", "selection", "tune", "train")
    edges = np.rint(np.cumsum([shares.test, shares.selection, shares.tune]) * len(rows)).astype(np.int64)
    shuffled = np.random.default_rng([seed, label == "bads"]).permutation(rows).astype(np.int64)
    dealt = dict(zip(names, np.split(shuffled, edges), strict=True))
    for name, part in dealt.items():
        if len(part) < MIN_OF_EACH:
            raise DataError(
                f"the {name} sample must have at least {MIN_OF_EACH} {label}, "
                f"however: {len(part)} of the {len(rows)} in the table"
            )
    return dealt


def split(table: pa.Table, schema: Schema, rows: Rows) -> Split:
    """The samples of a draw; the schema's levels should be those of `rows.train`. Raises: DataError."""
    train, tune, selection, test = (
        _sample(table, schema, getattr(rows, name), name) for name in ("train", "tune", "selection", "test")
    )
    return Split(Development(train, tune), selection, Sealed(test))


def _sample(table: pa.Table, schema: Schema, rows: Positions, name: str) -> Sample:
    judged = [c for role in (Role.PROTECTED, Role.TIME, Role.AMOUNT) for c in schema.named(role)]
    (target,) = schema.named(Role.TARGET)
    own = table.select(dict.fromkeys(c.read_from for c in (*schema.features, *judged, target))).take(pa.array(rows))
    return Sample(
        name,
        schema.features,
        encode.matrix(own, schema.features),
        outcome(own, target.name, *target.categories),
        rows,
        {column.name: encode.attribute(own, column) for column in judged},
    )
