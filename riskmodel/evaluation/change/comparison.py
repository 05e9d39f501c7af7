"""What a challenger changes, row by row against the champion: non-inferior, inferior or inconclusive, never "equal".

"Not significantly different" is no evidence that nothing was lost; here the loss must be shown to be under the margin.
"""

from __future__ import annotations

from math import inf

from scipy.special import ndtr, ndtri, stdtr

from riskmodel.config import Margins
from riskmodel.core import FEWEST_TO_DECIDE, Change, Difference, Sample, Vector, Verdict
from riskmodel.evaluation.metrics.calibration import squared_error, surprise
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.evaluation.requirements import require_events, require_pd
from riskmodel.stats.interval import standard_error_of_mean
from riskmodel.stats.small_sample import FEW, fewest, one_sided

_Z = float(ndtri(0.95))  # one-sided
_Z_POWER = float(ndtri(0.80))


def compare(  # noqa: PLR0917 (names and PDs stand in one order: challenger, champion)
    challenger: str, champion: str, sample: Sample, pd_challenger: Vector, pd_champion: Vector, margins: Margins
) -> Change:
    """Tests both on the same rows (n): AUC by paired DeLong placements, Brier and log-loss by paired rows.

    Rows must be new to both models, and independent. Below 20 bads or goods every verdict is inconclusive.
    Raises: DataError for too few bads or goods, or a PD outside [0, 1].
    """
    require_events(sample)
    require_pd(challenger, sample, pd_challenger)
    require_pd(champion, sample, pd_champion)
    default = sample.default
    least = fewest(default)
    placed = placements(default, pd_challenger) - placements(default, pd_champion)
    differences = {
        "auc": judge(placed.auc, placed.standard_error, margins.auc, least),
        "brier": _saved(
            squared_error(default, pd_champion), squared_error(default, pd_challenger), margins.brier, least
        ),
        "log_loss": _saved(surprise(default, pd_champion), surprise(default, pd_challenger), margins.log_loss, least),
    }
    return Change(challenger, champion, sample.name, differences)


def _saved(champion: Vector, challenger: Vector, margin: float, least: int) -> Difference:
    """A loss of the challenger below the champion's is a gain."""
    saved = champion - challenger
    return judge(float(saved.mean()), standard_error_of_mean(saved), margin, least)


def judge(delta: float, standard_error: float, margin: float, least: float = inf) -> Difference:
    """The three verdicts from the one-sided 95 % bounds of a difference, where more is better (Liu et al. 2006).

    `least` is how many rows the smaller class has. Below 50 the bounds are Student's. Below 20 nothing is decided: a
    challenger that spoils one PD in fifty, which few bads do not show, passed as no worse in up to one of five samples.
    """
    z = one_sided(int(least)) if least < FEW else _Z
    lower, upper = delta - z * standard_error, delta + z * standard_error
    if least < FEWEST_TO_DECIDE:
        return Difference(delta, standard_error, lower, upper, margin, 1.0, 1.0, Verdict.INCONCLUSIVE)
    verdict = Verdict.INCONCLUSIVE
    if lower > -margin:
        verdict = Verdict.NON_INFERIOR
    elif upper < -margin:
        verdict = Verdict.INFERIOR
    p_value, detectable = _p_value(delta, standard_error, margin, least), (z + _Z_POWER) * standard_error
    return Difference(delta, standard_error, lower, upper, margin, p_value, detectable, verdict)


def _p_value(delta: float, standard_error: float, margin: float, least: float) -> float:
    """Of H0: delta <= -margin. Equal rankings have no standard error: then the sign alone decides."""
    if standard_error == 0:
        return 0.0 if delta > -margin else 1.0
    statistic = -(delta + margin) / standard_error
    return float(stdtr(least - 1, statistic) if least < FEW else ndtr(statistic))
