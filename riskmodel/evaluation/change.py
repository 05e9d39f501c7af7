"""What a challenger changes, row by row against the champion: non-inferior, inferior or inconclusive, never "equal".

"Not significantly different" is no evidence that nothing was lost; here the loss must be shown to be under the margin.
"""

from __future__ import annotations

from scipy.special import ndtr, ndtri

from riskmodel.config import Margins
from riskmodel.core import Change, Difference, Sample, Vector, Verdict
from riskmodel.evaluation.calibration import squared_error, surprise
from riskmodel.evaluation.discrimination import placements
from riskmodel.evaluation.events import require_events, require_pd
from riskmodel.evaluation.interval import standard_error_of_mean

_Z = float(ndtri(0.95))  # one-sided
_Z_POWER = float(ndtri(0.80))


def compare(  # noqa: PLR0917 (names and PDs stand in one order: challenger, champion)
    challenger: str, champion: str, sample: Sample, pd_challenger: Vector, pd_champion: Vector, margins: Margins
) -> Change:
    """Tests both on the same rows (n): AUC by paired DeLong placements, Brier and log-loss by paired rows.

    Rows must be new to both models, and independent.
    Raises: DataError for too few bads or goods, or a PD outside [0, 1].
    """
    require_events(sample)
    require_pd(challenger, sample, pd_challenger)
    require_pd(champion, sample, pd_champion)
    default = sample.default
    placed = placements(default, pd_challenger) - placements(default, pd_champion)
    differences = {
        "auc": judge(placed.auc, placed.standard_error, margins.auc),
        "brier": _saved(squared_error(default, pd_champion), squared_error(default, pd_challenger), margins.brier),
        "log_loss": _saved(surprise(default, pd_champion), surprise(default, pd_challenger), margins.log_loss),
    }
    return Change(challenger, champion, sample.name, differences)


def _saved(champion: Vector, challenger: Vector, margin: float) -> Difference:
    """A loss of the challenger below the champion's is a gain."""
    saved = champion - challenger
    return judge(float(saved.mean()), standard_error_of_mean(saved), margin)


def judge(delta: float, standard_error: float, margin: float) -> Difference:
    """The three verdicts from the one-sided 95 % bounds of a difference, where more is better (Liu et al. 2006)."""
    lower, upper = delta - _Z * standard_error, delta + _Z * standard_error
    verdict = Verdict.INCONCLUSIVE
    if lower > -margin:
        verdict = Verdict.NON_INFERIOR
    elif upper < -margin:
        verdict = Verdict.INFERIOR
    p_value, detectable = _p_value(delta, standard_error, margin), (_Z + _Z_POWER) * standard_error
    return Difference(delta, standard_error, lower, upper, margin, p_value, detectable, verdict)


def _p_value(delta: float, standard_error: float, margin: float) -> float:
    """Of H0: delta <= -margin. Equal rankings have no standard error: then the sign alone decides."""
    if standard_error == 0:
        return 0.0 if delta > -margin else 1.0
    return float(ndtr(-(delta + margin) / standard_error))
