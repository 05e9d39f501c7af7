"""How many terms and cells of an explainable boosting machine stay at equal AUC (Taiwan, rows that fitted nothing).

The machine is fitted on half of train with interpret's own settings but for two bags, on numbers alone; it is cut on
the other half, and judged on test. A cell is one number of a term's table.
"""

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier
from rich.console import Console
from rich.progress import track

from riskmodel import prune_trees
from riskmodel.config import Margins
from riskmodel.evaluation import auc, compare
from tests.benchmarks._tables import cut

SEEDS = (0, 1)
KEEPS = (0.3, 0.1, 0.05, 0.02)
TERMS = (60, 50, 42, 35)  # that `terms` leaves


def table(console: Console) -> str:
    """Terms, cells and test AUC of the machine and its cuts, with the paired difference of AUC and its 95 % bounds."""
    lines = [
        f"## Explainable boosting machines (Taiwan, seeds {', '.join(map(str, SEEDS))})",
        "",
        "| seed | cut | terms | cells | test AUC | difference, one-sided 95 % bounds |",
        "|---|---|---|---|---|---|",
    ]
    for seed in track(SEEDS, "ebm", console=console):
        development, test = cut("Taiwan", seed)
        train = development.train
        half = np.random.default_rng(seed).permutation(len(train))
        fits, prunes = np.split(half, 2)
        kinds = ["continuous"] * train.matrix.shape[1]
        ebm = ExplainableBoostingClassifier(outer_bags=2, n_jobs=1, random_state=seed, feature_types=kinds)
        ebm.fit(train.matrix[fits], train.default[fits])
        given = ebm.predict_proba(test.matrix)[:, 1]
        lines.append(_row(seed, "", ebm, auc(test.default, given).value, ""))
        sizes = [*(("group_lasso", {"keep": keep}) for keep in KEEPS), *(("terms", {"trees": n}) for n in TERMS)]
        for method, size in sizes:
            small = prune_trees(ebm, train.matrix[prunes], train.default[prunes], method=method, **size)
            pd = small.predict_proba(test.matrix)[:, 1]
            change = compare("cut", "given", test, pd, given, Margins()).differences["auc"]
            said = f"{change.delta:+.4f} ({change.lower:+.4f} to {change.upper:+.4f})"
            label = ", ".join(f"{method}, {name} {value:g}" for name, value in size.items())
            lines.append(_row(seed, label, small, auc(test.default, pd).value, said))
    return "\n".join(lines)


def _row(seed: int, label: str, model: ExplainableBoostingClassifier, area: float, change: str) -> str:
    cells = sum(scores.size for scores in model.term_scores_)
    return f"| {seed} | {label or 'given'} | {len(model.term_scores_)} | {cells:,} | {area:.4f} | {change} |"
