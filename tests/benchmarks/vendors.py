"""What prices are worth in the elimination of vendors: cost at equal AUC on Taiwan, over 20 draws of the prices.

The features come by seven calls, the application form being free; each draw prices them log-uniformly in [.1, 10].
`shap_elimination` by vendor searches the sets of calls by AUC lost for the price, cross-fitted on development;
elimination that does not know prices lets the call go that loses the least AUC, one after the other. On selection each
takes its cheapest set that is at most .005 of AUC below all features; both are fitted on development and compared on
test. The last line tries out all 128 sets, which on selection no method can beat. The interval of the geometric mean is
Student's over the draws: it is of the prices, on one split of one table.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
from rich.console import Console
from scipy.stats import t

from riskmodel import pruning, scorers
from riskmodel.core import Development, Vector
from riskmodel.evaluation import auc
from riskmodel.pruning.algorithms.features.call_elimination import charged_calls, front, tried_sets
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
    scorer = scorers.recipe("lgbm", {"search": 0, "rate": 0.1, "leaves": 15}).fit(development, columns, 0)
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
    priced = np.flatnonzero(free)
    blind = _one_by_one(free, judge)
    every = [tuple(c for c in range(len(calls)) if c not in priced[list(out)]) for out in _subsets(len(priced))]
    random, rows = np.random.default_rng(0), []
    for draw in range(DRAWS):
        prices = free * 10 ** random.uniform(-1, 1, len(free))
        kept_sets = [one.left for one in front(tried_sets(prices, (), judge), prices)]
        least = whole(blind[0])[0] - MARGIN
        fit = [[(prices[list(s)].sum(), s) for s in sets if whole(s)[0] >= least] for sets in (kept_sets, blind, every)]
        chosen = [min(sets)[1] for sets in fit]
        rows.append([*(prices[list(s)].sum() / prices.sum() for s in chosen), *(whole(s)[1] for s in chosen)])
        console.print(draw, np.round(rows[-1], 4))
    return _rendered(np.array(rows), whole(blind[0])[1])


def _one_by_one(free: Vector, judge: Callable[[tuple[int, ...]], Vector]) -> list[tuple[int, ...]]:
    """The call whose absence loses the least mean AUC goes, then the next."""
    left = tuple(range(len(free)))
    path = [left]
    while any(free[list(left)]):
        left = max((tuple(c for c in left if c != call) for call in left if free[call]), key=lambda s: judge(s).mean())
        path.append(left)
    return path


def _subsets(count: int) -> list[np.ndarray]:
    return [np.flatnonzero(out) for out in product((0, 1), repeat=count)]


def _rendered(rows: np.ndarray, full: float) -> str:
    lines = [
        f"## Vendors with prices (Taiwan, {len(rows)} draws of prices, at most {MARGIN} of AUC lost on selection)",
        "",
        "| sets of calls | cost, share of all calls | relative to elimination that ignores price | AUC on test |",
        "|---|---|---|---|",
        f"| all calls | 1 | | {full:.4f} |",
    ]
    for way, name in ((1, "one by one, by AUC lost"), (0, "by AUC lost for the price"), (2, "all 128 tried out")):
        ratio = _interval(np.log(rows[:, way] / rows[:, 1]), np.exp) if way != 1 else "1"
        change = f", {_interval(rows[:, 3 + way] - rows[:, 4], float, '+.4f')} against one by one" if way == 0 else ""
        lines.append(f"| {name} | {rows[:, way].mean():.3f} | {ratio} | {rows[:, 3 + way].mean():.4f}{change} |")
    return "\n".join(lines)


def _interval(values: np.ndarray, statistic: Callable[[float], float], form: str = ".2f") -> str:
    """The mean with Student's 95 % interval."""
    half = t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    mean, low, high = (format(statistic(x), form) for x in (values.mean(), values.mean() - half, values.mean() + half))
    return f"{mean} ({low} to {high})"
