"""What a challenger changes, row by row against the champion: non-inferior, inferior or inconclusive, never "equal".

"Not significantly different" is no evidence that nothing was lost; here the loss must be shown to be under the margin.
"""

from __future__ import annotations

from math import inf, isfinite, log

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from riskmodel.config import Margins
from riskmodel.core import Change, Difference, Outcome, Sample, Vector, Verdict
from riskmodel.evaluation.change import mean_pd
from riskmodel.evaluation.change.rare_faults import NOTHING, Beyond, bounded, bounded_mean, fault_of_ranking
from riskmodel.evaluation.metrics.calibration import squared_error
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.evaluation.requirements import require_events, require_pd
from riskmodel.stats import log_loss, weighted
from riskmodel.stats.clusters import Clusters, effective, skewness, standard_error
from riskmodel.stats.sample_size import FEW, TO_DECIDE, fewest
from riskmodel.stats.skewed import from_normal, to_normal

_LEVEL = 0.95  # one-sided
_HALF = 0.975  # of each of two figures that share the level
_Z_POWER = float(ndtri(0.80))


def compare(  # noqa: PLR0917 (names and PDs stand in one order: challenger, champion)
    challenger: str,
    champion: str,
    sample: Sample,
    pd_challenger: Vector,
    pd_champion: Vector,
    margins: Margins,
    clusters: Clusters | None = None,
    beyond: Beyond = NOTHING,
) -> Change:
    """Tests both on the same rows: AUC by paired placements, Brier and log-loss by paired rows, mean PD by its ratio.

    Parameters
    ----------
    challenger, champion
        Names of the two.
    sample
        Rows (n) that are new to both models, with their weights.
    pd_challenger, pd_champion
        Probabilities of default (n), in [0, 1].
    margins
        The largest loss that counts as none: of AUC, of Brier score, of log-loss in nats, of the level of the PDs; and
        whether bounds hold for faults in a handful of rows too, and of which kind, or these are assumed to be absent.
    clusters
        Codes (n) of rows that belong together, such as the loans of one borrower; None says that none do. Variances are
        then those of Obuchowski 1997 and of the sandwich over clusters, and bounds are Student's where there are fewer
        than 50.
    beyond
        What further applications without outcome, and a certificate, say of faults that the sample does not show.

    Returns
    -------
    Change
        Differences signed so that more is better, with one-sided 95 % bounds. Below 20 bads or goods every verdict is
        inconclusive.

    Raises
    ------
    DataError
        For too few bads or goods, or a PD outside [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> pd = rng.uniform(0.01, 0.4, 3000)
    >>> outcome = (rng.random(3000) < pd).astype(np.int8)
    >>> sample = Sample("test", (), np.empty((3000, 0)), outcome, np.arange(3000))
    >>> change = compare("pruned", "full", sample, 0.99 * pd, pd, Margins())
    >>> str(change.differences["auc"].verdict)
    'non-inferior'
    """
    require_events(sample)
    require_pd(challenger, sample, pd_challenger)
    require_pd(champion, sample, pd_champion)
    default, weight = sample.default, sample.weight
    before = placements(default, pd_champion, clusters, weight)
    placed = placements(default, pd_challenger, clusters, weight) - before
    least, units = fewest(default), placed.units
    saved = {
        "brier": squared_error(default, pd_champion) - squared_error(default, pd_challenger),
        "log_loss": log_loss.of_pd(default, pd_champion) - log_loss.of_pd(default, pd_challenger),
    }
    ranking = judge(placed.auc, placed.standard_error, margins.auc, least, units=units)
    differences = {"auc": ranking}
    for name, values in saved.items():
        differences[name] = _of_mean(values, getattr(margins, name), least, units, clusters, weight)
    if margins.rare_faults != "assumed absent" and not np.array_equal(pd_challenger, pd_champion):
        blind = margins.rare_faults == "blind to the outcome"
        fault = fault_of_ranking(default, pd_challenger, pd_champion, before, beyond, blind)
        differences["auc"] = bounded(ranking, placed, fault)
        rows, worst = effective(clusters, len(default)), _worst_losses(default, pd_challenger, pd_champion)
        differences |= {
            name: bounded_mean(differences[name], values, rows, worst[name]) for name, values in saved.items()
        }
    both = mean_pd.moves(default, pd_challenger, pd_champion, weight)
    judged = (
        judge(shift.value, error, log(margins.mean_pd), least, units=units, level=_HALF)
        for shift, error in zip(both, mean_pd.errors(both, clusters), strict=True)
    )
    differences["mean_pd"] = mean_pd.joined(*judged)
    return Change(challenger, champion, sample.name, differences)


def _worst_losses(default: Outcome, challenger: Vector, champion: Vector) -> dict[str, float]:
    """What a row of the worse class loses on average that gets the worst PD which the challenger gives to any."""
    worst = np.where(default == 1, challenger.min(), challenger.max())
    lost = {
        "brier": squared_error(default, worst) - squared_error(default, champion),
        "log_loss": log_loss.of_pd(default, worst) - log_loss.of_pd(default, champion),
    }
    return {name: max(float(values[default == y].mean()) for y in (0, 1)) for name, values in lost.items()}


def _of_mean(  # noqa: PLR0917
    saved: Vector, margin: float, least: int, units: float, clusters: Clusters | None, weight: Vector | None
) -> Difference:
    """A loss of the challenger below the champion's is a gain; a few rows may lose much, so its mean is skewed."""
    mean, influence = weighted.mean(saved, weight), weighted.influence_on_mean(saved, weight)
    error, skew = standard_error(influence, clusters), skewness(influence, clusters)
    return judge(mean, error, margin, least, units=units, skew=skew)


def judge(
    delta: float,
    standard_error: float,
    margin: float,
    least: float = inf,
    *,
    units: float | None = None,
    skew: float = 0.0,
    level: float = _LEVEL,
) -> Difference:
    """The three verdicts from the one-sided 95 % bounds of a difference, where more is better (Liu et al. 2006).

    Parameters
    ----------
    delta, standard_error
        The difference and its standard error, in the unit of the margin.
    margin
        The largest loss that counts as none.
    least
        Rows of the smaller class. Below 20 nothing is decided: a challenger that spoils one PD in fifty, which few bads
        do not show, passed as no worse in up to one of five samples.
    units
        How many of them, or of equal clusters of rows, are independent; below 50 the bounds are Student's.
    skew
        Skewness of `delta` (Hall 1992).
    level
        Of the one-sided bounds.
    """
    freedom = _freedom(least if units is None else units)
    quantile = float(stdtrit(freedom, level) if isfinite(freedom) else ndtri(level))
    lower = delta - from_normal(quantile, skew) * standard_error
    upper = delta - from_normal(-quantile, skew) * standard_error
    if least < TO_DECIDE or not isfinite(standard_error):
        return Difference(delta, standard_error, lower, upper, margin, 1.0, 1.0, Verdict.INCONCLUSIVE)
    verdict = Verdict.INCONCLUSIVE
    if lower > -margin:
        verdict = Verdict.NON_INFERIOR
    elif upper < -margin:
        verdict = Verdict.INFERIOR
    detectable = (from_normal(quantile, skew) + _Z_POWER) * standard_error
    p_value = _p_value(delta, standard_error, margin, freedom, skew)
    return Difference(delta, standard_error, lower, upper, margin, p_value, detectable, verdict)


def _freedom(units: float) -> float:
    """Infinite where Student's law is the normal one for all that matters."""
    return max(units - 1, 1.0) if units < FEW else inf


def _p_value(delta: float, standard_error: float, margin: float, freedom: float, skew: float) -> float:
    """Of H0: delta <= -margin. Equal rankings have no standard error: then the sign alone decides."""
    if standard_error == 0:
        return 0.0 if delta > -margin else 1.0
    statistic = -to_normal((delta + margin) / standard_error, skew)
    return float(stdtr(freedom, statistic) if isfinite(freedom) else ndtr(statistic))
