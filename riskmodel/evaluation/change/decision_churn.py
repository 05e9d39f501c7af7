"""Evidence of decisions that turn round: against what a mere reseed turns, for better or worse, and for whom.

Decisions (n) are true where an application is declined; all are of the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri, stdtr, stdtrit
from scipy.stats import binom

from riskmodel.core import Interval, Mask, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.errors import DataError
from riskmodel.evaluation.grading import by_p, by_value, not_evaluated, table
from riskmodel.evaluation.requirements import require_rows, too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import proportions
from riskmodel.stats.holm import holm
from riskmodel.stats.interval import around, of_share

FLIPS = Method(
    "change.flips",
    "Decisions that turn round, against a reseed",
    "share of rows that the challenger decides otherwise / mean share that a reseeded champion decides otherwise",
    "predictive churn, Watson-Daniels et al. 2024; log-normal, the variance of the rows (paired, delta method) plus "
    "that of the seeds, quantiles of both weighted by their variances (Cochran 1964)",
    "The reseeded champions differ in their seed alone; with fewer than three the figure has no interval. About 1 "
    "says: no more than training again would turn.",
    "the challenger turns no more decisions than a reseed",
    needs_outcome=False,
)
NEGATIVE_FLIPS = Method(
    "change.negative_flips",
    "Decisions that turn from right to wrong",
    "rows right before and wrong now less rows wrong before and right now, per row; p: mid-p of McNemar's test",
    "Yan et al. 2021 (positive-congruent training); McNemar 1947, Lancaster 1961",
    "Right is a declined bad or an approved good: at a low cutoff that is not what a lender minds most.",
    "no more turn to wrong than to right",
)
SINGLED_OUT = Method(
    "change.singled_out",
    "Applicants whom the change singles out",
    "rows that the challenger decides otherwise, as does the majority of its seeds against that of the champion's",
    "compression identified exemplars, Hooker et al. 2019",
    "With one seed each it is the list of flips; with several, of those that no reseed explains. It is for people to "
    "read, row by row.",
    needs_outcome=False,
)
LEVEL = 0.975
LARGEST = float(stdtrit(1e9, LEVEL))
SEEDS = 3  # with fewer their spread cannot be told


def flips(champion: Mask, challenger: Mask, reseeded: Sequence[Mask], limits: Thresholds) -> Evidence:
    """How many decisions turn round, against the mean over champions of other seeds; NOT EVALUATED without any."""
    rows = require_rows(champion=champion, challenger=challenger, **{f"seed {i}": d for i, d in enumerate(reseeded)})
    turned = champion != challenger
    rate = of_share(int(turned.sum()), rows) if rows else Interval(*[float("nan")] * 3)
    lines = [("challenger", turned.sum(), rate.value, rate.low, rate.high)]
    for i, other in enumerate(reseeded):
        count = int((champion != other).sum())
        result = of_share(count, rows)
        lines.append((f"seed {i}", count, result.value, result.low, result.high))
    listing = (table("Decisions that turn round", ("scorer", "rows", "share", "low", "high"), lines),)
    if small := too_small(rows, limits) or ("" if reseeded else "No champion of another seed is at hand."):
        return not_evaluated(FLIPS, small, rows, tables=listing)
    by_seed = np.mean([champion != other for other in reseeded], axis=0)
    if not by_seed.any():
        return not_evaluated(
            FLIPS, "No seed turns any decision: there is nothing to compare with.", rows, tables=listing
        )
    rates = np.array([(champion != other).mean() for other in reseeded])
    if len(rates) < SEEDS:
        reason = f"{len(rates)} champions of other seeds; {SEEDS} are needed to tell how much seeds differ."
        point = Interval(float(turned.mean() / by_seed.mean()), float("nan"), float("nan"))
        return not_evaluated(FLIPS, reason, rows, figure=point, tables=listing)
    figure, p_value = _ratio(turned.astype(np.float64), by_seed, rates)
    return by_value(FLIPS, limits, figure, rows, p_value=p_value, tables=listing)


def _ratio(turned: Vector, by_seed: Vector, rates: Vector) -> tuple[Interval, float]:
    """Of two means over the same rows (n), and the p-value of H0: it is at most 1; `rates` are those of the seeds."""
    base = float(by_seed.mean())
    if not turned.any():
        return Interval(0.0, 0.0, 3 / len(turned) / base), 1.0  # the rule of three
    value = float(turned.mean() / base)
    influence = turned / turned.mean() - by_seed / base
    of_rows = float(influence.var(ddof=1)) / len(turned)
    spread = np.log(np.maximum(rates, 0.5 / len(turned)))  # relative, as the ratio is; half a row for none
    of_seeds = float(spread.var(ddof=1)) / len(rates)
    if not of_rows + of_seeds:
        return Interval(value, value, value), 0.5
    freedom = _freedom(of_rows, of_seeds, len(rates))
    error = float(np.sqrt(of_rows + of_seeds))
    low, high = value * np.exp(np.array([-1, 1]) * stdtrit(freedom, 0.975) * error)
    return Interval(value, float(low), float(high)), float(stdtr(freedom, -np.log(value) / error))


def _freedom(of_rows: float, of_seeds: float, seeds: int) -> float:
    """Degrees of freedom whose Student's t has the quantile that both variances have by their weights.

    Satterthwaite's rule takes the share of the seeds' variance for known: with three of them it covers 92 %.
    """
    most = float(stdtrit(seeds - 1, LEVEL))
    wanted = (of_rows * float(ndtri(LEVEL)) + of_seeds * most) / (of_rows + of_seeds)
    return (
        float(brentq(lambda f: stdtrit(f, LEVEL) - max(wanted, LARGEST), seeds - 1, 1e9))
        if wanted < most
        else seeds - 1
    )


def negative_flips(default: Outcome, champion: Mask, challenger: Mask, limits: Thresholds) -> Evidence:
    """Whether decisions turn to wrong more often than to right."""
    rows = require_rows(default=default, champion=champion, challenger=challenger)
    bad = default == 1
    worse = int(((champion == bad) & (challenger != bad)).sum())
    better = int(((champion != bad) & (challenger == bad)).sum())
    listing = table(
        "Decisions that turn round", ("way", "rows"), [("right to wrong", worse), ("wrong to right", better)]
    )
    facts = {"bads": int(bad.sum()), "tables": (listing,)}
    if worse + better < limits.setting("least_bads"):
        return not_evaluated(NEGATIVE_FLIPS, f"{worse + better} decisions turn round.", rows, **facts)
    net = (worse - better) / rows
    figure = around(net, float(np.sqrt(((worse + better) / rows - net**2) / rows)))
    law = binom(worse + better, 0.5)
    return by_p(NEGATIVE_FLIPS, limits, float(law.sf(worse) + 0.5 * law.pmf(worse)), rows, figure=figure, **facts)


def singled_out(champions: Sequence[Mask], challengers: Sequence[Mask]) -> NDArray[np.intp]:
    """The rows whose decision, and whose most frequent one over the seeds, is another; the surest first.

    The first of each are the two that are compared. A tie between seeds singles nobody out. Raises: DataError without a
    champion or a challenger.
    """
    before, after = (_share(decided) for decided in (champions, challengers))
    require_rows(champion=before, challenger=after)
    apart = np.abs(after - before)
    majority = ((before < 0.5) & (after > 0.5)) | ((before > 0.5) & (after < 0.5))
    turned = np.flatnonzero(majority & (champions[0] != challengers[0]))
    return turned[np.argsort(-apart[turned], kind="stable")]


def _share(decided: Sequence[Mask]) -> NDArray[np.float64]:
    if not decided:
        raise DataError("both scorers must have decisions of at least one seed, however: none")
    require_rows(**{f"seed {i}": d for i, d in enumerate(decided)})
    return np.mean(decided, axis=0, dtype=np.float64)


def singling_out(
    champions: Sequence[Mask], challengers: Sequence[Mask], masks: Mapping[str, Mask], limits: Thresholds
) -> Evidence:
    """How many rows are singled out, and which slices hold more of them than their share; the rows stand in a table."""
    turned = singled_out(champions, challengers)
    before, after = (_share(decided) for decided in (champions, challengers))
    rows = len(before)
    chosen = np.zeros(rows, dtype=bool)
    chosen[turned] = True
    columns = ("row", "share of champions that decline", "share of challengers that decline")
    listed = table("Applicants", columns, [(int(row), before[row], after[row]) for row in turned])
    listing = (_profile(chosen, masks), listed)
    if small := too_small(rows, limits):
        return not_evaluated(SINGLED_OUT, small, rows, tables=listing)
    return by_value(SINGLED_OUT, limits, of_share(len(turned), rows), rows, tables=listing)


def _profile(chosen: Mask, masks: Mapping[str, Mask]) -> Table:
    counts = {name: (int((chosen & mask).sum()), int(mask.sum())) for name, mask in masks.items()}
    total, rows = int(chosen.sum()), len(chosen)
    tested = {
        name: proportions.p_higher(ones, size, total - ones, rows - size)
        for name, (ones, size) in counts.items()
        if 0 < size < rows
    }
    corrected = holm(tested)
    lines = [
        (name, size, ones, ones / size if size else None, tested.get(name), corrected.get(name))
        for name, (ones, size) in counts.items()
    ]
    return table("By slice", ("slice", "rows", "singled out", "share", "p_value", "p_holm"), lines)
