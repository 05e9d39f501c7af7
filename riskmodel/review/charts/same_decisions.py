"""The share of decisions that stay, against leaves; the given and the smaller model ringed."""

from __future__ import annotations

from markupsafe import Markup

from riskmodel.review.charts.scatter import Dot, Scatter, scatter
from riskmodel.review.reports.frontier import GIVEN
from riskmodel.review.reports.same_decisions import DecisionPoint, SameDecisions
from riskmodel.review.wording import count

ALIKE = "Share decided alike on selection"


def curve(answer: SameDecisions) -> Markup:
    """Shares on selection against leaves; bars run down to the exact bound."""
    dots = [_dot(point, answer) for point in answer.points]
    level = answer.share, f"asked {answer.share:.4g}"
    label = f"{ALIKE} of every size against its leaves"
    return scatter(Scatter(label, ("Leaves (log scale)", ALIKE), count, dots, level, joined=["cut"]))


def _dot(point: DecisionPoint, answer: SameDecisions) -> Dot:
    same, is_given = point.agreement, point.name == GIVEN
    role = "given" if is_given else "smaller" if point.name == answer.chosen else ""
    tip = f"{point.name}: {count(point.leaves)} leaves; {count(same.turned)} of {count(same.rows)} decisions turn."
    family = GIVEN if is_given else "cut"
    return Dot(point.leaves, same.share, family, family, tip, same.lower, same.share, role)
