"""Which pictures a run has: worth against cost and size, each challenger's difference, what scorers lean on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from riskmodel.review.charts.bars import bars
from riskmodel.review.charts.change import VERDICT_MARKS
from riskmodel.review.charts.forest import Bar, forest
from riskmodel.review.charts.palette import MINUS
from riskmodel.review.charts.scatter import Dot, Scatter, scatter
from riskmodel.review.reports.run import Review
from riskmodel.review.tables import Row
from riskmodel.review.wording import count, figure, micros, signed, size

BARS = 12  # features a scorer in the picture of attributions; the JSON has all
AUC = "AUC on the selection sample"


def pictures(review: Review) -> dict[str, Markup]:
    """Every picture that the data allows, by name: cost, size, confirmation, attributions."""
    drawn = {
        "cost": cost(review),
        "size": trade_off(review, lambda row: row["bytes"], "Size of the saved scorer (log scale)", size),
        "confirmation": differences(review),
        "attributions": attributions(review.attributions),
    }
    return {name: picture for name, picture in drawn.items() if picture is not None}


def cost(review: Review) -> Markup | None:
    """AUC against the cost that decided."""
    title = f"Cost that decides: {review.cost_unit.replace('_', ' ')} (log scale)"
    return trade_off(review, lambda row: row["cost"], title, _rounded, front=True)


def _rounded(value: float) -> str:
    return count(value) if value >= 10 else f"{value:.3g}"


def trade_off(
    review: Review,
    cost: Callable[[Row], float | None],
    title: str,
    words: Callable[[float], str],
    *,
    front: bool = False,
) -> Markup | None:
    """AUC with paired bounds against a cost; None where nothing has both."""
    points = [(row, x) for row in review.rows if (x := cost(row)) and row["auc"] is not None]
    if not points:
        return None
    stairs = [(x, row["auc"]) for row, x in points if front and row["on_front"]]
    label = f"{AUC} of every variant against: {title}"
    dots = [_dot(row, x, review) for row, x in points]
    return scatter(Scatter(label, (title, AUC), words, dots, _level(review), stairs))


def _dot(row: Row, cost: float, review: Review) -> Dot:
    low, high = _paired(row, review)
    way = " + ".join(row["steps"]) or "not pruned"
    return Dot(cost, row["auc"], row["scorer"], way, _tip(row), low, high, _role(row["variant"], review))


def _paired(row: Row, review: Review) -> tuple[float | None, float | None]:
    """The paired bounds about the AUC: its own interval is ten times as wide, and no verdict rests on it."""
    for test in review.differences:
        if test["figure"] == "auc" and test["challenger"] == row["variant"] and not _confirms(test, review):
            base = row["auc"] - test["delta"]
            return base + test["lower"], base + test["upper"]
    return None, None


def _confirms(test: Row, review: Review) -> bool:
    """Whether a test is one of the chain's on the sample that was opened last."""
    return bool(test["sample"] != review.samples[0]["sample"])


def _tip(row: Row) -> str:
    return (
        f"{row['variant']}: {row['verdict']}. AUC {figure(row['auc'])} ({figure(row['auc_low'])} to "
        f"{figure(row['auc_high'])}), less the champion's {signed(row['delta_auc'])}, 95 % bound "
        f"{signed(row['delta_low'])}. One application {micros(row['p50_us'])} median, {micros(row['p99_us'])} 99th "
        f"percentile; {count(row['rows_per_s'])} rows a second, {size(row['bytes'])}, {row['features']} features."
    )


def _role(name: str, review: Review) -> str:
    if name == review.champion:
        return "champion, stays" if review.chosen == name else "champion"
    return "chosen" if name == review.chosen else ""


def _level(review: Review) -> tuple[float, str] | None:
    champion = next(row for row in review.rows if row["variant"] == review.champion)
    if champion["auc"] is None:
        return None
    return champion["auc"] - review.margins["auc"], f"champion {MINUS} margin {review.margins['auc']:.4g}"


def differences(review: Review) -> Markup | None:
    """Each challenger's AUC less the champion's with its one-sided 95 % bounds; the chain on test stands on top."""
    tested = [test for test in review.differences if test["figure"] == "auc" and test["delta"] is not None]
    if not tested:
        return None
    tested.sort(key=lambda test: (not _confirms(test, review), -test["delta"]))
    after_holm: Mapping[str, str] = {row["variant"]: row["verdict"] for row in review.rows}
    lines = []
    for test in tested:
        last = _confirms(test, review)
        verdict = _joint(test, review) if last else after_holm[test["challenger"]]
        name = f"{test['challenger']}, {test['sample']}" if last else test["challenger"]
        bounds = test["delta"], test["lower"], test["upper"]
        lines.append(Bar(name, *bounds, VERDICT_MARKS[verdict], f"On {test['sample']}.", verdict))
    titles = ("Challenger", "AUC less the champion's (AUC points)")
    margin = review.margins["auc"]
    label = "Difference in AUC to the champion with its one-sided 95 % bounds, for every challenger"
    return forest(label, titles, lines, [(-margin, f"{MINUS}margin {margin:.4g}")])


def _joint(test: Row, review: Review) -> str:
    """The verdict of all figures of a test that decide, together, as the choice goes by."""
    decide = [one for one in review.differences if one.get("decides", True)]
    same = ("challenger", "sample")
    verdicts = {one["verdict"] for one in decide if all(one[key] == test[key] for key in same)}
    return next((v for v in ("inferior", "inconclusive") if v in verdicts), "non-inferior")


def attributions(values: Mapping[str, Sequence[Sequence[Any]]]) -> Markup | None:
    """Mean |SHAP| of the strongest features of each scorer, one picture a scorer."""
    titles = ("Feature", "Mean |SHAP| (log-odds)")
    drawn = [bars(name, titles, _strongest(pairs)) for name, pairs in values.items() if pairs]
    return Markup("\n").join(drawn) if drawn else None


def _strongest(pairs: Sequence[Sequence[Any]]) -> list[tuple[str, float]]:
    return [(str(name), float(value)) for name, value in sorted(pairs, key=lambda pair: -pair[1])[:BARS]]
