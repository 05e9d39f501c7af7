"""Rows that a scorer was asked when it was saved, with its PDs: what it must still say wherever it is opened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskmodel.core.sample import Column, Matrix, Vector
from riskmodel.core.scorer import Scorer, canonical
from riskmodel.errors import BundleError, cause

COUNT = 64


@dataclass(frozen=True, eq=False)
class Probes:
    """rows: n x features, NaN where missing. pd: n."""

    rows: Matrix
    pd: Vector

    @classmethod
    def of(cls, scorer: Scorer) -> Probes:
        """Made-up rows around the numbers at which the scorer changes its mind; the same scorer gives the same rows."""
        drawn = scorer.probes(COUNT)
        rows = np.where(np.isfinite(drawn), drawn, np.nan)
        return cls(rows, scorer.pd(rows))

    def check(self, scorer: Scorer) -> None:
        """Raises: BundleError where a PD is farther from the saved one than the scorer's kind may be."""
        pd = scorer.pd(self.rows)
        apart = np.where(np.isnan(pd) & np.isnan(self.pd), 0.0, np.abs(pd - self.pd))
        if not (apart <= scorer.pd_tolerance).all():
            worst = int(np.argmax(np.nan_to_num(apart, nan=np.inf)))
            raise BundleError(
                f"the {scorer.kind} scorer must give its probe rows the PDs that it was saved with, within "
                f"{scorer.pd_tolerance:.2g}, however: row {worst} has {pd[worst]:.6g}, not {self.pd[worst]:.6g}; "
                "a library or processor computes otherwise here, or the model was changed"
            )

    def to_json(self, features: Sequence[Column]) -> bytes:
        """One spelling: the values of each feature, and the PDs; missing is null."""
        columns = {column.name: _nan_as_none(values) for column, values in zip(features, self.rows.T, strict=True)}
        return canonical({"columns": columns, "pd": _nan_as_none(self.pd)})

    @classmethod
    def from_json(cls, text: bytes, features: Sequence[Column]) -> Probes:
        """The rows that `to_json` wrote. Raises: BundleError."""
        try:
            saved = json.loads(text)
            pd = np.array(saved["pd"], np.float64)
            rows = np.array([saved["columns"][column.name] for column in features], np.float64).T
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"the probe rows are damaged: {cause(error)}") from error
        if pd.ndim != 1 or not len(pd) or rows.shape != (len(pd), len(features)):
            raise BundleError(
                f"the probe rows must be n x {len(features)} with n PDs, however: {rows.shape}, {pd.shape}"
            )
        return cls(rows, pd)


def _nan_as_none(values: Vector) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
