"""The smallest model that decides as the given one does: the data of its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskmodel.core import Change
from riskmodel.evaluation.change.agreement import Agreement, rows_needed
from riskmodel.evaluation.robustness.before_and_after import NOT_ASKED, SmallChangeComparison
from riskmodel.review.wording import count, figure
from riskmodel.stats.words import percent
from riskmodel.trees.worst_case import DecisionProof


@dataclass(frozen=True)
class DecisionPoint:
    """One model on one sample, beside the given one.

    Parameters
    ----------
    trees, leaves
        Of the model.
    agreement
        Of its decisions with the given one's.
    mean_dpd
        Mean change of the PD.
    """

    name: str
    trees: int
    leaves: int
    agreement: Agreement
    mean_dpd: float


@dataclass(frozen=True)
class Everyone:
    """What is proved of every possible applicant, seen or unseen.

    Parameters
    ----------
    proof
        Of the margins.
    low, high
        Who has a PD by the given model outside of these is decided alike.
    share
        Of the test rows, those outside.
    """

    proof: DecisionProof
    low: float
    high: float
    share: float

    @property
    def statement(self) -> str:
        """One line."""
        if self.proof.everyone:
            how = "" if self.proof.kinds is None else f" ({count(self.proof.kinds)} kinds, each scored)"
            return f"every possible applicant is decided alike{how}"
        return (
            f"every possible applicant whose given PD is below {figure(self.low)} or above {figure(self.high)} is "
            f"decided alike: {percent(self.share, 1)} of the test rows"
        )


@dataclass(frozen=True)
class SameDecisions:
    """What the search for the smallest model with the same decisions came to.

    Parameters
    ----------
    share
        Of applications that must be decided alike; 1 is every possible one.
    cutoff
        PD from which an application is declined.
    points, tested
        Every size on selection, largest first; those that test was asked of. The first of each is the given model.
    asked
        Whom the test sample was to confirm, in this order, each at the full level, up to the first failure.
    everyone
        What is proved of the chosen one.
    change
        The figures that take outcomes, on test; None where no outcomes were given.
    record
        Hashes, seed, rows.
    small_changes
        What a small change of the inputs turns before and after, on test.
    """

    title: str
    method: str
    share: float
    cutoff: float
    chosen: str
    confirmed: bool
    points: tuple[DecisionPoint, ...]
    tested: tuple[DecisionPoint, ...]
    asked: tuple[str, ...]
    everyone: Everyone
    change: Change | None
    record: Mapping[str, Any]
    small_changes: SmallChangeComparison | str = NOT_ASKED

    @property
    def given(self) -> DecisionPoint:
        return self.points[0]

    @property
    def written(self) -> DecisionPoint:
        """The chosen one on test."""
        return next(point for point in self.tested if point.name == self.chosen)

    @property
    def reached(self) -> str:
        """One line."""
        one, given = self.written, self.given
        same = one.agreement
        return (
            f"{self.chosen}: {count(one.leaves)} of {count(given.leaves)} leaves, {count(one.trees)} of "
            f"{count(given.trees)} trees; on test {count(same.turned)} of {count(same.rows)} decisions turn, "
            f"{percent(same.share, 4)} alike "
            f"(lower bound {percent(same.lower, 4)}, asked {percent(self.share, 4)}); {self.everyone.statement}."
            f"{'' if self.confirmed else f' {self.not_confirmed}'}"
        )

    @property
    def price(self) -> str:
        """What the share asked takes in leaves, and what half of them decides alike: of selection, in one line."""
        cuts, whole = self.points[1:], self.given.leaves
        able = min((one for one in cuts if one.agreement.share >= self.share), key=_leaves, default=None)
        half = max((one for one in cuts if 2 * one.leaves <= whole), key=_leaves, default=None)
        of = f"of {count(whole)} leaves"
        takes = f"takes {count(able.leaves)} {of}" if able else f"is reached by no smaller size {of}"
        fewer = f"; {count(half.leaves)} leaves decide {percent(half.agreement.share, 3)} alike" if half else ""
        return f"On selection {percent(self.share, 4)} alike {takes}{fewer}."

    @property
    def not_confirmed(self) -> str:
        """Why the chosen one is not confirmed."""
        rows = self.written.agreement.rows
        if self.share == 1:
            why = "of no smaller model it is proved for every possible applicant"
        elif rows < (needed := rows_needed(self.share)):
            why = f"test has {count(rows)} rows, and without a turned decision {count(needed)} are needed"
        elif not self.asked:
            why = "on selection no smaller size is likely to be shown"
        else:
            why = f"the lower bound on test is {percent(self.written.agreement.lower, 4)}"
        return f"NOT CONFIRMED: nothing smaller was shown to decide alike ({why})."


def _leaves(point: DecisionPoint) -> int:
    return point.leaves


def point_rows(points: tuple[DecisionPoint, ...]) -> list[dict[str, Any]]:
    """The points for a table or a program: plain values, in the order given."""
    return [
        {
            "name": point.name,
            "trees": point.trees,
            "leaves": point.leaves,
            "rows": point.agreement.rows,
            "turned": point.agreement.turned,
            "newly_approved": point.agreement.approved,
            "newly_declined": point.agreement.declined,
            "alike": point.agreement.share,
            "alike_low": point.agreement.lower,
            "mean_dpd": point.mean_dpd,
        }
        for point in points
    ]
