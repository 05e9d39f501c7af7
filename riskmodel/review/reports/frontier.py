"""One pruned model beside the given one: the data of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskmodel.core import Change, Difference, Interval, Verdict
from riskmodel.evaluation.change.certificate import Certificate
from riskmodel.evaluation.change.fidelity import Fidelity
from riskmodel.evaluation.change.network_certificate import NetworkCertificate
from riskmodel.evaluation.robustness.before_and_after import NOT_ASKED, SmallChangeComparison
from riskmodel.review.wording import count, label, signed

GIVEN = "given"
IDENTICAL = "identical"


@dataclass(frozen=True)
class ModelWords:
    """What a page says of one sort of model.

    Parameters
    ----------
    parts, wholes
        What is counted: leaves and trees, or weights and neurons.
    rivals
        What stands beside the chosen size.
    flattered
        What else looks too good where the model was trained on rows of this table.
    """

    parts: str = "leaves"
    wholes: str = "trees"
    rivals: str = (
        "Beside the chosen size stand its honest rivals: the first trees of the same model, and models of at most as "
        "many leaves trained from scratch."
    )
    flattered: str = ", and so do its first trees' figures"


OF_TREES = ModelWords()
OF_NETWORK = ModelWords(
    parts="weights",
    wholes="neurons",
    rivals=(
        "Beside the chosen size stand neurons or weights that were drawn, refitted alike, and those of the largest "
        "magnitude, not refitted. A network of this size trained from scratch is NOT EVALUATED: the file does not say "
        "how it was trained."
    ),
    flattered="",
)


@dataclass(frozen=True)
class Point:
    """One model on one sample; `difference` is its AUC less the given one's, None of the given one itself.

    Of a network `leaves` are its weights that are not zero, `trees` its neurons.
    """

    name: str
    method: str
    keep: float
    trees: int | None  # None of a column of PDs, whose model is not known
    leaves: int | None
    auc: Interval
    fidelity: Fidelity
    difference: Difference | None = None
    verdict: Verdict | None = None  # of the figures that decide, at the full level


@dataclass(frozen=True)
class Frontier:
    """What pruning one model came to: every size on selection, and the chosen one with its rivals on test."""

    title: str
    method: str
    chosen: str
    margin: float
    points: tuple[Point, ...]  # on selection; the given model is the first
    tested: tuple[Point, ...]  # on test; likewise
    change: Change  # the chosen one on test, in all figures
    certificate: Certificate | NetworkCertificate
    record: Mapping[str, Any]  # hashes, seed, rows
    confirmed: bool = True  # whether the test sample shows that the chosen one, smaller than the given, is no worse
    decided_by: str = "auc"  # the figure with the weakest evidence on test, of those that decide
    asked: tuple[str, ...] = ()  # whom the test sample was to confirm, in this order
    words: ModelWords = OF_TREES
    small_changes: SmallChangeComparison | str = NOT_ASKED  # on test, or why they could not be asked

    @property
    def given(self) -> Point:
        return self.points[0]

    @property
    def written(self) -> Point:
        return next(point for point in self.points if point.name == self.chosen)

    @property
    def verdict(self) -> str:
        """Of the AUC on test; a model that no row tells from the given one has not gained, but is identical."""
        return IDENTICAL if self.change.identical else str(self.change.differences["auc"].verdict)

    @property
    def reached(self) -> str:
        """One line."""
        auc = self.change.differences["auc"]
        return (
            f"{self.chosen}: {self._size}; "
            f"on test AUC {signed(auc.delta)} "
            f"(lower bound {signed(auc.lower)}, margin {auc.margin:.4g}): {self.verdict}."
            f"{'' if self.confirmed else f' {self.not_confirmed}'}"
        )

    @property
    def _size(self) -> str:
        given, written = self.given, self.written
        if not given.leaves or not written.leaves:
            return f"{count(written.leaves)} {self.words.parts}, {count(written.trees)} {self.words.wholes}"
        times = f"{given.leaves / written.leaves:.3g} times fewer"
        wholes = f"{count(written.trees)} of {count(given.trees)} {self.words.wholes}"
        return f"{count(written.leaves)} of {count(given.leaves)} {self.words.parts} ({times}), {wholes}"

    @property
    def _is_smaller(self) -> bool:
        given, written = self.given, self.written
        if given.leaves is None or given.trees is None:
            return True
        return (written.leaves or 0) < given.leaves or (written.trees or 0) < given.trees

    @property
    def not_confirmed(self) -> str:
        """Why the chosen one is not confirmed."""
        if not self._is_smaller:
            return "NOT CONFIRMED: it is not smaller than the given model."
        weakest = self.change.differences[self.decided_by]
        if self.chosen not in self.asked:
            why = "on selection no smaller size is likely to be shown to be no worse"
        else:
            why = f"{label(self.decided_by)}: lower bound {signed(weakest.lower)}, margin {weakest.margin:.4g}"
        return f"NOT CONFIRMED: nothing smaller was shown to be no worse ({why})."


def rows(points: Sequence[Point], words: ModelWords = OF_TREES) -> list[dict[str, Any]]:
    """The points for a table or a program: plain values, in the order given."""
    return [
        {
            "name": point.name,
            "method": point.method,
            "keep": point.keep,
            words.wholes: point.trees,
            words.parts: point.leaves,
            "auc": point.auc.value,
            "auc_low": point.auc.low,
            "auc_high": point.auc.high,
            "delta_auc": point.difference.delta if point.difference else 0.0,
            "delta_low": point.difference.lower if point.difference else 0.0,
            "delta_high": point.difference.upper if point.difference else 0.0,
            "verdict": _verdict(point),
            "mean_dpd": point.fidelity.mean,
            "p99_dpd": point.fidelity.p99,
        }
        for point in points
    ]


def _verdict(point: Point) -> str:
    if point.verdict is None or point.difference is None:
        return GIVEN
    same = point.fidelity.mean == point.difference.delta == point.difference.standard_error == 0
    return IDENTICAL if same else str(point.verdict)
