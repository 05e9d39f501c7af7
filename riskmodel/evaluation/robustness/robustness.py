"""Evidence of how much a scorer's ranking depends on clean data, on the rows it was fitted on, and on its seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot

import numpy as np
from scipy.special import ndtr
from scipy.stats import chi2

from riskmodel.core import Interval, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts
from riskmodel.evaluation.grading import by_value, not_evaluated, table
from riskmodel.evaluation.metrics.discrimination import Placements, placements
from riskmodel.evaluation.preconditions import evidence
from riskmodel.evaluation.requirements import require_rows, too_few
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.interval import around, simultaneous

DECAY = Method(
    "robustness.decay",
    "AUC lost when features are made worse",
    "AUC of the clean rows less AUC of the same rows perturbed, paired",
    "DeLong, DeLong and Clarke-Pearson 1988; simultaneous intervals (Bonferroni)",
    "How much noise is realistic is the reader's to say.",
    "nothing is lost",
)
EXCESS_DECAY = Method(
    "robustness.excess_decay",
    "AUC that only the challenger loses",
    "(AUC lost by the challenger) - (AUC lost by the champion) under the same perturbation, paired",
    "DeLong, DeLong and Clarke-Pearson 1988; simultaneous intervals (Bonferroni)",
    "Both scorers must have seen the same perturbed values.",
    "the challenger loses no more than the champion",
)
OVERFIT = Method(
    "robustness.overfit",
    "Overfit",
    "AUC on the rows of the fit less AUC on new rows, both variances counted",
    "practice; DeLong, DeLong and Clarke-Pearson 1988",
    "Two samples of one population; after a change of population the fall has two causes.",
    "the AUC is the same on new rows",
    counts_weights=True,
)
SEED_SPREAD = Method(
    "robustness.seed_spread",
    "Spread over seeds",
    "standard deviation of the AUC over scorers that differ in their seed alone",
    "interval by the chi-square law of a variance",
    "The same rows for all. Fewer than three seeds say nothing; five still give a wide interval.",
)
_SEEDS = 3


@evidence(DECAY, min_bads=True)
def decay(default: Outcome, clean: Vector, perturbed: Mapping[str, Vector], limits: Thresholds) -> Evidence:
    """What each perturbation costs; scores (n) by the name of the perturbation."""
    rows, bads = len(default), int(default.sum())
    before = placements(default, clean)
    losses = {name: before - placements(default, score) for name, score in perturbed.items()}
    return by_parts(DECAY, limits, _parts(losses, rows, bads), rows, "perturbation", bads=bads)


@evidence(EXCESS_DECAY, min_bads=True)
def excess_decay(  # noqa: PLR0917
    default: Outcome,
    champion: Vector,
    challenger: Vector,
    champion_perturbed: Mapping[str, Vector],
    challenger_perturbed: Mapping[str, Vector],
    limits: Thresholds,
) -> Evidence:
    """What each perturbation costs the challenger beyond what it costs the champion.

    Raises: DataError where the two were not perturbed alike.
    """
    if set(champion_perturbed) != set(challenger_perturbed):
        names = ", ".join(sorted(set(champion_perturbed) ^ set(challenger_perturbed)))
        raise DataError(f"both scorers must have the same perturbations, however: {names} of one alone")
    rows, bads = len(default), int(default.sum())
    clean = placements(default, challenger) - placements(default, champion)
    losses = {
        name: clean - (placements(default, challenger_perturbed[name]) - placements(default, score))
        for name, score in champion_perturbed.items()
    }
    return by_parts(EXCESS_DECAY, limits, _parts(losses, rows, bads), rows, "perturbation", bads=bads)


def _parts(losses: Mapping[str, Placements], rows: int, bads: int) -> list[Subgroup]:
    parts = []
    for name, loss in losses.items():
        error = loss.standard_error
        p_value = float(ndtr(-loss.auc / error)) if error else float(loss.auc <= 0)
        parts.append(Subgroup(name, rows, bads, simultaneous(loss.auc, error, len(losses)), p_value))
    return parts


def overfit(  # noqa: PLR0917
    default_fitted: Outcome,
    score_fitted: Vector,
    default_new: Outcome,
    score_new: Vector,
    limits: Thresholds,
    weights: tuple[Vector | None, Vector | None] = (None, None),
) -> Evidence:
    """How much of the AUC on the rows of the fit is lost on new rows."""
    require_rows(default=default_fitted, score=score_fitted)
    rows, bads = require_rows(default=default_new, score=score_new), int(default_new.sum())
    if few := too_few(default_fitted, limits) or too_few(default_new, limits):
        return not_evaluated(OVERFIT, few, rows, bads=bads)
    fitted = placements(default_fitted, score_fitted, weight=weights[0])
    new = placements(default_new, score_new, weight=weights[1])
    listing = table("AUC", ("rows", "value"), [("of the fit", fitted.auc), ("new", new.auc)])
    figure = around(fitted.auc - new.auc, hypot(fitted.standard_error, new.standard_error))
    return by_value(OVERFIT, limits, figure, rows, bads=bads, tables=(listing,))


@evidence(SEED_SPREAD, min_bads=True)
def seed_spread(default: Outcome, scores: Sequence[Vector], limits: Thresholds) -> Evidence:
    """How much the seed alone moves the AUC; scores (n) of the same rows by scorers of different seeds."""
    rows, bads = len(default), int(default.sum())
    if len(scores) < _SEEDS:
        return not_evaluated(SEED_SPREAD, f"{len(scores)} seeds; at least {_SEEDS} are needed.", rows, bads=bads)
    areas = np.array([placements(default, score).auc for score in scores])
    freedom, spread = len(scores) - 1, float(areas.std(ddof=1))
    low, high = (spread * float(np.sqrt(freedom / chi2.ppf(share, freedom))) for share in (0.975, 0.025))
    listing = table("AUC by seed", ("seed", "value"), list(enumerate(areas)))
    return by_value(SEED_SPREAD, limits, Interval(spread, low, high), rows, bads=bads, tables=(listing,))
