"""What one variant is worth on one sample: every figure with its interval."""

from __future__ import annotations

from riskmodel.core import Evaluation, Sample, Vector
from riskmodel.evaluation.metrics import calibration, discrimination
from riskmodel.evaluation.requirements import require_events, require_pd
from riskmodel.stats.clusters import Clusters
from riskmodel.stats.interval import of_share_of


def evaluate(variant: str, sample: Sample, pd: Vector, cutoff: float, clusters: Clusters | None = None) -> Evaluation:
    """Judges the PDs (n) that a variant gave to the rows of a sample; at or above `cutoff` an application is declined.

    `figures` are auc, gini, ks, accuracy, brier, log_loss, calibration_slope and calibration_intercept; the last two
    are NaN where they cannot be told. `clusters` (n) are codes of rows that belong together: all intervals but those
    of KS and accuracy count them. All figures count the sample's weights. Raises: DataError for too few bads or goods,
    or a PD outside [0, 1].
    """
    require_events(sample)
    require_pd(variant, sample, pd)
    default, weight = sample.default, sample.weight
    area = discrimination.auc(default, pd, clusters, weight)
    slope, intercept = calibration.slope_and_intercept(default, pd, clusters, weight)
    figures = {
        "auc": area,
        "gini": discrimination.gini(area),
        "ks": discrimination.ks(default, pd, weight=weight),
        "accuracy": discrimination.accuracy(default, pd, cutoff, weight),
        "brier": calibration.brier(default, pd, clusters, weight),
        "log_loss": calibration.log_loss(default, pd, clusters, weight),
        "calibration_slope": slope,
        "calibration_intercept": intercept,
    }
    rate = of_share_of(default == 1, clusters, weight)
    return Evaluation(variant, sample.name, len(sample), int(default.sum()), figures, rate)
