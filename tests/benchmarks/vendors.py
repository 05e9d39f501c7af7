"""What prices are worth in the elimination of vendors: cost at equal AUC on Taiwan, over 20 draws of the prices.

The features come by seven calls, the application form being free; each draw prices them log-uniformly in [.1, 10].
`shap_elimination` by vendor searches the sets of calls by AUC lost for the price; elimination that does not know prices
lets the call go that loses the least AUC, one after the other. Both take their last set of which development's folds
show a loss of AUC below .005 (`stop = "margin"`), are fitted on development and compared on the rest, which chose
nothing. The last line takes the sets that none as cheap has more AUC than from all 128.

Choosing the cheapest set by its AUC on a sample makes that AUC too high by the choice, the more so the more sets there
are. The interval of the cost is Student's over the draws: it is of the prices, on one table. That of the AUC counts the
rows too (DeLong, the mean placement over the draws): the draws share them, and one way's set may be the same in all.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
from rich.console import Console
from scipy.special import ndtri
from scipy.stats import t

from riskmodel import pruning, scorers
from riskmodel.core import Development, Vector
from riskmodel.evaluation import auc
from riskmodel.evaluation.metrics.discrimination import Placements, placements
from riskmodel.pruning.algorithms.features.call_elimination import CallSet, charged_calls, front, tried_sets
from riskmodel.pruning.algorithms.features.elimination import within_margin
from tests.benchmarks._tables import cut

DRAWS, MARGIN, FOLDS = 20, 0.005, 4
WAYS = ("by AUC lost for the price", "one by one, by AUC lost", "all 128 tried out")
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
        made = [(fitted(fits, left), some) for fits, some in parts]
        return np.array([auc(judges.default, one.score(judges)).value for one, some in made for judges in some])

    @cache
    def placed(left: tuple[int, ...]) -> Placements:
        return placements(rest.default, fitted(development, left).score(rest))

    free = np.array([float(call.price > 0) for call in calls])
    whole = tuple(range(len(calls)))
    blind = [CallSet(left, judge(left)) for left in _one_by_one(free, judge)]
    every = [CallSet(left, judge(left)) for left in _subsets(whole, np.flatnonzero(free))]
    random, cost, chosen = np.random.default_rng(0), [], []
    for draw in range(DRAWS):
        prices = free * 10 ** random.uniform(-1, 1, len(free))
        ways = (front(tried_sets(prices, (), judge), prices), blind, front(every, prices))
        chosen.append([made[within_margin(made, MARGIN)].left for made in ways])
        cost.append([prices[list(left)].sum() / prices.sum() for left in chosen[-1]])
        console.print(draw, np.round(cost[-1], 3), [round(placed(left).auc, 4) for left in chosen[-1]])
    by_way = [[placed(left) for left in of_way] for of_way in zip(*chosen, strict=True)]
    return _rendered(np.array(cost), by_way, placed(whole), len(rest))


def _one_by_one(free: Vector, judge: Callable[[tuple[int, ...]], Vector]) -> list[tuple[int, ...]]:
    """The call whose absence loses the least mean AUC goes, then the next."""
    left = tuple(range(len(free)))
    path = [left]
    while any(free[list(left)]):
        left = max((tuple(c for c in left if c != call) for call in left if free[call]), key=lambda s: judge(s).mean())
        path.append(left)
    return path


def _subsets(whole: tuple[int, ...], priced: Vector) -> list[tuple[int, ...]]:
    """All sets, that of all calls first."""
    outs = (set(priced[np.flatnonzero(out)].tolist()) for out in product((0, 1), repeat=len(priced)))
    return [tuple(c for c in whole if c not in out) for out in outs]


def _rendered(cost: np.ndarray, by_way: Sequence[Sequence[Placements]], whole: Placements, rows: int) -> str:
    lines = [
        f"## Vendors with prices (Taiwan, {len(cost)} draws of prices; a loss of AUC below {MARGIN} is shown on folds)",
        "",
        (
            f"| sets of calls | cost, share of all calls | relative to one by one | AUC on {rows:,} rows that chose "
            "nothing, less that of all calls | against one by one |"
        ),
        "|---|---|---|---|---|",
    ]
    for way in (1, 0, 2):
        ratio = "1" if way == 1 else _over_draws(np.log(cost[:, way] / cost[:, 1]))
        beside = "" if way == 1 else _of_rows([a - b for a, b in zip(by_way[way], by_way[1], strict=True)])
        loss = _of_rows([one - whole for one in by_way[way]])
        lines.append(f"| {WAYS[way]} | {cost[:, way].mean():.3f} | {ratio} | {loss} | {beside} |")
    return "\n".join(lines)


def _over_draws(logs: np.ndarray) -> str:
    """The geometric mean with Student's 95 % interval."""
    half = t.ppf(0.975, len(logs) - 1) * logs.std(ddof=1) / np.sqrt(len(logs))
    return "{:.2f} ({:.2f} to {:.2f})".format(*np.exp([logs.mean(), logs.mean() - half, logs.mean() + half]))


def _of_rows(draws: Sequence[Placements]) -> str:
    """The mean difference of AUC with the interval of rows and draws together."""
    mean = Placements(*(np.mean([getattr(one, part) for one in draws], axis=0) for part in ("bads", "goods")))
    values = np.array([one.auc for one in draws])
    half = ndtri(0.975) * np.hypot(mean.standard_error, values.std(ddof=1) / np.sqrt(len(values)))
    return f"{mean.auc:+.4f} ({mean.auc - half:+.4f} to {mean.auc + half:+.4f})"
