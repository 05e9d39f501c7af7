"""Whether rows, scores and outcomes still are what they were: against earlier rows, as a whole and period by period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.stability import drift, migration, stability, two_dates
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.evidence.entry import Entry, Whom
from riskmodel.review.evidence.subject import Earlier, Subject

NO_EARLIER = "No earlier rows are at hand to compare with."
ONE_PERIOD = "all"
EARLIER = " (earlier)"
WATCHED = (
    stability.PSI,
    stability.CSI,
    drift.MISSING,
    migration.CONCENTRATION,
    drift.BAD_RATE,
    drift.CALIBRATION,
    drift.AUC,
)


def dated_names(subject: Subject) -> frozenset[str]:
    """The names of periods that are dates; earlier ones with the word that tells them apart."""
    parts = [part.dated for part in (subject, subject.earlier) if part is not None and part.dated is not None]
    names = {name for dated in parts for name in np.unique(dated.names).tolist()}
    return frozenset(names | {name + EARLIER for name in names})


def monitored(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    """Drift of scores, features, missing values and outcomes; each NOT EVALUATED without earlier rows."""
    yield from _migrations(subject, limits)
    earlier = subject.earlier
    if earlier is None:
        yield from (Entry("data", not_evaluated(method, NO_EARLIER, len(subject))) for method in WATCHED)
        return
    period = np.full(len(subject), ONE_PERIOD) if subject.period is None else subject.period
    yield from _scores(subject, earlier, period, limits)
    then, now, features = earlier.champion.matrix, subject.champion.matrix, subject.champion.scorer.features
    yield from _all("data", drift.feature_shift(then, now, features, period, limits))
    yield from _all("data", drift.missing_shift(then, now, features, period, limits))
    yield from _outcomes(subject, earlier, period, limits)


def _migrations(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    """Of obligors who stand in two periods, from the first to the last; earlier rows come before all others."""
    whose: tuple[Whom, Whom] = ("champion", "challenger")
    parts = [(str(i), part) for i, part in enumerate((subject.earlier, subject)) if part and part.obligor is not None]
    for whom in whose:
        if not parts:
            yield from (Entry(whom, evidence) for evidence in two_dates.without(len(subject)))
            continue
        obligor = np.concatenate([np.asarray(part.obligor).astype(str) for _, part in parts])
        period = np.concatenate([_dated(number, part, len(part.champion.matrix)) for number, part in parts])
        grade = np.concatenate([subject.graded(getattr(part, whom)) for _, part in parts])
        counts = two_dates.between_dates(obligor, period, grade, len(subject.grade_edges) + 1)
        yield from (Entry(whom, evidence) for evidence in two_dates.migration(counts, limits))


def _dated(number: str, part: Earlier | Subject, rows: int) -> NDArray[np.str_]:
    when = np.full(rows, "") if part.period is None else part.period
    return np.char.add(f"{number} ", when.astype(str))


def _scores(subject: Subject, earlier: Earlier, period: NDArray[np.str_], limits: Thresholds) -> Iterator[Entry]:
    whose: tuple[Whom, Whom] = ("champion", "challenger")
    for whom in whose:
        then, now = getattr(earlier, whom).pd, getattr(subject, whom).pd
        yield from _all(whom, drift.score_shift(then, now, period, limits))
        grades = len(subject.grade_edges) + 1
        sides = getattr(earlier, whom), getattr(subject, whom)
        counts = [np.bincount(subject.graded(side), minlength=grades) for side in sides]
        yield Entry(whom, migration.concentration(counts[0], counts[1], limits))


def _outcomes(subject: Subject, earlier: Earlier, period: NDArray[np.str_], limits: Thresholds) -> Iterator[Entry]:
    if subject.default is None or earlier.default is None:
        return
    weights = earlier.weight, subject.weight
    yield Entry("data", drift.bad_rate(earlier.default, subject.default, period, limits, weights))
    before = _in_time(earlier, period)
    whose: tuple[Whom, Whom] = ("champion", "challenger")
    for whom in whose:
        then, now = getattr(earlier, whom).pd, getattr(subject, whom).pd
        yield Entry(whom, drift.calibration(earlier.default, then, before, limits, earlier.weight))
        yield Entry(whom, drift.calibration(subject.default, now, period, limits, subject.weight))
        yield Entry(whom, drift.auc(earlier.default, then, subject.default, now, period, limits, weights))


def _in_time(earlier: Earlier, later: NDArray[np.str_]) -> NDArray[np.str_]:
    """The periods of the earlier rows; a name that later rows have too is told apart."""
    names = np.full(len(earlier.champion.matrix), earlier.name) if earlier.period is None else earlier.period
    both = np.isin(names, later)
    return np.where(both, np.char.add(names.astype(str), EARLIER), names)


def _all(whom: Whom, pieces: Sequence[Evidence]) -> Iterator[Entry]:
    for evidence in pieces:
        yield Entry(whom, replace(evidence, period="") if evidence.period == ONE_PERIOD else evidence)


def plan(methods: Sequence[Method], limits: Thresholds) -> list[dict[str, Any]]:
    """What to watch after the change and where an alarm begins: one row a figure, from the thresholds of the file."""
    return [_watched(method, limits) for method in methods if method.id in limits.by_name]


def _watched(method: Method, limits: Thresholds) -> dict[str, Any]:
    threshold = limits[method.id]
    needs = "outcomes" if method.needs_outcome else "applications"
    return {
        "id": method.id,
        "title": method.title,
        "needs": needs,
        "attention": threshold.attention,
        "fail": threshold.fail,
        "worse": threshold.worse,
        "source": threshold.source,
    }


def alarms(entries: Sequence[Entry]) -> list[Mapping[str, Any]]:
    """Marks of attention and failure among what is watched, failures first."""
    watched = {method.id for method in WATCHED}
    watched_entries = {id(entry.evidence): entry for entry in entries if entry.id in watched}
    return [
        {
            "id": entry.id,
            "title": entry.evidence.method.title,
            "whom": entry.whom,
            "about": entry.evidence.about,
            "measure": entry.evidence.measure,
            "attribute": entry.evidence.attribute,
            "period": entry.evidence.period,
            "verdict": str(entry.evidence.mark),
            "value": entry.evidence.value,
            "reason": entry.evidence.reason,
        }
        for entry in (
            watched_entries[id(e)] for e in drift.alarms(entry.evidence for entry in watched_entries.values())
        )
    ]
