"""Evidence of what a change of PDs does to expected loss and to capital, and which class of change that makes it."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from riskmodel.core import Interval, Vector
from riskmodel.core.evidence import Evidence, Mark, Method
from riskmodel.evaluation.grading import by_value, not_evaluated, table
from riskmodel.evaluation.requirements import require_rows, too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.interval import around

EXPECTED_LOSS = Method(
    "change.expected_loss",
    "Change of the expected loss",
    "sum of PD x LGD x amount under the challenger over that under the champion, less 1",
    "CRR, Article 158; interval by the delta method for a ratio, paired by row",
    "One LGD for all (settings.lgd), which cancels in the ratio. Give the amounts that are or would be outstanding.",
    needs_outcome=False,
    counts_weights=True,
)
CAPITAL = Method(
    "change.capital",
    "Change of the risk-weighted amount",
    "sum of 12.5 x K(PD) x amount under the challenger over that under the champion, less 1; K of other retail claims",
    "CRR, Article 154 (Basel: CRE31.16), without the former factor 1.06",
    "An indicator of the class of the change, not its calculation: floors, grades and defaulted claims are left out.",
    needs_outcome=False,
    counts_weights=True,
)
CLASSES = {Mark.PASS: "minor", Mark.ATTENTION: "to be notified", Mark.FAIL: "material"}  # convention


def expected_loss(champion: Vector, challenger: Vector, amount: Vector, limits: Thresholds) -> Evidence:
    """How much more or less is expected to be lost; PDs and amounts (n) of the same rows."""
    return _relative(EXPECTED_LOSS, champion * amount, challenger * amount, limits, limits.setting("lgd"))


def capital(champion: Vector, challenger: Vector, amount: Vector, limits: Thresholds) -> Evidence:
    """How much the risk-weighted amount changes; the table names the class of the change."""
    lgd = limits.setting("lgd")
    before, after = (risk_weight(pd, lgd) * amount for pd in (champion, challenger))
    return _relative(CAPITAL, before, after, limits, 1.0)


def risk_weight(pd: Vector, lgd: float) -> Vector:
    """Of other retail claims (1 is 100 %), for PDs within (0, 1); 0 at 0 and at 1."""
    inside = np.clip(pd, 1e-12, 1 - 1e-12)
    shape = (1 - np.exp(-35 * inside)) / (1 - np.exp(-35))
    correlation = 0.03 * shape + 0.16 * (1 - shape)
    stressed = ndtr((ndtri(inside) + np.sqrt(correlation) * ndtri(0.999)) / np.sqrt(1 - correlation))
    weight: Vector = 12.5 * lgd * (stressed - inside)
    return weight


def _relative(method: Method, before: Vector, after: Vector, limits: Thresholds, scale: float) -> Evidence:
    rows = require_rows(champion=before, challenger=after)
    if small := too_small(rows, limits) or ("" if before.sum() > 0 else "The champion's sum is 0."):
        return not_evaluated(method, small, rows)
    figure = change(before, after)
    result = by_value(method, limits, figure, rows)
    lines = [
        ("champion", scale * float(before.sum())),
        ("challenger", scale * float(after.sum())),
        ("class of the change", CLASSES[result.mark]),
    ]
    listing = table(method.title, ("what", "value"), lines)
    return by_value(method, limits, figure, rows, tables=(listing,))


def change(before: Vector, after: Vector) -> Interval:
    """The ratio of two sums over the same rows, less 1."""
    ratio = after.sum() / before.sum()
    influence = (after - ratio * before) / before.mean()
    return around(float(ratio - 1), float(influence.std(ddof=1) / np.sqrt(len(before))))
