"""What a review is made of: two scorers on the same rows, and all that is known of those rows.

Nothing here is judged. What costs (scores, SHAP values, slices) is worked out when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.config import Margins
from riskmodel.core import Mask, Outcome, Vector
from riskmodel.core.sample import drawn_by_weight
from riskmodel.errors import DataError
from riskmodel.evaluation.change import worst_case
from riskmodel.evaluation.change.decision_margins import JudgedByDecisions
from riskmodel.evaluation.change.dependence import Together, together
from riskmodel.evaluation.change.rare_faults import NOTHING, Beyond
from riskmodel.evaluation.robustness import slices
from riskmodel.review.evidence.periods import Dated
from riskmodel.review.evidence.side import Rows, Side
from riskmodel.stats.clusters import Clusters
from riskmodel.trees.worst_case import WorstChange

MOST_LEVELS = 50  # of a protected column: with more it is no group
MOST_MISSING = 12  # slices of rows where one feature is missing
EXPLAINED = 2000  # rows whose SHAP values are worked out: they cost far more than scores


class CutoffSource(StrEnum):
    """Where the cutoff comes from."""

    POLICY = "the champion's policy"
    GIVEN = "the reviewer"
    SAMPLE = "the reviewed rows themselves"


class MarginSource(StrEnum):
    """Where the margins come from; only the first two stood before anyone could see these rows' figures."""

    RUN = "the run's TOML, read and hashed before anything was scored"
    BUNDLE = "the champion's bundle, written before this review"
    REVIEWER = "the reviewer's policy file; nothing here shows when it was written"
    CONVENTION = "this package's defaults, a convention"

    @property
    def fixed_before(self) -> bool:
        return self in {MarginSource.RUN, MarginSource.BUNDLE}


@dataclass(frozen=True)
class Terms:
    """By whose rules the change is judged."""

    cutoff: CutoffSource = CutoffSource.POLICY
    margins: MarginSource = MarginSource.CONVENTION
    challenger_cutoff: float | None = None  # of the challenger's own policy, where it has one


@dataclass(frozen=True, eq=False)
class Earlier:
    """Rows that the reviewed ones are compared with: of development, or of an earlier period."""

    champion: Side
    challenger: Side
    default: Outcome | None = None
    name: str = "earlier"
    period: NDArray[np.str_] | None = None
    weight: Vector | None = None
    obligor: NDArray[Any] | None = None  # whose row each is (n)
    dated: Dated | None = None  # where the periods are dates

    @property
    def drawn_by_weight(self) -> Earlier:
        """Rows drawn with a chance in proportion to their weight."""
        if self.weight is None:
            return self
        rows = drawn_by_weight(self.weight, len(self.weight))
        return Earlier(
            self.champion.taken(rows),
            self.challenger.taken(rows),
            None if self.default is None else self.default[rows],
            self.name,
            None if self.period is None else self.period[rows],
            obligor=None if self.obligor is None else self.obligor[rows],
            dated=None if self.dated is None else self.dated.taken(rows),
        )


@dataclass(frozen=True, eq=False)
class Fitted:
    """The challenger's own train rows: their outcomes, its PDs, and their weights."""

    default: Outcome
    pd: Vector
    weight: Vector | None = None

    @property
    def drawn_by_weight(self) -> Fitted:
        """Rows drawn with a chance in proportion to their weight."""
        if self.weight is None:
            return self
        rows = drawn_by_weight(self.weight, len(self.weight))
        return Fitted(self.default[rows], self.pd[rows])


@dataclass(frozen=True, eq=False)
class Subject:
    """Champion and challenger on the same n rows; at or above the cutoff an application is declined."""

    champion: Side
    challenger: Side
    default: Outcome | None
    cutoff: float
    grade_edges: tuple[float, ...]
    margins: Margins = Margins()  # noqa: RUF009 - frozen
    protected: Mapping[str, NDArray[Any]] = field(default_factory=dict)  # n each
    amount: Vector | None = None
    period: NDArray[np.str_] | None = None
    earlier: Earlier | None = None
    reseeded: tuple[Vector, ...] = ()  # PDs of champions that differ in their seed alone
    no_reseed: str = "No champion of another seed is at hand."
    ids: Sequence[Any] | None = None  # of the rows; without them they are numbered from 1
    forms: Mapping[str, Vector | str] = field(default_factory=dict)  # the challenger's PDs, or why not
    terms: Terms = Terms()
    rows_sha: NDArray[np.uint64] | None = None  # of each whole row as it came, without its id
    obligor: NDArray[Any] | None = None  # whose row each is (n): one who stands in two periods has migrated
    cluster: tuple[str, NDArray[Any]] | None = None  # a column that says which rows belong together, with its name
    beyond: Beyond = NOTHING  # what further applications and a certificate say
    worst: WorstChange | str = worst_case.NOT_ASKED  # the most that any margin can move, or why it is not known
    fitted: Fitted | None = None
    weight: Vector | None = None  # for how many rows of the population each (n) was drawn; None: each counts once
    dated: Dated | None = None  # where the periods are dates
    decided_by: JudgedByDecisions | None = None  # where decisions decide, and the scores are shown beside

    def __len__(self) -> int:
        return len(self.champion.matrix)

    @cached_property
    def drawn_by_weight(self) -> Subject:
        """Rows drawn with a chance in proportion to their weight, each counting once; all of them without weights."""
        if self.weight is None:
            return self
        rows = drawn_by_weight(self.weight, len(self))
        return replace(
            self,
            champion=self.champion.taken(rows),
            challenger=self.challenger.taken(rows),
            default=None if self.default is None else self.default[rows],
            protected={name: values[rows] for name, values in self.protected.items()},
            amount=None if self.amount is None else self.amount[rows],
            period=None if self.period is None else self.period[rows],
            dated=None if self.dated is None else self.dated.taken(rows),
            earlier=None if self.earlier is None else self.earlier.drawn_by_weight,
            reseeded=tuple(pd[rows] for pd in self.reseeded),
            ids=None if self.ids is None else [self.ids[i] for i in rows.tolist()],
            rows_sha=None if self.rows_sha is None else self.rows_sha[rows],
            obligor=None if self.obligor is None else self.obligor[rows],
            cluster=None if self.cluster is None else (self.cluster[0], self.cluster[1][rows]),
            fitted=None if self.fitted is None else self.fitted.drawn_by_weight,
            weight=None,
        )

    @cached_property
    def together(self) -> Together:
        """Which rows belong together: by the column that was named, by ids that repeat, or because they are equal."""
        name, labels = self.cluster or ("", None)
        return together(self.champion.matrix, self.default, self.ids, labels, name, self.rows_sha)

    @property
    def clusters(self) -> Clusters | None:
        """Codes (n) of the rows that belong together."""
        return self.together.labels

    @cached_property
    def declined(self) -> tuple[Mask, Mask]:
        """By the champion, by the challenger."""
        return self.champion.pd >= self.cutoff, self.challenger.pd >= self.cutoff

    @cached_property
    def grades(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """By the champion, by the challenger, from 0, the best."""
        before, after = (self.graded(side) for side in self.sides)
        return before, after

    def graded(self, side: Side) -> NDArray[np.intp]:
        """The grade of each row of a side, earlier rows too."""
        grades: NDArray[np.intp] = np.searchsorted(self.grade_edges, side.pd, side="right")
        return grades

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.champion, self.challenger

    @cached_property
    def one_scorer(self) -> bool:
        """Whether the champion stays, or is reviewed against itself."""
        same = self.champion.sha256 == self.challenger.sha256
        return same and np.array_equal(self.champion.pd, self.challenger.pd)

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, Mask]]:
        """The levels of each protected attribute. Raises: DataError for one that has too many."""
        by_attribute = {name: slices.of_group(name, values) for name, values in self.protected.items()}
        for name, masks in by_attribute.items():
            if len(masks) > MOST_LEVELS:
                raise DataError(
                    f"protected column {name!r} must have at most {MOST_LEVELS} levels, however: {len(masks)}"
                )
        return by_attribute

    @cached_property
    def crossed(self) -> Mapping[str, Mapping[str, Mask]]:
        """The groups of every two protected attributes together."""
        return slices.intersections(self.groups)

    @cached_property
    def masks(self) -> Mapping[str, Mask]:
        """The groups and slices in which harm is looked for: named beforehand, and without outcomes."""
        groups = {n: mask for masks in (*self.groups.values(), *self.crossed.values()) for n, mask in masks.items()}
        return groups | _distinct({**slices.thin_file(self.champion.matrix), **self._missing})

    @cached_property
    def _missing(self) -> Mapping[str, Mask]:
        """Where a feature is missing, as it is in at most half of the rows; the most frequent first."""
        missing = np.isnan(self.champion.matrix)
        share, columns = missing.mean(axis=0), self.champion.scorer.features
        order = [int(i) for i in np.argsort(-share, kind="stable") if 0 < share[i] <= 0.5]
        return {f"{columns[i].name} missing": missing[:, i] for i in order[:MOST_MISSING]}

    @cached_property
    def bands(self) -> Mapping[str, Mask]:
        """Where weakness is looked for: the same, and bands of every feature."""
        return {**self.masks, **_distinct(slices.of_features(self.champion.matrix, self.champion.scorer.features))}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All columns that either side reads."""
        columns = [column.read_from for side in self.sides for column in side.scorer.features]
        return tuple(dict.fromkeys(columns))

    @property
    def removed(self) -> tuple[str, ...]:
        """Columns that only the champion makes use of."""
        return tuple(name for name in self.champion.used if name not in self.challenger.used)


def _distinct(masks: Mapping[str, Mask]) -> dict[str, Mask]:
    """One name for each set of rows: features of one bureau file are missing together."""
    first: dict[bytes, str] = {}
    for name, mask in masks.items():
        first.setdefault(np.packbits(mask).tobytes(), name)
    return {name: masks[name] for name in first.values()}


def spread(rows: Rows, most: int = EXPLAINED) -> Rows:
    """At most so many of the rows, evenly spread over their order."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]
