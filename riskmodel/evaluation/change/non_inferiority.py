"""Evidence that a challenger is no worse: three states a figure, the hash of the margins, what could be seen.

Also what recalibration repairs, and whether all forms of one scorer decide alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from riskmodel.config import DecisionMargins, Margins
from riskmodel.core import Change, Difference, Interval, Outcome, Vector, Verdict, canonical
from riskmodel.core.evidence import Cell, Evidence, Mark, Method, Threshold
from riskmodel.evaluation.change.comparison import judge
from riskmodel.evaluation.change.swap_set import Cutoffs
from riskmodel.evaluation.discrimination.curves import partial_placements
from riskmodel.evaluation.grading import by_value, not_evaluated, table
from riskmodel.evaluation.metrics.calibration import brier, slope_and_intercept
from riskmodel.evaluation.requirements import require_rows, too_few
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import weighted
from riskmodel.stats.clusters import Clusters
from riskmodel.stats.interval import Z

_TITLES = {
    "auc": "AUC",
    "brier": "Brier score",
    "log_loss": "log-loss",
    "mean_pd": "mean PD",
    "partial_auc": "partial AUC of the approved",
    "decisions": "the decisions",
    "approved_bad_rate": "the bad rate of the approved",
}
_SCORES = (  # formula and source
    (
        "non-inferior where d - 1.645 s > -margin, inferior where d + 1.645 s < -margin, else inconclusive; "
        "d is challenger less champion, signed so that more is better"
    ),
    "Liu et al. 2006, Li et al. 2008; paired placements, DeLong, DeLong and Clarke-Pearson 1988",
)
_DECIDED = {
    "decisions": (
        (
            "share of rows that are not approved, referred or declined alike, with a minus; non-inferior where its "
            "upper bound < margin, inferior where its lower bound > margin, else inconclusive"
        ),
        "Clopper and Pearson 1934; of rows that belong together Rao and Scott 1992",
    ),
    "approved_bad_rate": (
        (
            "d = log of the champion's bad rate among those that it approves over the challenger's; non-inferior where "
            "its one-sided 95 % bound > -log(margin), inferior where the other < -log(margin), else inconclusive"
        ),
        "delta method, paired by row; three bads for those of which none showed, Clopper and Pearson 1934",
    ),
}
_MARKS = {Verdict.NON_INFERIOR: Mark.PASS, Verdict.INFERIOR: Mark.FAIL, Verdict.INCONCLUSIVE: Mark.ATTENTION}
CALIBRATION = Method(
    "change.calibration",
    "Calibration before and after recalibration",
    "slope b of logit P(bad) = a + b logit(PD), of champion, raw challenger and recalibrated challenger",
    "Cox 1958",
    "Rows on which nothing was calibrated.",
    "b = 1 after recalibration",
    counts_weights=True,
)
PARITY = Method(
    "change.parity",
    "Parity of all forms",
    "number of rows that a form decides otherwise than the first; beside it the largest difference of a PD",
    "by definition",
    "Native, compiled, ONNX, pyfunc and batch forms of one scorer on the same rows, half of them nearest the cutoff; "
    "it holds for these rows.",
    needs_outcome=False,
    counts_weights=True,
)


def margins_sha256(margins: Margins, decisions: DecisionMargins | None = None) -> str:
    """The identity of the margins: whoever changes one afterwards changes this."""
    of_decisions = {} if decisions is None else decisions.model_dump()
    return hashlib.sha256(canonical(margins.model_dump() | of_decisions)).hexdigest()


def no_worse(
    change: Change, margins: Margins, rows: int, bads: int, decisions: DecisionMargins | None = None
) -> tuple[Evidence, ...]:
    """The verdict on every figure of a change, one a figure; the margins are those that it was made with.

    `decisions` are those of a change that decisions decide: what its scores say has no mark then.
    """
    source = f"the run's margins, sha256 {margins_sha256(margins, decisions)}"
    made = {name: _verdict(name, result, source, rows, bads) for name, result in change.differences.items()}
    return tuple(evidence if name in change.deciding else beside(evidence) for name, evidence in made.items())


def beside(evidence: Evidence) -> Evidence:
    """The same figure without a mark, where others were named beforehand to decide."""
    if evidence.mark is Mark.NOT_EVALUATED:
        return evidence
    reason = f"By the margin of the scores, which do not decide here: {evidence.reason}"
    return replace(evidence, mark=Mark.BESIDE, reason=reason)


def no_worse_among_approved(  # noqa: PLR0917
    default: Outcome,
    champion: Vector,
    challenger: Vector,
    at: Cutoffs,
    margin: float,
    limits: Thresholds,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """The same verdict on the partial AUC of those approved, each scorer at its own cutoff; PDs are (n)."""
    rows, bads = require_rows(default=default, champion=champion, challenger=challenger), int(default.sum())
    goods = default == 0
    approved = min(int((goods & (champion < at.champion)).sum()), int((goods & (challenger < at.challenger)).sum()))
    if few := too_few(default, limits) or too_few(np.repeat([1, 0], [bads, approved]).astype(np.int8), limits):
        return not_evaluated(_method("partial_auc"), few, rows, bads=bads)
    after, before = (
        partial_placements(default, score, cutoff, clusters, weight)
        for score, cutoff in ((challenger, at.challenger), (champion, at.champion))
    )
    placed = after - before
    source = "as the margin of the AUC"
    return _verdict(
        "partial_auc", judge(placed.auc, placed.standard_error, margin, units=placed.units), source, rows, bads
    )


def _verdict(name: str, result: Difference, source: str, rows: int, bads: int) -> Evidence:
    reason = f"{result.verdict}: the smallest margin that this sample could show is {result.detectable:.4g}."
    lines = [
        ("margin", result.margin),
        ("one-sided 95 % lower bound", result.lower),
        ("one-sided 95 % upper bound", result.upper),
        ("smallest margin that could be shown (power 0.8)", result.detectable),
    ]
    reach = Z * result.standard_error
    both = result.interval or Interval(result.delta, result.delta - reach, result.delta + reach)
    return Evidence(
        method=_method(name),
        mark=_MARKS[result.verdict],
        reason=reason,
        rows=rows,
        bads=bads,
        value=result.delta,
        low=both.low,
        high=both.high,
        p_value=result.p_value,
        threshold=Threshold(f"margins.{name}", -result.margin, -result.margin, "below", source),
        tables=(table("Non-inferiority", ("what", "value"), lines),),
    )


def _method(name: str) -> Method:
    title = _TITLES.get(name, name)
    return Method(
        f"change.{name}",
        f"No worse in {title}",
        *_DECIDED.get(name, _SCORES),
        "The same rows, new to both, and margins that were fixed before anything was scored.",
        "d <= -margin",
        counts_weights=True,
    )


def calibration_change(  # noqa: PLR0917
    default: Outcome,
    champion: Vector,
    raw: Vector,
    recalibrated: Vector,
    limits: Thresholds,
    weight: Vector | None = None,
) -> Evidence:
    """What pruning does to calibration and recalibration repairs; PDs and weights (n) of the same rows."""
    rows = require_rows(default=default, champion=champion, raw=raw, recalibrated=recalibrated)
    bads = int(default.sum())
    if few := too_few(default, limits):
        return not_evaluated(CALIBRATION, few, rows, bads=bads)
    lines, slope = [], Interval(*[float("nan")] * 3)
    for name, pd in (("champion", champion), ("challenger, raw", raw), ("challenger, recalibrated", recalibrated)):
        slope, intercept = slope_and_intercept(default, pd, weight=weight)
        ratio = weighted.mean(default, weight) / weighted.mean(pd, weight) if pd.any() else None
        error = brier(default, pd, weight=weight).value
        lines.append((name, slope.value, slope.low, slope.high, intercept.value, ratio, error))
    columns = ("scorer", "slope", "low", "high", "intercept", "bads over expected", "Brier")
    listing = table("Calibration", columns, lines)
    return by_value(CALIBRATION, limits, slope, rows, bads=bads, tables=(listing,))


def parity(forms: Mapping[str, Vector | str], cutoff: float, limits: Thresholds) -> tuple[Evidence, ...]:
    """Whether all forms of one scorer decide alike; PDs (n) by form, or in words why a form is not at hand.

    The certificate comes first: all forms held to the first that is at hand. Then a line for each that is not.
    """
    made = {name: pd for name, pd in forms.items() if not isinstance(pd, str)}
    absent = {name: why for name, why in forms.items() if isinstance(why, str)}
    rows = require_rows(**made) if made else 0
    untold = tuple(not_evaluated(PARITY, why, rows, about=name) for name, why in absent.items())
    if len(made) < 2 or not rows:
        return (not_evaluated(PARITY, "There are not two forms with rows to compare.", rows), *untold)
    return (_certificate(made, absent, cutoff, limits, rows), *untold)


def _certificate(
    made: Mapping[str, Vector], absent: Mapping[str, str], cutoff: float, limits: Thresholds, rows: int
) -> Evidence:
    (first, given), *others = made.items()
    flips = {name: int(((pd >= cutoff) != (given >= cutoff)).sum()) for name, pd in others}
    apart = {name: float(np.abs(pd - given).max()) for name, pd in others}
    worst = max(flips, key=lambda name: (flips[name], apart[name]))
    lines: list[tuple[Cell, ...]] = [(name, flips[name], apart[name], "compared") for name, _ in others]
    lines += [(name, None, None, f"{Mark.NOT_EVALUATED}: {why}") for name, why in absent.items()]
    listing = table(f"Against {first}", ("form", "decisions that differ", "largest difference of a PD", "how"), lines)
    if flips[worst]:
        about, reason = worst, f"{worst} decides {flips[worst]:,} of {rows:,} rows otherwise than {first}."
    else:
        about, reason = "", f"Each of {rows:,} rows is decided as by {first}: {', '.join(flips)}. "
        reason += f"No PD differs by more than {apart[worst]:.2g}."
    figure = Interval(*[float(flips[worst])] * 3)
    return replace(by_value(PARITY, limits, figure, rows, about=about, tables=(listing,)), reason=reason)
