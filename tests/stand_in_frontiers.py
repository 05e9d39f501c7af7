"""A pruned model beside the given one, as the pages and the terminal are given it: made by hand, nothing is pruned."""

from dataclasses import replace

from riskmodel.core import Change, Interval
from riskmodel.evaluation.change.certificate import Certificate
from riskmodel.evaluation.change.comparison import judge
from riskmodel.evaluation.change.fidelity import Fidelity
from riskmodel.review.reports.frontier import Frontier, Point

NEAR = Fidelity(1000, 0.01, 0.008, 0.02, 0.05, 0.09, 0.3, 17, 900, 240)


def point(method, keep, leaves, delta, error=0.001):
    name = f"{method}@{keep:g}" if keep < 1 else method
    made = Point(name, method, keep, leaves // 10, leaves, Interval(0.78 + delta, 0.76, 0.80), NEAR)
    difference = judge(delta, error, 0.005)
    return made if method == "given" else replace(made, difference=difference, verdict=difference.verdict)


def stand_in_frontier():
    """Three methods at two sizes on selection, the smallest with its rivals on test."""
    given = point("given", 1, 1000, 0.0)
    points = [
        point(method, keep, round(keep * 1000), delta - keep_loss)
        for keep, keep_loss in ((0.5, 0.0), (0.1, 0.004))
        for method, delta in (("level_scaling", 0.0005), ("prefix", -0.004), ("retrain", -0.001))
    ]
    change = Change("level_scaling@0.1", "given", "test", {"auc": judge(-0.002, 0.001, 0.005)})
    certificate = Certificate(NEAR, 3.25, {"age": -1, "income": 1}, ("age",), 800, 0.91, 3e-15, 0.0, 1e-9)
    tested = (given, points[3], points[4], points[5])
    record = {"seed": 0, "model": {"sha256": "ab" * 32}}
    return Frontier(
        "teacher.txt, pruned",
        "level_scaling",
        "level_scaling@0.1",
        0.005,
        (given, *points),
        tested,
        change,
        certificate,
        record,
    )
