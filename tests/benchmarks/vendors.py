"""What prices are worth in the elimination of vendors: cost at equal AUC on Taiwan, over 20 draws of the prices.

The features come by seven calls, the application form being free; each draw prices them log-uniformly in [.1, 10].
Both ways remove calls one at a time, cross-fitted on development; one weighs the AUC lost by the price, the other does
not know prices. On selection each takes the cheapest set of its path that is at most .005 of AUC below all features;
both are fitted on development and compared on test. The interval of the geometric mean is Student's over the draws: it
is of the prices, on one split of one table.
"""

from dataclasses import replace
from functools import cache

import numpy as np
from rich.console import Console
from scipy.stats import t

from riskmodel import pruning, scorers
from riskmodel.core import Development, Vector
from riskmodel.evaluation import auc
from riskmodel.pruning._features.call_elimination import charged_calls, rounds_of_calls
from tests.benchmarks._tables import cut

DRAWS, MARGIN, FOLDS = 20, 0.005, 4
CALLS = {
    "limit": ("LIMIT_BAL",),
    "status, latest": ("PAY_0", "PAY_2"),
    "status, earlier": ("PAY_3", "PAY_4", "PAY_5", "PAY_6"),
    "bills, latest": ("BILL_AMT1", "BILL_AMT2", "BILL_AMT3"),
    "bills, earlier": ("BILL_AMT4", "BILL_AMT5", "BILL_AMT6"),
    "payments, latest": ("PAY_AMT1", "PAY_AMT2", "PAY_AMT3"),
    "payments, earlier": ("PAY_AMT4", "PAY_AMT5", "PAY_AMT6"),
}


def table(console: Console) -> str:
    development, rest = cut("Taiwan", 0)
    selection, test = (rest.take(np.arange(part, len(rest), 2)) for part in (0, 1))
    vendor_of = {name: vendor for vendor, names in CALLS.items() for name in names}
    columns = tuple(
        replace(c, vendor=vendor_of.get(c.name, ""), cost=1.0 * (c.name in vendor_of)) for c in rest.features
    )
    development = Development(*(replace(s, features=columns) for s in (development.train, development.tune)))
    scorer = scorers.recipe("lgbm", {"search": 0}).fit(development, columns, 0)
    pruner = pruning.make("shap_elimination", {"by": "vendor", "folds": FOLDS})
    parts, calls = list(pruner._parts(development)), charged_calls(columns)

    def fitted(rows: Development, left: tuple[int, ...]) -> object:
        return scorer.refit(rows, [columns[i] for i in sorted(i for c in left for i in calls[c].places)])

    @cache
    def judge(left: tuple[int, ...]) -> Vector:
        return np.array([auc(judges.default, fitted(fits, left).score(judges)).value for fits, judges in parts])

    @cache
    def whole(left: tuple[int, ...]) -> tuple[float, float]:
        made = fitted(development, left)
        return tuple(auc(s.default, made.score(s)).value for s in (selection, test))

    free = np.array([float(call.price > 0) for call in calls])
    blind = [r.left for r in rounds_of_calls(free, (), judge)]
    random, rows = np.random.default_rng(0), []
    for draw in range(DRAWS):
        prices = free * 10 ** random.uniform(-1, 1, len(free))
        ways = ([r.left for r in rounds_of_calls(prices, (), judge)], blind)
        least = whole(ways[0][0])[0] - MARGIN
        sets = [
            min((left for left in way if whole(left)[0] >= least), key=lambda s: prices[list(s)].sum()) for way in ways
        ]
        cost = [prices[list(left)].sum() / prices.sum() for left in sets]
        rows.append((*cost, *(whole(left)[1] for left in sets)))
        console.print(draw, rows[-1])
    return _rendered(np.array(rows), whole(blind[0])[1])


def _rendered(rows: np.ndarray, full: float) -> str:
    logs = np.log(rows[:, 0] / rows[:, 1])
    half = t.ppf(0.975, len(logs) - 1) * logs.std(ddof=1) / np.sqrt(len(logs))
    ratio, low, high = np.exp([logs.mean(), logs.mean() - half, logs.mean() + half])
    change = rows[:, 2] - rows[:, 3]
    spread = t.ppf(0.975, len(change) - 1) * change.std(ddof=1) / np.sqrt(len(change))
    return "\n".join(
        [
            f"## Vendors with prices (Taiwan, {len(rows)} draws of prices, at most {MARGIN} of AUC lost on selection)",
            "",
            "| elimination | cost, share of all calls | AUC on test |",
            "|---|---|---|",
            f"| all calls | 1 | {full:.4f} |",
            f"| by AUC lost | {rows[:, 1].mean():.3f} | {rows[:, 3].mean():.4f} |",
            f"| by AUC lost for its price | {rows[:, 0].mean():.3f} | {rows[:, 2].mean():.4f} |",
            "",
            f"Cost relative to elimination that ignores price: {ratio:.2f} ({low:.2f} to {high:.2f}), geometric mean.",
            f"AUC on test {change.mean():+.4f} ({change.mean() - spread:+.4f} to {change.mean() + spread:+.4f}).",
        ]
    )
