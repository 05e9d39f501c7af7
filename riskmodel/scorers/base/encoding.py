"""From a sample's matrix to a network's inputs, learnt on train only: numbers by their normal scores, then indicators.

A number that is missing takes the train median, and a flag says so where train had gaps too. A category becomes one
indicator a level: a level unseen in train, like a missing one, leaves them all at zero. What never varies is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from riskmodel.core import Column, Kind, Matrix, Vector
from riskmodel.errors import BundleError, DataError
from riskmodel.networks import Curves, Single

if TYPE_CHECKING:
    from riskmodel.onnx_export import Drawing
    from riskmodel.scorers.base.synthetic_inputs import Points

QUANTILES = 100  # knots of the curve from values to normal scores
TAIL = 0.001  # the outermost knots lie at this quantile, 3.1 standard deviations out

Positions = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Encoding:
    """What train said of each column; columns are positions in the matrix."""

    numeric: Positions  # numbers that vary
    medians: Vector
    sizes: Positions  # knots of each number; the knots and scores of all of them stand in one row
    knots: Vector
    scores: Vector
    flagged: Positions  # numbers with gaps
    levelled: Positions  # the column of each level
    levels: Positions  # its code

    def __call__(self, matrix: Matrix) -> Single:
        """The inputs: n x (numbers + flags + levels)."""
        flags, levels = np.isnan(matrix[:, self.flagged]), matrix[:, self.levelled] == self.levels
        out = np.empty((len(matrix), len(self.numeric) + flags.shape[1] + levels.shape[1]), np.float32)
        self._curves.write(matrix, out)
        out[:, len(self.numeric) :] = np.concatenate([flags, levels], axis=1)
        return out

    def draw(self, drawing: Drawing, rows: str) -> str:
        """The inputs in an ONNX model, n x (numbers + flags + levels) in single precision; `rows` are doubles."""
        from riskmodel.onnx_export import interpolated

        parts = []
        if len(self.numeric):
            numbers = drawing.columns_of(rows, self.numeric)
            gaps = drawing.add("IsNaN", numbers)
            filled = drawing.add("Where", gaps, drawing.constant(self.medians), numbers)
            parts.append(interpolated(drawing, filled, self._by_number(self.knots), self._by_number(self.scores)))
        if len(self.flagged):
            parts.append(drawing.cast(drawing.add("IsNaN", drawing.columns_of(rows, self.flagged)), np.float64))
        if len(self.levels):
            codes = drawing.columns_of(rows, self.levelled)
            same = drawing.add("Equal", codes, drawing.constant(self.levels.astype(np.float64)))
            parts.append(drawing.cast(same, np.float64))
        return drawing.cast(drawing.add("Concat", *parts, axis=1), np.float32)

    def split_points(self) -> Points:
        """The knots of each number, which are quantiles of train."""
        curves = self._by_number(self.knots)
        return {int(column): knots.tolist() for column, knots in zip(self.numeric, curves, strict=True)}

    def _by_number(self, values: Vector) -> list[Vector]:
        """What stands in one row, apart for each number."""
        return np.split(values, np.cumsum(self.sizes)[:-1])

    @cached_property
    def _curves(self) -> Curves:
        return Curves(self.numeric, self.medians, self.sizes, self.knots, self.scores)

    def thinned(self, most: int) -> Encoding:
        """The same curves with at most so many knots each, the outermost among them: a lookup costs by the knot."""
        starts, sizes = np.cumsum(self.sizes) - self.sizes, np.minimum(self.sizes, most)
        places = [
            start + np.round(np.linspace(0, size - 1, fewer)).astype(np.intp)
            for start, size, fewer in zip(starts, self.sizes, sizes, strict=True)
        ]
        kept = np.concatenate([np.empty(0, np.intp), *places])
        return replace(self, sizes=sizes.astype(np.int32), knots=self.knots[kept], scores=self.scores[kept])

    @property
    def columns(self) -> NDArray[np.intp]:
        """The column of each input."""
        return np.concatenate([self.numeric, self.flagged, self.levelled]).astype(np.intp)

    @property
    def used(self) -> int:
        """Columns with an input."""
        return len({*self.numeric.tolist(), *self.flagged.tolist(), *self.levelled.tolist()})

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return asdict(self)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Encoding:
        """Raises: BundleError where an array is missing or unknown."""
        try:
            return cls(**arrays)
        except TypeError as error:
            raise BundleError(f"the network's encoding is not complete: {error}") from error


def learn(matrix: Matrix, features: Sequence[Column]) -> Encoding:
    """The encoding of a train matrix. Raises: DataError where nothing in it varies."""
    numeric = [i for i, column in enumerate(features) if column.kind is Kind.NUMERIC]
    varying = [i for i in numeric if len(np.unique(_finite(matrix[:, i]))) > 1]
    gaps = np.isnan(matrix).mean(axis=0)
    levels = [(i, code) for i in range(len(features)) if i not in numeric for code in _varying_levels(matrix[:, i])]
    curves = [_curve(_finite(matrix[:, i])) for i in varying]
    encoding = Encoding(
        numeric=np.array(varying, np.int32),
        medians=np.array([np.median(_finite(matrix[:, i])) for i in varying]),
        sizes=np.array([len(knots) for knots, _ in curves], np.int32),
        knots=np.concatenate([np.empty(0), *(knots for knots, _ in curves)]),
        scores=np.concatenate([np.empty(0), *(scores for _, scores in curves)]),
        flagged=np.array([i for i in numeric if 0 < gaps[i] < 1], np.int32),
        levelled=np.array([i for i, _ in levels], np.int32),
        levels=np.array([code for _, code in levels], np.int32),
    )
    if not encoding.used:
        raise DataError("a network needs a feature that varies in train, however: every one is constant")
    return encoding


def _finite(values: Vector) -> Vector:
    return values[np.isfinite(values)]


def _curve(values: Vector) -> tuple[Vector, Vector]:
    """Knots and the normal score of each, the mean of its ranks where quantiles tie."""
    ranks = np.linspace(TAIL, 1 - TAIL, QUANTILES)
    quantiles = np.quantile(values, np.linspace(0, 1, QUANTILES))
    knots, knot_of = np.unique(quantiles, return_inverse=True)
    return knots, norm.ppf(np.bincount(knot_of, ranks) / np.bincount(knot_of))


def _varying_levels(codes: Vector) -> NDArray[np.int32]:
    levels = np.unique(codes[~np.isnan(codes)]).astype(np.int32)
    constant = len(levels) == 1 and not np.isnan(codes).any()
    return levels[:0] if constant else levels
