"""Evidence of whether a challenger gives other reasons: attributions, the reasons of those declined, and orphans.

Attributions (n x features, log-odds) are of the same rows and features under both scorers; a feature that the
challenger no longer has is a column of zeros. A reason raises the margin: what lowers it is none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata, spearmanr

from riskmodel.core import Interval, Matrix, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.errors import DataError
from riskmodel.evaluation.grading import by_value, not_evaluated, table
from riskmodel.evaluation.requirements import too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.interval import of_mean, of_share

ATTRIBUTIONS = Method(
    "change.attributions",
    "Agreement of the attributions",
    "Spearman's rank correlation of mean |SHAP| by feature; beside it, row by row, Spearman, cosine and changed signs",
    "Spearman 1904; Krishna et al. 2022 for agreement between explanations; interval by a bootstrap of the rows",
    "Both with the same background rows. With few features one exchange of ranks weighs much.",
    needs_outcome=False,
)
REASONS = Method(
    "change.reasons",
    "Churn of the reasons",
    "share of declined applicants whose main reason stays; beside it Jaccard and rank-biased overlap of the top k",
    "12 CFR 1002.9(b)(2) asks for the reasons actually used; Webber et al. 2010 for the overlap; interval Wilson 1927",
    "Rows that the champion declines, explained by the models that are deployed.",
    needs_outcome=False,
)
ORPHANS = Method(
    "change.orphan_reasons",
    "Orphan reasons",
    "share of declined applicants whose main reason was a feature that the challenger no longer has",
    "12 CFR 1002.9(b)(2); interval Wilson 1927",
    "Rows that the champion declines. Their letters change even where their decision does not.",
    needs_outcome=False,
)
_REPLICATES = 200
_BLOCKS = 1000
_PERSISTENCE = 0.9  # of rank-biased overlap: how far down the list a reader goes on


def attribution_agreement(champion: Matrix, challenger: Matrix, limits: Thresholds, seed: int = 0) -> Evidence:
    """Whether the same features matter as much as before."""
    rows = _paired(champion, challenger)
    if small := too_small(rows, limits) or ("" if champion.shape[1] > 2 else "Fewer than three features."):
        return not_evaluated(ATTRIBUTIONS, small, rows)
    sizes = [np.abs(values) for values in (champion, challenger)]
    means = [size.mean(axis=0) for size in sizes]
    if any(np.ptp(mean) == 0 for mean in means):
        return not_evaluated(ATTRIBUTIONS, "All features matter alike: they have no ranks.", rows)
    again = _rowwise(*_redrawn(sizes, seed))
    value = float(spearmanr(*means).statistic)
    low, high = (float(np.quantile(again, share)) for share in (0.025, 0.975))
    by_row = {
        "Spearman": _rowwise(*(rankdata(values, axis=1) for values in (champion, challenger))),
        "cosine": _cosine(champion, challenger),
    }
    lines = [(name, *np.nanquantile(result, (0.05, 0.5, 0.95))) for name, result in by_row.items()]
    listing = (
        table("Row by row", ("agreement", "5 %", "median", "95 %"), lines),
        table("Changed signs among the top reasons", ("share",), [(_signs(champion, challenger, limits),)]),
    )
    figure = Interval(value, min(value, low), max(value, high))
    return by_value(ATTRIBUTIONS, limits, figure, rows, tables=listing)


def _redrawn(sizes: Sequence[Matrix], seed: int) -> list[Matrix]:
    """Ranks of the mean sizes (replicates x features), both from the same draws.

    Draws are of blocks of neighbouring rows: of single rows where there are few, and quick where there are many.
    """
    starts = np.unique(np.linspace(0, len(sizes[0]), min(len(sizes[0]), _BLOCKS), endpoint=False).astype(np.intp))
    count = len(starts)
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), _REPLICATES)
    return [rankdata(weights @ np.add.reduceat(size, starts, axis=0), axis=1) for size in sizes]


def _paired(champion: Matrix, challenger: Matrix) -> int:
    if champion.shape != challenger.shape or champion.ndim != 2:
        raise DataError(
            f"attributions must be of the same rows and features, however: {champion.shape} and {challenger.shape}"
        )
    return len(champion)


def _rowwise(one: Matrix, other: Matrix) -> Vector:
    """Pearson's correlation of each row; NaN where one is constant."""
    a, b = (values - values.mean(axis=1, keepdims=True) for values in (one, other))
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Vector = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return result


def _cosine(one: Matrix, other: Matrix) -> Vector:
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Vector = (one * other).sum(axis=1) / np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return result


def _signs(champion: Matrix, challenger: Matrix, limits: Thresholds) -> float:
    """The share of the strongest attributions of the champion that have the other sign."""
    count = min(int(limits.setting("reasons")), champion.shape[1])
    top = np.argsort(-np.abs(champion), axis=1, kind="stable")[:, :count]
    both = np.take_along_axis(champion, top, 1) * np.take_along_axis(challenger, top, 1)
    return float((both < 0).mean())


def reason_churn(champion: Matrix, challenger: Matrix, limits: Thresholds) -> Evidence:
    """Whether declined applicants would be told the same reasons; give their rows only."""
    rows, count = _paired(champion, challenger), int(limits.setting("reasons"))
    if small := too_small(rows, limits):
        return not_evaluated(REASONS, small, rows)
    before, after = (named(values, count) for values in (champion, challenger))
    kept = before[:, 0] == after[:, 0]
    shared = (before[:, :, None] == after[:, None, :]) & (before >= 0)[:, :, None]
    common = shared.any(axis=2).sum(axis=1)
    either = (before >= 0).sum(axis=1) + (after >= 0).sum(axis=1) - common
    jaccard = of_mean(np.where(either > 0, common / np.maximum(either, 1), 1.0))
    overlap = of_mean(_rank_biased(shared, before, after))
    lines = [("Jaccard", jaccard), ("rank-biased overlap", overlap)]
    listing = table(
        f"Top {count} reasons", ("agreement", "mean", "low", "high"), [(n, f.value, f.low, f.high) for n, f in lines]
    )
    return by_value(REASONS, limits, of_share(int(kept.sum()), rows), rows, tables=(listing,))


def named(attributions: Matrix, count: int) -> NDArray[np.intp]:
    """The features (n x count) that raise each margin most, the strongest first; -1 where there are no more."""
    top = np.argsort(-attributions, axis=1, kind="stable")[:, :count]
    return np.where(np.take_along_axis(attributions, top, 1) > 0, top, -1)


def _rank_biased(shared: NDArray[np.bool_], before: NDArray[np.intp], after: NDArray[np.intp]) -> Vector:
    """Overlap at every depth, weighted by p^(depth - 1), over what it would be for lists that agree as far as they go.

    1 where neither has a reason.
    """
    depths = np.arange(1, shared.shape[1] + 1)
    weight = _PERSISTENCE ** (depths - 1)
    agree = np.stack([shared[:, :d, :d].sum(axis=(1, 2)) for d in depths], axis=1)
    longest = np.maximum((before >= 0).sum(axis=1), (after >= 0).sum(axis=1))
    most = np.minimum(depths, longest[:, None])
    total = (weight * most / depths).sum(axis=1)
    result: Vector = np.where(longest > 0, (weight * agree / depths).sum(axis=1) / np.maximum(total, 1e-300), 1.0)
    return result


def orphan_reasons(champion: Matrix, features: Sequence[str], removed: Sequence[str], limits: Thresholds) -> Evidence:
    """How many declined applicants lose their main reason; attributions (n x features) of the champion on their rows.

    Raises: DataError for a removed feature that the champion does not have.
    """
    if unknown := sorted(set(removed) - set(features)):
        raise DataError(f"removed features must be among the champion's, however: {unknown[0]}")
    rows, gone = len(champion), np.array([name in set(removed) for name in features], dtype=bool)
    if small := too_small(rows, limits):
        return not_evaluated(ORPHANS, small, rows)
    main = named(champion, 1)[:, 0]
    orphan = (main >= 0) & gone[main]
    lines = [(name, int((main == i).sum())) for i, name in enumerate(features) if gone[i]]
    listing = table("Removed features", ("feature", "rows whose main reason it was"), lines)
    return by_value(ORPHANS, limits, of_share(int(orphan.sum()), rows), rows, tables=(listing,))
