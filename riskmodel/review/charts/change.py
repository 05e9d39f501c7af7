"""Which pictures a dossier has: each by its name, from plain data; one that has no figures is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from riskmodel.core.evidence import Mark
from riskmodel.review.charts.forest import Bar, forest
from riskmodel.review.charts.lines import Spot, lines
from riskmodel.review.charts.periods import Period, periods
from riskmodel.review.wording import label, listed

Data = Mapping[str, Any]
Row = Mapping[str, Any]
MOST_BARS = 14  # lines of a forest
BESIDE = str(Mark.BESIDE)
VERDICT_MARKS = {"non-inferior": "pass", "inferior": "fail", "inconclusive": "attention"}


def pictures(data: Data) -> dict[str, Markup]:
    """Every picture that the evidence allows, by name."""
    drawn = {name: draw(data) for name, draw in _DRAWN.items()}
    return {name: picture for name, picture in drawn.items() if picture is not None}


def _rows_of(data: Data, test: str, whom: str | None = None) -> list[Row]:
    return [e for e in data["evidence"] if e["id"] == test and whom in (None, e["whom"])]


def _rows(entry: Row, key: str = "parts") -> list[Row]:
    """The rows of one table of a test, as dictionaries."""
    for table in entry["tables"]:
        if table["key"] == key:
            return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    return []


def _verdicts(data: Data) -> Markup | None:
    return verdicts(data["change"])


def verdicts(change: Mapping[str, Any]) -> Markup | None:
    """Each difference in units of its own margin, so that all figures share one axis; rows by figure."""
    rows = {name: row for name, row in change.items() if isinstance(row, dict) and row.get("margin")}
    if not rows:
        return None
    bars = [
        Bar(
            label(name),
            row["delta"] / row["margin"],
            row["lower"] / row["margin"],
            row["upper"] / row["margin"],
            VERDICT_MARKS[row["verdict"]] if row.get("decides", True) else BESIDE,
            f"Difference {row['delta']:.5f}, margin {row['margin']:.4g}.",
            row["verdict"] if row.get("decides", True) else f"{row['verdict']}, {BESIDE}",
        )
        for name, row in rows.items()
    ]
    titles = ("Figure", "Challenger less champion, in margins (0 is equal, above is better)")
    caption = f"Differences in {listed([label(name) for name in rows])}, with one-sided 95 % bounds"
    return forest(caption, titles, bars, [(-1.0, "margin")])


def _harm(data: Data) -> Markup | None:
    titles = ("Group: measure", "Loss beyond the overall loss (share, or units of the figure)")
    return _parts(data, "change.harm", "group", titles)


def _weak(data: Data) -> Markup | None:
    titles = ("Slice", "Log-loss beyond what the PDs promise (nats)")
    return _parts(data, "robustness.weak_slices", "slice", titles, whom="challenger")


def _parts(data: Data, test: str, key: str, titles: tuple[str, str], whom: str | None = None) -> Markup | None:
    """The parts with the smallest p-values."""
    for entry in _rows_of(data, test, whom):
        rows = [row for row in _rows(entry) if row["value"] is not None and row["p_value"] is not None]
        rows = sorted(rows, key=lambda row: (row["p_value"], row[key]))[:MOST_BARS]
        if rows:
            return forest(f"{entry['title']}: the {len(rows)} surest", titles, [_bar(row, key) for row in rows])
    return None


def _bar(row: Row, key: str, about: str = "") -> Bar:
    more = f"{row['rows']:,} rows." if row.get("rows") else ""
    named = f"{row[key]}: {label(row['measure'])}" if "measure" in row else row[key]
    return Bar(f"{about}{named}", row["value"], row["low"], row["high"], row["mark"], more)


def _approvals(data: Data) -> Markup | None:
    """The groups with the lowest ratios, each under both sides."""
    by_group: dict[str, list[Bar]] = {}
    for entry in _rows_of(data, "fairness.approval_ratio"):
        for row in _rows(entry):
            if row["value"] is not None:
                by_group.setdefault(row["group"], []).append(_bar(row, "group", f"{entry['whom']}, "))
    if not by_group:
        return None
    lowest = sorted(by_group.values(), key=lambda bars: min(bar.value or 0.0 for bar in bars))[: MOST_BARS // 2]
    titles = ("Scorer, group", "Approval rate of the group over that of the reference (ratio)")
    caption = f"Approval ratio under champion and challenger: the {len(lowest)} groups with the lowest"
    return forest(caption, titles, [bar for bars in lowest for bar in bars], [(0.8, "0.8"), (0.9, "0.9")])


def _features(data: Data) -> Markup | None:
    """The largest shift of each feature over the periods."""
    most: dict[str, Row] = {}
    for entry in _rows_of(data, "stability.csi"):
        for row in _rows(entry):
            if row["value"] is not None and row["value"] > most.get(row["feature"], {"value": -1.0})["value"]:
                most[row["feature"]] = row
    rows = sorted(most.values(), key=lambda row: (-row["value"], row["feature"]))[:MOST_BARS]
    if not rows:
        return None
    bars = [_bar(row, "feature") for row in rows]
    titles = ("Feature", "Characteristic stability index (no unit)")
    return forest("Shift of each feature since the earlier rows", titles, bars, [(0.1, "0.1"), (0.25, "0.25")])


def _periods(data: Data) -> Markup | None:
    """Bad rate and mean PDs by period; by sample only where nothing dates the rows."""
    judged = [row for row in data["monitoring"]["drift"]["periods"] if row["bad_rate"]]
    dated = [row for row in judged if row["dated"]]
    drawn = [
        Period(
            row["period"],
            row["role"] == "new",
            **row["bad_rate"],
            mean_pd=row["mean_pd"],
            more=f"{row['rows']:,} rows.",
        )
        for row in (dated if len(dated) > 1 else judged)
    ]
    return periods("Bad rate and mean PD by period", drawn) if drawn else None


def _decay(data: Data) -> Markup | None:
    bars = [
        _bar(row, "perturbation", f"{entry['whom']}, ")
        for entry in _rows_of(data, "robustness.decay")
        for row in _rows(entry)
        if row["value"] is not None
    ]
    titles = ("Scorer, perturbation", "AUC lost (AUC points)")
    return forest("AUC lost when features are made worse", titles, bars[:MOST_BARS]) if bars else None


def _swaps(data: Data) -> Markup | None:
    bars = []
    for entry in _rows_of(data, "change.swap_set"):
        for row in _rows(entry, "swap_set"):
            if row["side"] in ("swapped in", "swapped out") and row["bad rate"] is not None:
                more = f"{row['rows']:,} rows, {row['bads']:,} bads."
                name = f"{entry['about']}: {row['side'].removeprefix('swapped ')}"
                bars.append(Bar(name, row["bad rate"], row["low"], row["high"], entry["verdict"], more))
    return (
        forest("Bad rate of those swapped in and out", ("Cutoff: side", "Bad rate (%)"), bars, percent=True)
        if bars
        else None
    )


def _reliability(data: Data) -> Markup | None:
    def spots(entry: Row) -> list[Spot]:
        return [Spot(r["mean PD"], r["bad rate"], r["low"], r["high"]) for r in _rows(entry, "reliability")]

    titles = ("Mean PD of the bin (%)", "Bad rate of the bin (%)")
    return _curves(data, "calibration.reliability", "Reliability curve", titles, spots, "right PDs")


def _cap(data: Data) -> Markup | None:
    def spots(entry: Row) -> list[Spot]:
        return [Spot(r["share of rows"], r["share of bads"], r["low"], r["high"]) for r in _rows(entry, "cap")]

    titles = ("Riskiest share of rows (%)", "Share of all bads among them (%)")
    return _curves(data, "discrimination.cap", "Cumulative accuracy profile", titles, spots, "no ranking")


def _curves(  # noqa: PLR0917
    data: Data, test: str, name: str, titles: tuple[str, str], spots: Callable[[Row], Sequence[Spot]], diagonal: str
) -> Markup | None:
    series = {entry["whom"]: spots(entry) for entry in _rows_of(data, test)}
    series = {whom: curve for whom, curve in series.items() if curve}
    return lines(f"{name} of champion and challenger", titles, series, diagonal) if series else None


_DRAWN: Mapping[str, Callable[[Data], Markup | None]] = {
    "verdicts": _verdicts,
    "harm": _harm,
    "swaps": _swaps,
    "cap": _cap,
    "reliability": _reliability,
    "approvals": _approvals,
    "decay": _decay,
    "weak": _weak,
    "features": _features,
    "periods": _periods,
}
