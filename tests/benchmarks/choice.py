"""How often the choice ends with a small model that is as good as the champion, and how often with one that is not.

Known truth: 36 challengers of three sizes; their differences vary together as those of real pruned models did (Taiwan).
In one world half of them lie at the margin and half are equal to the champion, in another each loses the more the
smaller it is, in a third all lie at the margin. Each run draws a selection and a test sample. Once by the bound that
decides unless a TOML says otherwise, which holds for rare faults too, once by the normal one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy.stats import norm

from riskmodel.selection.chain import ALIKE, LIKELY, STEP, chain, rivals, walk
from riskmodel.stats import rare_faults
from riskmodel.stats.holm import holm
from tests.benchmarks import _challengers
from tests.benchmarks._challengers import Paired

ROWS, RATES, REPLICATIONS, MARGIN, LEVEL = (3_000, 6_000), (0.05, 0.22), 2_000, 0.005, 0.05
SIZE, DRAWS = 36, 1_500
CHAMPION = 0.75  # its AUC: what a spoilt bad can lose
GRID = np.linspace(-5.0, 12.0, 120)  # statistics at which the p-value of rare faults is worked out
LOSSES = ((0.0, 0.0005), (0.001, 0.0007), (0.0025, 0.0012))  # mean and spread of AUC, by size
BESIDE, MOST = 3, 5  # of a short list: how many of the cheapest step, how many in all
Rule = Callable[["World", np.ndarray, np.ndarray], int | None]
Law = Callable[[np.ndarray], np.ndarray]


def half_at_the_margin(keep: np.ndarray) -> np.ndarray:
    """Every second of each size loses the margin, the others nothing."""
    return np.where((np.arange(len(keep)) // len(_challengers.KEEPS)) % 2 == 0, 0.0, MARGIN)


def all_at_the_margin(keep: np.ndarray) -> np.ndarray:
    """Nobody should pass: the worst world for the error of a rule."""
    return np.full(len(keep), MARGIN)


def smaller_loses_more(keep: np.ndarray) -> np.ndarray:
    """About as pruned models of Taiwan did: at half, a quarter and a tenth of the leaves .0004, .001 and .0025."""
    draw = np.random.default_rng(3)
    half, quarter, tenth = (draw.normal(mean, spread, len(keep)) for mean, spread in LOSSES)
    return np.select([keep == 0.5, keep == 0.25], [np.abs(half), quarter], tenth)


TRUTHS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "half": half_at_the_margin,
    "by size": smaller_loses_more,
    "margin": all_at_the_margin,
}


class World:
    """The truth about 36 challengers, and how their differences vary on a sample of so many rows."""

    def __init__(self, paired: Paired, rows: int, rate: float, truth: str = "half") -> None:
        covariance = paired.covariance(rows, rate)
        of = np.arange(SIZE) % len(covariance)
        self.covariance = covariance[np.ix_(of, of)].copy()
        for i in range(len(covariance), SIZE):  # a second way of the same spread: half of its noise is its own
            twin = of[i]
            self.covariance[i, twin] = self.covariance[twin, i] = 0.5 * covariance[twin, twin]
        values, vectors = np.linalg.eigh(self.covariance)
        self.root = vectors * np.sqrt(np.maximum(values, 0))
        self.error = np.sqrt(np.diag(self.covariance))
        self.keep = paired.keeps[of]
        self.loss = TRUTHS[truth](self.keep)
        self.cost = self.keep * (1 + 1e-3 * np.arange(SIZE))
        noise = self.root @ np.random.default_rng(1).normal(size=(SIZE, DRAWS))
        self.standard = noise / self.error[:, None]

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """z of each challenger's own test against the margin, on a new sample."""
        return (-self.loss + self.root @ rng.normal(size=SIZE) + MARGIN) / self.error

    def bounded(self, smaller_class: float) -> Law:
        """p-values of such z where the worst rare fault is counted, between points of a grid."""
        known = [[rare_faults.p_value(z, CHAMPION / (smaller_class * e)) for z in GRID] for e in self.error]
        logs = np.log(np.maximum(known, 1e-300))
        return lambda z: np.exp([np.interp(one, GRID, row) for one, row in zip(z, logs, strict=True)])


def by_chain(world: World, selection: np.ndarray, test: np.ndarray) -> int | None:
    """Lined up on selection, confirmed on test in that order, each at the full level; rivals of the last by Holm."""
    cost, p_value, on_test = _named(world.cost), _named(selection), _named(test)
    links = chain(cost, p_value)
    last = links[-1:] + rivals(links, cost, p_value)
    _, chosen = walk([(name,) for name in links[:-1]] + [last], cost, on_test)
    return None if chosen is None else int(chosen)


def by_chain_alone(world: World, selection: np.ndarray, test: np.ndarray) -> int | None:
    """The same without rivals."""
    cost = _named(world.cost)
    _, chosen = walk([(name,) for name in chain(cost, _named(selection))], cost, _named(test))
    return None if chosen is None else int(chosen)


def _named(values: np.ndarray) -> dict[str, float]:
    return {str(i): float(value) for i, value in enumerate(values)}


def by_short_list(world: World, selection: np.ndarray, test: np.ndarray) -> int | None:
    """The strongest three of the cheapest step and one of each dearer step; Holm over these on test, in no order."""
    likely = sorted(np.flatnonzero(selection < LIKELY).tolist(), key=lambda i: world.cost[i])
    asked: list[int] = []
    while likely and len(asked) < MOST:
        step = [i for i in likely if world.cost[i] < STEP * world.cost[likely[0]]]
        step.sort(key=lambda i: (max(selection[i], ALIKE), world.cost[i]))
        asked += step[: 1 if asked else BESIDE]
        likely = [i for i in likely if world.cost[i] >= STEP * world.cost[step[0]]]
    confirmed = [i for i, p in holm({i: float(test[i]) for i in asked}).items() if p < LEVEL]
    return min(confirmed, key=lambda i: world.cost[i], default=None)


def by_holm(world: World, selection: np.ndarray, test: np.ndarray) -> int | None:
    """The cheapest that selection shows to be no worse after Holm, kept where test confirms it."""
    p_values = holm({i: float(p) for i, p in enumerate(selection)})
    return _cheapest(world, np.array([p < LEVEL for p in p_values.values()]), test)


def by_max_t(world: World, selection: np.ndarray, test: np.ndarray) -> int | None:
    """The same after the step-down maximum over their joint normal distribution (Westfall and Young 1993)."""
    z = -norm.ppf(np.clip(selection, 1e-300, 1 - 1e-16))
    order = np.argsort(-z)
    confirmed = np.zeros(SIZE, bool)
    for step in range(SIZE):
        critical = np.quantile(world.standard[order[step:]].max(axis=0), 1 - LEVEL)
        if z[order[step]] <= critical:
            break
        confirmed[order[step]] = True
    return _cheapest(world, confirmed, test)


def _cheapest(world: World, confirmed: np.ndarray, test: np.ndarray) -> int | None:
    if not confirmed.any():
        return None
    best = int(min(np.flatnonzero(confirmed), key=lambda i: world.cost[i]))
    return best if test[best] < LEVEL else None


RULES: dict[str, Rule] = {
    "chain": by_chain,
    "chain without rivals": by_chain_alone,
    "short list, Holm on test": by_short_list,
    "Holm on selection": by_holm,
    "max-T on selection": by_max_t,
}


def table(console: Console) -> str:
    """Shares of 2,000 runs, by bound, rows of each sample, bad rate and rule."""
    paired = _challengers.paired(console)
    lines = [
        f"## The choice by known truth: {SIZE} challengers, margin {MARGIN} AUC",
        "",
        "In the world `half` every second one is at the margin and the others equal; in `by size` the smaller ones",
        "lose more, none as much as the margin; in `margin` all are at it, so that whatever is chosen is inferior.",
        "Cost: the geometric mean of what is chosen, the champion's 1.",
        f"{REPLICATIONS:,} runs each. Standard errors and their covariance are those of {len(paired.keeps)} pruned",
        "models of one LightGBM on Taiwan, eight ways at three sizes. Selection and test have as many rows each. Holm",
        "and max-T choose on selection and confirm once. SE: the median standard error at a tenth of the leaves.",
        "",
        "| world | bound | rows | bad | SE | rule | a tenth, not inferior | any, not inferior | inferior | cost |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for truth, rows, rate in track([(w, n, r) for w in TRUTHS for n in ROWS for r in RATES], "choice", console=console):
        world = World(paired, rows, rate, truth)
        error = float(np.median(world.error[world.keep == min(_challengers.KEEPS)]))
        laws: dict[str, Law] = {"rare faults counted": world.bounded(rows * min(rate, 1 - rate)), "normal": norm.sf}
        for bound, law in laws.items():
            for name, shares in _ends(world, law).items():
                figures = " | ".join(f"{share:.3f}" for share in shares)
                lines.append(f"| {truth} | {bound} | {rows:,} | {rate:.0%} | {error:.4f} | {name} | {figures} |")
    return "\n".join(lines)


def _ends(world: World, law: Law) -> dict[str, list[float]]:
    rng = np.random.default_rng(0)
    smallest = world.keep == min(_challengers.KEEPS)
    sums = {name: np.zeros(4) for name in RULES}
    for _ in range(REPLICATIONS):
        selection, test = law(world.drawn(rng)), law(world.drawn(rng))
        for name, rule in RULES.items():
            chosen = rule(world, selection, test)
            if chosen is not None:
                equal = world.loss[chosen] < MARGIN
                sums[name] += (smallest[chosen] and equal, equal, not equal, np.log(world.cost[chosen]))
    means = {name: total / REPLICATIONS for name, total in sums.items()}
    return {name: [*mean[:3].tolist(), float(np.exp(mean[3]))] for name, mean in means.items()}
