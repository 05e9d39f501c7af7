"""What a search for the same decisions came to: made by hand, nothing is pruned."""

from riskmodel.evaluation.change.agreement import Agreement
from riskmodel.review.reports.same_decisions import DecisionPoint, Everyone, SameDecisions
from riskmodel.trees.worst_case import DecisionProof


def decision_point(name, leaves, approved=0, declined=0, rows=5_000):
    return DecisionPoint(name, leaves // 10, leaves, Agreement(rows, approved, declined), 0.002)


def stand_in_decisions(**changes):
    """Given, and cuts to a half, a quarter and a tenth of its leaves; the quarter is chosen and confirmed."""
    points = (
        decision_point("given", 1_000),
        decision_point("cut@0.5", 500, 1, 1),
        decision_point("cut@0.25", 250, 2, 3),
        decision_point("cut@0.1", 100, 40, 60),
    )
    given = {
        "title": "teacher.txt, the same decisions",
        "method": "level_scaling",
        "share": 0.998,
        "cutoff": 0.2,
        "chosen": "cut@0.25",
        "confirmed": True,
        "points": points,
        "tested": (decision_point("given", 1_000), decision_point("cut@0.25", 250, 1, 2)),
        "asked": ("cut@0.25",),
        "everyone": Everyone(DecisionProof(0.4, None, everyone=False), 0.15, 0.26, 0.913),
        "change": None,
        "record": {"seed": 0},
    }
    return SameDecisions(**{**given, **changes})
