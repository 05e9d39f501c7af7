"""How often verdicts are wrong where rows belong together, losses are skewed, or harm is real: nominal 5 %.

Each line draws data whose truth is known, before (as if rows were independent, not significant were a pass) and now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy.special import expit
from scipy.stats import norm

from riskmodel.config import Margins
from riskmodel.core import Sample, Vector, Verdict
from riskmodel.core.evidence import Mark
from riskmodel.evaluation.calibration import calibration_tests
from riskmodel.evaluation.change import decision_churn, harm
from riskmodel.evaluation.change.comparison import compare
from riskmodel.evaluation.thresholds import Thresholds, standard
from riskmodel.stats import log_loss
from riskmodel.stats.asset_correlation import conditional
from riskmodel.stats.clusters import standard_error
from riskmodel.stats.interval import of_share

PATHS, SLOW = 500, 150
ABSENT = {"rare_faults": "assumed absent", "rare_faults_reason": "the loss is drawn to be in all rows"}
SHIFT = 1.1
Path = tuple[bool, bool]  # wrong before, wrong now


@dataclass(frozen=True)
class Line:
    """One case: what is counted, the target, and a draw of it."""

    name: str
    target: str
    draw: Callable[[np.random.Generator], Path]
    paths: int = PATHS


def table(console: Console) -> str:
    """Before and now, with 95 % intervals."""
    lines = [
        "## Verdicts where rows belong together, losses are skewed or harm is real",
        "",
        f"{PATHS:,} replications, {SLOW} of the slowest. Before: rows are independent, a mean's loss is symmetric,",
        "and harm that is not significant passes.",
        "",
        "| case | target | before | now | 95 % interval |",
        "|---|---|---|---|---|",
    ]
    for line in track(list(_lines()), "dependence", console=console):
        rng = np.random.default_rng([len(line.name), *line.name.encode()])
        before, now = np.sum([line.draw(rng) for _ in range(line.paths)], axis=0)
        result = of_share(int(now), line.paths)
        share = f"{before / line.paths:.3f} | {result.value:.3f} | {result.low:.3f} to {result.high:.3f}"
        lines.append(f"| {line.name} | {line.target} | {share} |")
    return "\n".join(lines)


def _lines() -> Iterator[Line]:
    for rows in (2, 3, 6, 12):
        case = _Borrowers(rows)
        yield Line(f"AUC at the margin, {rows} rows of one borrower, error correlation .9", "at most .065", case)
    for months in (3, 6):
        yield Line(f"AUC at the margin, loss varies by month, {months} months", "at most .065", _Months(months))
    for kind in ("normal noise", "Student's t noise", "5 % of rows blurred", "2 % of rows spoilt"):
        yield Line(f"log-loss at the margin, 20 % bads, 3,000 rows, {kind}", "at most .06", _LogLoss(kind))
    for periods in (1, 12):
        name = f"Jeffreys, right PD, asset correlation .02, {periods} periods"
        yield Line(name, "at most .06", lambda rng, n=periods: _jeffreys(rng, n))
        name = name.replace("Jeffreys", "Hosmer-Lemeshow")
        yield Line(name, "at most .06", lambda rng, n=periods: _groups(rng, n), PATHS if periods == 1 else SLOW)
    for times in (1, 2, 3, 5):
        name = f"harm of {times} times the tolerance marked pass, a group of 10 % of 6,000"
        yield Line(name, "at most .06", lambda rng, n=times: _harm(rng, n))
    for seeds in (3, 5):
        name = f"interval of the flip ratio holds the truth, seeds differ in noise, {seeds} reseeds"
        yield Line(name, ".93 to .97", lambda rng, n=seeds: _flips(rng, n))


def _sample(default: np.ndarray) -> Sample:
    return Sample("drawn", (), np.empty((len(default), 0)), default, np.arange(len(default)))


class _Borrowers:
    """600 borrowers who go bad with all of their rows; scores and the challenger's errors go with them too."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        loss = norm.cdf(SHIFT / np.sqrt(2)) - norm.cdf(SHIFT / np.sqrt(2 * (1 + 0.5**2)))  # both are binormal
        self.margins = Margins(auc=float(loss), brier=0.9, log_loss=0.9, **ABSENT)

    def _drawn(self, rng: np.random.Generator, borrowers: int) -> tuple[np.ndarray, Vector, Vector, np.ndarray]:
        borrower = np.repeat(np.arange(borrowers), self.rows)

        def shared() -> Vector:
            own = rng.normal(size=len(borrower))
            return np.sqrt(0.9) * rng.normal(size=borrowers)[borrower] + np.sqrt(0.1) * own

        default = (rng.random(borrowers) < 0.2).astype(np.int8)[borrower]
        score = SHIFT * default + shared()
        return default, expit(score - 1.5), expit(score - 1.5 + 0.5 * shared()), borrower

    def __call__(self, rng: np.random.Generator) -> Path:
        default, one, two, borrower = self._drawn(rng, 600)
        return tuple(
            compare("b", "a", _sample(default), two, one, self.margins, c).differences["auc"].verdict
            is Verdict.NON_INFERIOR
            for c in (None, borrower)
        )


class _Months:
    """The challenger's noise differs by month, so that its loss of AUC does: standard deviation about .002."""

    def __init__(self, months: int) -> None:
        self.months = months
        default, one, two, _ = self._drawn(np.random.default_rng(0), 4000, 300)
        change = compare("b", "a", _sample(default), two, one, Margins())
        self.margins = Margins(auc=-change.differences["auc"].delta, brier=0.9, log_loss=0.9, **ABSENT)

    def _drawn(self, rng: np.random.Generator, months: int, rows: int) -> tuple[np.ndarray, Vector, Vector, np.ndarray]:
        month = np.repeat(np.arange(months), rows)
        noise = (0.22 + 0.10 * rng.uniform(-1, 1, months))[month]
        default = (rng.random(len(month)) < 0.2).astype(np.int8)
        score = rng.normal(SHIFT * default)
        return default, expit(score - 1.5), expit(score - 1.5 + noise * rng.normal(size=len(month))), month

    def __call__(self, rng: np.random.Generator) -> Path:
        default, one, two, month = self._drawn(rng, self.months, 3000)
        return tuple(
            compare("b", "a", _sample(default), two, one, self.margins, c).differences["auc"].verdict
            is Verdict.NON_INFERIOR
            for c in (None, month)
        )


class _LogLoss:
    """A challenger whose log-loss is worse by exactly the margin, in many rows or in few."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.margin = -float(self._saved(np.random.default_rng(0), 4_000_000).mean())

    def _saved(self, rng: np.random.Generator, rows: int) -> Vector:
        default = (rng.random(rows) < 0.2).astype(np.int8)
        score = rng.normal(SHIFT * default) - 1.5
        noise = {
            "normal noise": lambda: 0.5 * rng.normal(size=rows),
            "Student's t noise": lambda: 0.5 * rng.standard_t(3, rows),
            "5 % of rows blurred": lambda: 3 * rng.normal(size=rows) * (rng.random(rows) < 0.05),
            "2 % of rows spoilt": lambda: -4.0 * (rng.random(rows) < 0.02),
        }[self.kind]()
        self.last = default, expit(score), expit(score + noise)
        return log_loss.of_pd(default, self.last[1]) - log_loss.of_pd(default, self.last[2])

    def __call__(self, rng: np.random.Generator) -> Path:
        saved = self._saved(rng, 3000)
        error = standard_error((saved - saved.mean()) / 3000)
        default, one, two = self.last
        margins = Margins(auc=0.9, brier=0.9, log_loss=self.margin)
        now = compare("b", "a", _sample(default), two, one, margins).differences["log_loss"]
        return saved.mean() - 1.644854 * error > -self.margin, now.verdict is Verdict.NON_INFERIOR


def _at(rho: float) -> Thresholds:
    return replace(standard(), settings={**standard().settings, "asset_correlation": rho})


def _jeffreys(rng: np.random.Generator, periods: int) -> Path:
    given = conditional(np.array([0.03]), rng.standard_normal(periods), 0.02)[:, 0]
    period = np.repeat(np.arange(periods), 12_000 // periods)
    default = (rng.random(len(period)) < given[period]).astype(np.int8)
    pd, labels = np.full(len(period), 0.03), period.astype(str)
    of = calibration_tests.jeffreys
    before, now = (of(default, pd, _at(rho), labels).p_value < 0.05 for rho in (0.0, 0.02))
    return before, now


def _groups(rng: np.random.Generator, periods: int) -> Path:
    pd = expit(rng.normal(-3.3, 0.8, 6000))
    period = np.repeat(np.arange(periods), 6000 // periods)
    factor = rng.standard_normal(periods)[period]
    given = np.array([conditional(pd[period == p], factor[period == p][:1], 0.02)[0] for p in range(periods)]).ravel()
    default = (rng.random(6000) < given).astype(np.int8)
    of = calibration_tests.hosmer_lemeshow
    before, now = (of(default, pd, _at(rho), period.astype(str)).p_value < 0.05 for rho in (0.0, 0.02))
    return before, now


def _harm(rng: np.random.Generator, times: int) -> Path:
    """Brier harm of a tenth beyond that of all: its PDs are pushed apart until it is so many times the tolerance."""
    default = (rng.random(6000) < (pd := expit(rng.normal(-1.3, 1.1, 6000)))).astype(np.int8)
    group = np.arange(6000) < 600
    tolerated = standard().setting("tolerated_brier")
    shift = np.sqrt(times * tolerated * 10 / 9)  # the group's Brier rises by its square, nine tenths of it in excess
    away = np.where(pd < 0.5, pd + shift, pd - shift)
    other = np.where(group, away, pd)
    pair = harm.Pair(default, pd, other, pd >= 0.3, other >= 0.3)
    result = harm.excess_harm(pair, {"group": group}, standard(), ("brier",))
    return result.p_value >= 0.05, result.mark is Mark.PASS


def _flips(rng: np.random.Generator, seeds: int) -> Path:
    """Seeds differ in how much noise they add: the truth is the challenger's share over a seed's expected one."""
    rows, truth = 6000, 1.5
    score = rng.normal(size=rows)
    champion = score >= 0.5

    def turned(share: float) -> np.ndarray:
        return champion ^ (rng.random(rows) < share)

    reseeded = [turned(0.05 * np.exp(0.35 * z - 0.35**2 / 2)) for z in rng.standard_normal(seeds)]
    challenger = turned(0.05 * truth)
    result = decision_churn.flips(champion, challenger, reseeded, standard())
    flipped, by_seed = (champion != challenger).astype(float), np.mean([champion != s for s in reseeded], axis=0)
    influence = flipped / flipped.mean() - by_seed / by_seed.mean()
    reach = 1.959964 * influence.std(ddof=1) / np.sqrt(rows)
    return abs(np.log(flipped.mean() / by_seed.mean() / truth)) <= reach, result.low <= truth <= result.high
