"""Two scorers as one: a cheap one decides where it is certain, a full one where it is not.

The full one is asked where the cheap one's PD lies in [low, high). Its margin is then the answer, else the cheap one's:
so a row outside the band needs none of the columns that the full one alone reads. A cascade is made of two fitted
scorers and never fitted by itself; it has no native format.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.special import expit

from riskmodel import registry
from riskmodel.core import Calibration, Column, Complexity, Development, Files, Mask, Matrix, Scorer, Vector, canonical
from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer, cause
from riskmodel.explanation.attributions import HasContributions
from riskmodel.explanation.cost import used_columns

FILE = "cascade.json"
STAGES = ("cheap", "full")


@dataclass(frozen=True, eq=False)
class CascadeScorer(Scorer):
    """A cheap scorer, a full one, and the band of the cheap one's PD in which the full one answers."""

    kind = "cascade"

    cheap: Scorer
    full: Scorer
    low: float
    high: float
    bought_share: float  # of the applications, as it was measured; it prices the cascade, and scores nothing

    def raw_margin(self, matrix: Matrix) -> Vector:
        margin = self.of_cheap(matrix)
        rows = np.flatnonzero(self._in_band(margin))
        if len(rows):
            margin[rows] = self.full.margin(self._columns(self.full, matrix[rows]))
        return margin

    def buying(self, share: float) -> CascadeScorer:
        """The same, priced as if the full scorer is asked of this share."""
        return replace(self, bought_share=share)

    def _in_band(self, margin: Vector) -> Mask:
        pd: Vector = expit(margin)
        band: Mask = (pd >= self.low) & (pd < self.high)
        return band

    def of_cheap(self, matrix: Matrix) -> Vector:
        """The cheap scorer's margin of each row (n)."""
        return self.cheap.margin(self._columns(self.cheap, matrix))

    def in_band(self, matrix: Matrix) -> Mask:
        """The rows (n) that the full scorer answers."""
        return self._in_band(self.of_cheap(matrix))

    def _columns(self, member: Scorer, matrix: Matrix) -> Matrix:
        return np.ascontiguousarray(matrix[:, self._places(member)])

    def _places(self, member: Scorer) -> list[int]:
        place = {column.name: i for i, column in enumerate(self.features)}
        return [place[column.name] for column in member.features]

    @property
    def bought(self) -> tuple[str, ...]:
        """The columns of a table that the full scorer reads and the cheap one does not have."""
        first = {column.read_from for column in self.cheap.features}
        return tuple(dict.fromkeys(c.read_from for c in used_columns(self.full) if c.read_from not in first))

    def undecided(self, matrix: Matrix) -> Mask:
        """Rows (n) in the band of which nothing that is to be bought is there."""
        places = [i for i, column in enumerate(self.features) if column.read_from in self.bought and not column.source]
        absent: Mask = np.asarray(np.isnan(matrix[:, places]).all(axis=1))
        if absent.any():
            absent[absent] = self.in_band(matrix[absent])
        return absent

    @property
    def pd_tolerance(self) -> float:
        """That of the looser one."""
        return max(self.cheap.pd_tolerance, self.full.pd_tolerance)

    def probes(self, rows: int, seed: int = 0) -> Matrix:
        """The full scorer's own, with the cheap one's values where it reads a column."""
        matrix = np.empty((rows, len(self.features)))
        for place, member in enumerate((self.full, self.cheap)):
            matrix[:, self._places(member)] = member.probes(rows, seed + place)
        return matrix

    def files(self) -> Files:
        members = dict(zip(STAGES, (self.cheap, self.full), strict=True))
        own = {
            name: {
                "kind": member.kind,
                "features": [column.name for column in member.features],
                "calibration": asdict(member.calibration),
                "files": sorted(member.files()),
            }
            for name, member in members.items()
        }
        band = {"low": self.low, "high": self.high, "bought_share": self.bought_share}
        parts = {f"{stage}.{n}": content for stage, member in members.items() for n, content in member.files().items()}
        return {FILE: canonical({"stages": own, **band}), **parts}

    @classmethod
    def from_files(cls, features: tuple[Column, ...], calibration: Calibration, files: Files) -> CascadeScorer:
        """A saved cascade. Raises: BundleError."""
        by_name = {column.name: column for column in features}
        try:
            saved = json.loads(files[FILE])
            members = []
            for stage in STAGES:
                one = saved["stages"][stage]
                columns = tuple(by_name[name] for name in one["features"])
                own = {name: files[f"{stage}.{name}"] for name in one["files"]}
                kind = registry.SCORERS.find(one["kind"], Scorer)
                members.append(kind.from_files(columns, Calibration(**one["calibration"]), own))
            band = [float(saved[name]) for name in ("low", "high", "bought_share")]
        except (KeyError, TypeError, ValueError, RiskModelError) as error:
            raise BundleError(f"the files of a cascade are damaged: {cause(error)}") from error
        return replace(composed(members[0], members[1], *band), features=features, calibration=calibration)

    def complexity(self) -> Complexity:
        """What both are made of, added up; the full one's work counts for the share of rows that it is asked of."""
        cheap, full = asdict(self.cheap.complexity()), asdict(self.full.complexity())
        total = {name: cheap[name] + full[name] for name in cheap}
        total["features"] = len({c.name for member in (self.cheap, self.full) for c in used_columns(member)})
        total["work"] = cheap["work"] + self.bought_share * full["work"]
        total["bytes"] = sum(map(len, self.files().values()))
        return Complexity(**total)

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Scorer:  # noqa: ARG002
        raise UnsupportedScorer("a cascade has no recipe: fit its two models, and set the band again")


@dataclass(frozen=True, eq=False)
class ExplainedCascadeScorer(CascadeScorer):
    """A cascade of which both scorers have exact SHAP values."""

    def contributions(self, matrix: Matrix) -> Matrix:
        """SHAP values of the margin, n x (features + 1): those of the scorer that answers the row, calibrated."""
        values = np.zeros((len(matrix), len(self.features) + 1))
        band = self.in_band(matrix)
        for member, rows in ((self.cheap, np.flatnonzero(~band)), (self.full, np.flatnonzero(band))):
            if len(rows) and isinstance(member, HasContributions):
                own = member.contributions(self._columns(member, matrix[rows])) * member.calibration.slope
                own[:, -1] += member.calibration.intercept
                values[rows[:, None], np.array([*self._places(member), len(self.features)])] = own
        return values


def composed(cheap: Scorer, full: Scorer, low: float, high: float, bought_share: float) -> CascadeScorer:
    """A cascade of two fitted scorers, each with its calibration.

    Its features are the full one's, then those that the cheap one alone has; what is bought may be missing.

    Raises: RiskModelError where a column is not the same in both, or the full one reads nothing that the cheap one has
    not.
    """
    for member in (cheap, full):
        if isinstance(member, CascadeScorer):
            raise UnsupportedScorer("a cascade must be made of two plain models, however: one of them is a cascade")
    other = {column.name: column for column in cheap.features}
    for column in full.features:
        mine = other.get(column.name, column)
        if (mine.kind, mine.categories, mine.codes, mine.source) != (
            column.kind,
            column.categories,
            column.codes,
            column.source,
        ):
            raise RiskModelError(f"a column must be the same in both models, however: {column.name!r} is not")
    names = {column.name for column in full.features}
    first = {column.read_from for column in cheap.features}
    features = tuple(
        column if column.read_from in first else replace(column, nullable=True)
        for column in (*full.features, *(c for c in cheap.features if c.name not in names))
    )
    explained = isinstance(cheap, HasContributions) and isinstance(full, HasContributions)
    kind = ExplainedCascadeScorer if explained else CascadeScorer
    made = kind(features, Calibration(), cheap, full, float(low), float(high), float(bought_share))
    if not made.bought:
        raise RiskModelError(
            "the full model must read a column that the cheap one does not have, however: it reads none"
        )
    return made
