"""All methods of evidence, in the order of a report: what could be asked, whether or not a data set can answer it."""

from __future__ import annotations

from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.calibration import calibration_tests, long_run, reliability
from riskmodel.evaluation.change import (
    decision_churn,
    dependence,
    harm,
    materiality,
    non_inferiority,
    reasons,
    swap_set,
    worst_case,
    worst_slice,
)
from riskmodel.evaluation.discrimination import curves, ranking
from riskmodel.evaluation.fairness import approvals, fairness, proxies
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.robustness import robustness, slices, small_changes
from riskmodel.evaluation.stability import drift, migration, stability

_ROOMS = (
    (curves, ranking),
    (reliability, calibration_tests, long_run),
    (stability, migration),
    (robustness, small_changes, slices),
    (approvals, fairness, proxies),
    (swap_set, decision_churn, reasons, harm, worst_slice, worst_case, non_inferiority, dependence, materiality),
    (drift,),
)


def methods() -> tuple[Method, ...]:
    """Every method that has a threshold of its own, section by section."""
    result = [m for rooms in _ROOMS for room in rooms for m in vars(room).values() if isinstance(m, Method)]
    sections = list(dict.fromkeys(method.section for method in result))
    return tuple(sorted(dict.fromkeys(result), key=lambda method: sections.index(method.section)))


def without_outcome(rows: int) -> tuple[Evidence, ...]:
    """What no data without outcomes can answer, each NOT EVALUATED with that reason."""
    return tuple(not_evaluated(m, "The data have no outcome.", rows) for m in methods() if m.needs_outcome)
