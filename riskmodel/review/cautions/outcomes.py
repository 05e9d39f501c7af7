"""Of PDs, outcomes and dates: what was rounded, calibrated on the reviewed rows, left out by outcome, or is a gap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from riskmodel.core import Interval, Outcome, Vector
from riskmodel.evaluation.metrics.calibration import slope_and_intercept
from riskmodel.evaluation.requirements import too_few
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.cautions import Caution, Check
from riskmodel.review.cautions.columns import filled
from riskmodel.review.evidence.periods import Dated
from riskmodel.review.evidence.subject import Subject
from riskmodel.review.findings import Severity
from riskmodel.review.wording import count, figure, listed
from riskmodel.stats.interval import Z

ROUNDED = Check("rounded", "PDs that were rounded")
CALIBRATED = Check("calibrated_here", "PDs that were calibrated on the reviewed rows")
SELECTED = Check("selected_by_outcome", "Rows that were left out by their outcome")
DATES = Check("dates", "Dates that run on from those before, without a gap")
ROLES = ("champion", "challenger")
DIGITS = 4  # with more, rounding moves nothing that matters
TOO_GOOD = 0.01  # standard errors: slope and intercept both as near by chance is one of thousands of samples
RATIO, ALPHA = 1.5, 0.001  # convention: bads against PDs, now against before; and of chance alone


def of_outcomes(subject: Subject, limits: Thresholds) -> Iterator[Caution]:
    """Four checks, and how both read missing values; of weighted rows, those that are drawn by weight."""
    yield filled(subject)
    yield rounded(subject)
    yield calibrated_here(subject, limits)
    yield selected_by_outcome(subject, limits)
    yield dates(subject)


def rounded(subject: Subject) -> Caution:
    """Whether a side's PDs are all of a few digits: then applicants tie whom the model tells apart."""
    digits = {role: _digits(side.pd) for role, side in zip(ROLES, subject.sides, strict=True)}
    guilty = {role: most for role, most in digits.items() if most is not None}
    if not guilty:
        return ROUNDED.clear(f"PDs have more than {DIGITS} digits.")
    words = [f"{role}'s to {most} digits" for role, most in guilty.items()]
    sides = [f"{role}: {count(len(np.unique(getattr(subject, role).pd)))} distinct PDs" for role in guilty]
    evidence = f"{'; '.join(sides)} in {count(len(subject))} rows. Ties lower an AUC and crowd at the cutoff."
    return ROUNDED.warned(f"PDs are rounded: the {' and the '.join(words)}.", evidence, Severity.MEDIUM)


def _digits(pd: Vector) -> int | None:
    for digits in range(1, DIGITS + 1):
        scaled = pd * 10**digits
        if np.abs(scaled - np.round(scaled)).max() < 1e-9 * 10**digits:
            return digits
    return None


def calibrated_here(subject: Subject, limits: Thresholds) -> Caution:
    """Whether slope and intercept are nearer to 1 and 0 than chance brings them."""
    if subject.default is None:
        return CALIBRATED.unknown("The data have no outcome.")
    if few := too_few(subject.default, limits):
        return CALIBRATED.unknown(few)
    pairs = {role: _off(subject.default, side.pd) for role, side in zip(ROLES, subject.sides, strict=True)}
    words = [f"{role}: intercept {a:.2g} and slope {b:.2g} standard errors off" for role, (a, b) in pairs.items()]
    guilty = [role for role, off in pairs.items() if max(off) < TOO_GOOD]
    if not guilty:
        return CALIBRATED.clear(f"{'; '.join(words)}.")
    statement = f"The PDs of the {' and the '.join(guilty)} seem to be calibrated on the reviewed rows."
    return CALIBRATED.warned(statement, f"{'; '.join(words)}: new rows hardly ever come so near.")


def _off(default: Outcome, pd: Vector) -> tuple[float, float]:
    """How many standard errors the intercept lies from 0, and the slope from 1."""
    slope, intercept = slope_and_intercept(default, pd)
    return _errors(intercept, 0.0), _errors(slope, 1.0)


def _errors(interval: Interval, target: float) -> float:
    error = (interval.high - interval.low) / (2 * Z)
    return abs(interval.value - target) / error if error > 0 else float("inf")


def selected_by_outcome(subject: Subject, limits: Thresholds) -> Caution:
    """Whether bads are far more, or far fewer, for their PDs than they were before."""
    earlier = subject.earlier
    if subject.default is None or earlier is None or earlier.default is None:
        return SELECTED.unknown("No earlier rows with outcomes are at hand to compare with.")
    if few := too_few(earlier.default, limits):
        return SELECTED.unknown(few)
    bads = [float(default.sum()) for default in (subject.default, earlier.default)]
    ratios = [max(b, 0.5) / pd.sum() for b, pd in zip(bads, (subject.champion.pd, earlier.champion.pd), strict=True)]
    apart = float(np.log(ratios[0] / ratios[1]))
    p_value = 2 * float(ndtr(-abs(apart) / np.sqrt(sum(1 / max(b, 0.5) for b in bads))))
    evidence = f"Bads over what the champion's PDs expect: {figure(ratios[0], 2)}, and {figure(ratios[1], 2)} before."
    if abs(apart) < np.log(RATIO) or p_value > ALPHA:
        return SELECTED.clear(evidence)
    more = "more" if apart > 0 else "fewer"
    statement = f"Far {more} bads than the scores say, and said before: rows may be left out by their outcome."
    return SELECTED.warned(statement, f"{evidence} Outcomes that are not complete yet, and other times, do it too.")


def dates(subject: Subject) -> Caution:
    """Whether the rows that are compared with come before, and whether a period in between has no row."""
    now, then = subject.dated, None if subject.earlier is None else subject.earlier.dated
    if now is None:
        return DATES.unknown("Nothing dates the rows.")
    span = f"Reviewed: {_span(now)}" + (f"; before: {_span(then)}." if then else ".")
    if then and now.last < then.first:
        return DATES.warned("The rows that are compared with are later than the reviewed ones.", span)
    if gaps := now.gaps:
        statement = f"Periods without a row: {listed(gaps, 6)}."
        return DATES.warned(statement, f"{span} Whatever happened then is not in these figures.", Severity.MEDIUM)
    return DATES.clear(span)


def _span(dated: Dated) -> str:
    return f"{dated.name(dated.first)} to {dated.name(dated.last)}"
