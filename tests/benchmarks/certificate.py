"""The worst applicant of pruned models: a bound on |change of the margin|, who comes near to it, and CPU seconds.

A LightGBM of 100 trees of 31 leaves, pruned to 256 leaves; the plain bound is the sum of the ranges of all trees. Where
dtai-veritas is installed, its bound and witness stand beside ours.
"""

from time import process_time

import numpy as np
from rich.console import Console
from scipy.special import expit

from riskmodel import scorers
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.worst_case import worst_change
from riskmodel.workflows.prune.path import cuts, tree_pruner
from tests.benchmarks import _veritas
from tests.benchmarks._tables import available, cut

LEAVES = 256
METHODS = ("group_lasso", "prefix")


def table(console: Console) -> str:
    """A line a table and pruner."""
    lines = [
        f"## The worst applicant: 100 trees of 31 leaves against {LEAVES} leaves (log-odds; PD as 2 expit(d / 2) - 1)",
        "",
        (
            "| set | method | leaves | plain bound | bound | witness | both as PD | seen on test rows | CPU s "
            "| Veritas' bound | its witness |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in available(("Taiwan", "Give Me Some Credit")):
        development, test = cut(name, 0)
        recipe = scorers.recipe("lgbm", {"search": 0, "leaves": 31, "rounds": 100})
        given = recipe.fit(development, test.features, 0)
        rows = test.columns(given.features)
        for method in METHODS:
            keep = LEAVES / given.ensemble.n_leaves
            (made,) = list(cuts(given, tree_pruner(method), development, (keep,)))[:1]
            lines.append(_line(name, method, given.ensemble, made.trees, rows))
            console.print(lines[-1])
    return "\n".join(lines)


def _line(name: str, method: str, before: TreeEnsemble, after: TreeEnsemble, rows: np.ndarray) -> str:
    start = process_time()
    worst = worst_change(before, after, rows)
    seconds = process_time() - start
    plain = _ranges(before) + _ranges(after)
    largest = float(np.abs(after.margins(rows) - before.margins(rows)).max())
    pds = " and ".join(f"{2 * expit(abs(d) / 2) - 1:.3f}" for d in (worst.bound, worst.change))
    figures = f"{plain:.2f} | {worst.bound:.3f} | {abs(worst.change):.3f} | {pds} | {largest:.3f} | {seconds:.0f}"
    theirs = _veritas.worst(before, after) or "not installed | "
    return f"| {name} | {method} | {before.n_leaves:,} to {after.n_leaves:,} | {figures} | {theirs} |"


def _ranges(ensemble: TreeEnsemble) -> float:
    leaves = [tree.value[tree.is_leaf] for tree in ensemble.trees]
    return float(sum(np.ptp(values) for values in leaves))
