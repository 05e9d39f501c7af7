"""How good each of the two is on rows with outcomes: ranking, and whether its PDs are right."""

from __future__ import annotations

from collections.abc import Iterator

from riskmodel.core import Outcome
from riskmodel.evaluation.calibration import calibration_tests, reliability
from riskmodel.evaluation.calibration.long_run import long_run
from riskmodel.evaluation.discrimination import curves, ranking
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.evaluation.requirements import too_few
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.evidence.entry import Entry, Whom
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import Subject

NO_INITIAL = "No earlier rows with outcomes give an initial AUC."


def outcomes(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    """Every figure of both sides; nothing without outcomes."""
    if subject.default is None:
        return
    whose: tuple[Whom, Whom] = ("champion", "challenger")
    for whom, side, grade in zip(whose, subject.sides, subject.grades, strict=True):
        default, pd, clusters, weight = subject.default, side.pd, subject.clusters, subject.weight
        pieces = [
            curves.auc(default, pd, limits, clusters, weight),
            curves.gini(default, pd, limits, clusters, weight),
            curves.ks(default, pd, limits, weight),
            curves.partial_auc(default, pd, subject.cutoff, limits, clusters, weight),
            curves.cap(default, pd, limits),
            ranking.rank_order(default, grade, limits),
            reliability.skill(default, pd, limits, clusters, weight),
            calibration_tests.slope(default, pd, limits, clusters, weight),
            calibration_tests.intercept(default, pd, limits, clusters, weight),
            calibration_tests.spiegelhalter(default, pd, limits, clusters, weight),
            calibration_tests.hosmer_lemeshow(default, pd, limits, subject.period),
            calibration_tests.jeffreys(default, pd, limits, subject.period, weight),
            calibration_tests.jeffreys_grades(default, pd, grade, limits, subject.period),
            reliability.curve(default, pd, limits),
            long_run(default, pd, subject.period, limits, weight),
        ]
        yield from (Entry(whom, evidence) for evidence in pieces)
        yield _against_initial(whom, side, subject, default, limits)


def _against_initial(whom: Whom, side: Side, subject: Subject, default: Outcome, limits: Thresholds) -> Entry:
    earlier, method = subject.earlier, ranking.AGAINST_INITIAL
    if earlier is None or earlier.default is None or too_few(earlier.default, limits):
        return Entry(whom, not_evaluated(method, NO_INITIAL, len(default)))
    then = placements(earlier.default, getattr(earlier, whom).pd, weight=earlier.weight)
    initial = then.auc, then.standard_error
    return Entry(whom, ranking.against_initial(default, side.pd, *initial, limits, subject.weight))
