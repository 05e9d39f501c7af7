"""How often the tests of evidence are wrong where the truth is known, and what a non-inferiority test can show.

Every row of the first table draws data for which H0 holds, on its border, and counts how often it is rejected at 0.05.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy.special import expit, logit
from scipy.stats import norm

from riskmodel.config import Margins
from riskmodel.core import Column, Sample, Verdict
from riskmodel.evaluation.calibration import calibration_tests, reliability
from riskmodel.evaluation.change import decision_churn, harm, swap_set
from riskmodel.evaluation.change.comparison import compare, judge
from riskmodel.evaluation.change.non_inferiority import no_worse_among_approved
from riskmodel.evaluation.change.swap_set import Cutoffs
from riskmodel.evaluation.discrimination import ranking
from riskmodel.evaluation.fairness import approvals, fairness, proxies
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.evaluation.robustness import slices
from riskmodel.evaluation.stability import drift, migration, stability
from riskmodel.evaluation.thresholds import Thresholds, standard
from riskmodel.stats.interval import of_share
from tests.benchmarks import _dependence

REPLICATIONS = 2000  # with a thousand, one true 5 % in seven would look like less than 4 % or more than 6 %
PATHS = 1000  # for the verdicts, which need a whole sample each
SHIFT, BAD = 1.1, 0.2
NOISES = (0.0001, 0.1, 0.2, 0.24, 0.32, 0.45)  # of the challenger's score: the AUC that it loses follows
MARGIN = 0.005

Case = Callable[[np.random.Generator], float]


def table(console: Console) -> str:
    """Sizes, verdicts at the margin, power curves beside the usual practice, and rows that belong together."""
    return "\n\n".join([_sizes(console), _at_the_margin(console), _power(console), _dependence.table(console)])


def _sizes(console: Console) -> str:
    lines = [
        f"## Size of the tests of evidence ({REPLICATIONS:,} replications, H0 true on its border)",
        "",
        "| test | rejected at 0.05 | 95 % interval |",
        "|---|---|---|",
    ]
    for name, case in track(list(_cases().items()), "size", console=console):
        rng = np.random.default_rng([len(name), *name.encode()])
        rejected = sum(case(rng) < 0.05 for _ in range(REPLICATIONS))
        result = of_share(rejected, REPLICATIONS)
        lines.append(f"| {name} | {result.value:.1%} | {result.low:.1%} to {result.high:.1%} |")
    return "\n".join(lines)


def _cases() -> dict[str, Case]:
    strict = {f"tolerated_{name}": 0.0 for name in ("auc", "approval", "bad_rate", "brier", "log_loss", "weakness")}
    strict |= {"tolerated_calibration": 0.0, "asset_correlation": 0.0}
    limits = replace(standard(), settings={**standard().settings, **strict})
    return {name: (lambda rng, of=of: of(rng, limits)) for name, of in _TESTS.items()}


def _drawn(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes drawn from known PDs."""
    pd = expit(rng.normal(-1.3, 1.1, rows))
    return (rng.random(rows) < pd).astype(np.int8), pd


def _binormal(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    default = (rng.random(rows) < BAD).astype(np.int8)
    return default, rng.normal(SHIFT * default)


def _exchangeable(rng: np.random.Generator, rows: int, count: int = 2) -> tuple[np.ndarray, list[np.ndarray]]:
    """Outcomes and scorers that are equally good: one truth, and noise of its own for each."""
    default, pd = _drawn(rng, rows)
    return default, [expit(logit(pd) + rng.normal(0, 0.3, rows)) for _ in range(count)]


def _masks(rng: np.random.Generator, rows: int, groups: int) -> dict[str, np.ndarray]:
    label = rng.integers(0, groups, rows)
    return {str(g): label == g for g in range(groups)}


def _rank_order(rng: np.random.Generator, limits: Thresholds) -> float:
    grade = rng.integers(0, 5, 4000)
    return ranking.rank_order((rng.random(4000) < 0.15).astype(np.int8), grade, limits).p_value


def _against_initial(rng: np.random.Generator, limits: Thresholds) -> float:
    then, (default, score) = placements(*_binormal(rng, 1500)), _binormal(rng, 1500)
    return ranking.against_initial(default, score, then.auc, then.standard_error, limits).p_value


def _against_initial_as_ecb(rng: np.random.Generator, limits: Thresholds) -> float:
    then, (default, score) = placements(*_binormal(rng, 1500)), _binormal(rng, 1500)
    return ranking.against_initial(default, score, then.auc, 0.0, limits).p_value


def _slope(rng: np.random.Generator, limits: Thresholds) -> float:
    result = calibration_tests.slope(*_drawn(rng, 1500), limits)
    return 0.0 if result.low > 1 or result.high < 1 else 1.0


def _jeffreys_grades(rng: np.random.Generator, limits: Thresholds) -> float:
    pds, grade = np.array([0.03, 0.06, 0.1, 0.16, 0.25, 0.4]), rng.integers(0, 6, 6000)
    default = (rng.random(6000) < pds[grade]).astype(np.int8)
    return calibration_tests.jeffreys_grades(default, pds[grade], grade, limits).p_value


def _psi(rng: np.random.Generator, limits: Thresholds) -> float:
    return stability.psi(rng.normal(size=2000), rng.normal(size=1500), limits).p_value


def _csi(rng: np.random.Generator, limits: Thresholds) -> float:
    features = [Column(str(i)) for i in range(6)]
    result = stability.csi(rng.normal(size=(1500, 6)), rng.normal(size=(1200, 6)), features, limits)
    return min(row[7] for row in result.tables[0].rows if row[7] is not None)


def _migration_order(rng: np.random.Generator, limits: Thresholds) -> float:
    return migration.migration_order(rng.multinomial(600, [1 / 3] * 3, 3), limits).p_value


def _concentration(rng: np.random.Generator, limits: Thresholds) -> float:
    share = [0.1, 0.2, 0.35, 0.2, 0.1, 0.05]
    return migration.concentration(rng.multinomial(3000, share), rng.multinomial(2500, share), limits).p_value


def _weak_slices(rng: np.random.Generator, limits: Thresholds) -> float:
    default, pd = _drawn(rng, 4000)
    return slices.weak_slices(default, pd, _masks(rng, 4000, 5), limits).p_value


def _holm_of(evidence: object) -> float:
    return min(row[7] for row in evidence.tables[0].rows if row[7] is not None)


def _approval_ratio(rng: np.random.Generator, limits: Thresholds) -> float:
    return _holm_of(approvals.approval_ratio(rng.random(2000) < 0.3, _masks(rng, 2000, 3), limits))


def _mean_difference(rng: np.random.Generator, limits: Thresholds) -> float:
    return _holm_of(fairness.mean_difference(rng.normal(size=1500), _masks(rng, 1500, 3), limits))


def _good_gap(rng: np.random.Generator, limits: Thresholds) -> float:
    default = (rng.random(2500) < BAD).astype(np.int8)
    return _holm_of(approvals.good_approval_gap(default, rng.random(2500) < 0.3, _masks(rng, 2500, 3), limits))


def _calibration_within(rng: np.random.Generator, limits: Thresholds) -> float:
    return fairness.calibration_within(*_drawn(rng, 3000), _masks(rng, 3000, 4), limits).p_value


def _proxies(rng: np.random.Generator, limits: Thresholds) -> float:
    features = [Column(str(i)) for i in range(5)]
    return _holm_of(proxies.proxies(rng.normal(size=(1500, 5)), features, _masks(rng, 1500, 3), limits))


def _swap(rng: np.random.Generator, limits: Thresholds) -> float:
    default, (one, two) = _exchangeable(rng, 3000)
    result = swap_set.swap_set(default, one, two, Cutoffs("equal cutoff", 0.3, 0.3), limits)
    return 1.0 if result.p_value is None else result.p_value


def _flips(rng: np.random.Generator, limits: Thresholds) -> float:
    _, scores = _exchangeable(rng, 3000, 5)
    champion, challenger, *seeds = [score >= 0.3 for score in scores]
    return decision_churn.flips(champion, challenger, seeds, limits).p_value


def _negative_flips(rng: np.random.Generator, limits: Thresholds) -> float:
    default, (one, two) = _exchangeable(rng, 3000)
    return decision_churn.negative_flips(default, one >= 0.3, two >= 0.3, limits).p_value


def _harm(measure: str) -> Callable[[np.random.Generator, Thresholds], float]:
    def case(rng: np.random.Generator, limits: Thresholds) -> float:
        default, (one, two) = _exchangeable(rng, 4000)
        pair = harm.Pair(default, one, two, one >= 0.3, two >= 0.3)
        return harm.excess_harm(pair, _masks(rng, 4000, 4), limits, (measure,)).p_value

    return case


def _missing(rng: np.random.Generator, limits: Thresholds) -> float:
    features = [Column(str(i)) for i in range(4)]
    then, now = (np.where(rng.random((rows, 4)) < 0.15, np.nan, 0.0) for rows in (2000, 1500))
    return drift.missing_shift(then, now, features, np.full(1500, "now"), limits)[0].p_value


def _period(rows: int) -> np.ndarray:
    return np.resize(["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"], rows)


def _bad_rate(rng: np.random.Generator, limits: Thresholds) -> float:
    then, now = (rng.random(rows) < BAD for rows in (20_000, 3000))
    return drift.bad_rate(then.astype(np.int8), now.astype(np.int8), _period(3000), limits).p_value


def _auc(rng: np.random.Generator, limits: Thresholds) -> float:
    return drift.auc(*_binormal(rng, 20_000), *_binormal(rng, 3000), _period(3000), limits).p_value


_TESTS: dict[str, Callable[[np.random.Generator, Thresholds], float]] = {
    "order of 5 grades (Holm)": _rank_order,
    "AUC against the initial one, both variances": _against_initial,
    "- the same as in ECB 2019, the initial AUC taken as no estimate": _against_initial_as_ecb,
    "calibration slope": _slope,
    "Spiegelhalter": lambda rng, limits: calibration_tests.spiegelhalter(*_drawn(rng, 1500), limits).p_value,
    "Hosmer-Lemeshow, G degrees": lambda rng, limits: (
        calibration_tests.hosmer_lemeshow(*_drawn(rng, 2000), limits).p_value
    ),
    "reliability curve": lambda rng, limits: reliability.curve(*_drawn(rng, 1500), limits).p_value,
    "Jeffreys, portfolio": lambda rng, limits: (
        calibration_tests.jeffreys((rng.random(3000) < 0.12).astype(np.int8), np.full(3000, 0.12), limits).p_value
    ),
    "Jeffreys, 6 grades (Holm)": _jeffreys_grades,
    "PSI": _psi,
    "CSI of 6 features (Holm)": _csi,
    "order of a 3 x 3 migration matrix (Holm)": _migration_order,
    "concentration of 6 grades": _concentration,
    "weak slices, 5 (Holm)": _weak_slices,
    "approval ratio of 3 groups (Holm)": _approval_ratio,
    "mean difference of 3 groups (Holm)": _mean_difference,
    "approval of goods in 3 groups (Holm)": _good_gap,
    "calibration within 4 groups (Holm)": _calibration_within,
    "proxies among 5 features (Holm)": _proxies,
    "swap set": _swap,
    "flips against 3 reseeds": _flips,
    "negative flips": _negative_flips,
    **{f"excess harm to 4 groups, {m} (Holm)": _harm(m) for m in ("auc", "brier", "log_loss", "approval", "bad_rate")},
    "missing values of 4 features (Holm)": _missing,
    "bad rate of 4 periods (Holm)": _bad_rate,
    "calibration of 4 periods (Holm)": lambda rng, limits: (
        drift.calibration((rng.random(4000) < 0.15).astype(np.int8), np.full(4000, 0.15), _period(4000), limits).p_value
    ),
    "AUC of 4 periods (Holm)": _auc,
}


def _at_the_margin(console: Console) -> str:
    """The challenger is worse by exactly the margin in all figures: the true losses are the margins."""
    noise, cutoff, big = 0.5, 0.25, np.random.default_rng(0)
    default, champion, challenger = _pair(big, 3_000_000, noise)
    whole = compare("b", "a", _sample(default), challenger, champion, Margins()).differences
    margins = Margins(auc=_true_loss(noise), brier=-whole["brier"].delta, log_loss=-whole["log_loss"].delta)
    at, limits = Cutoffs("", cutoff, cutoff), standard()
    partial = -no_worse_among_approved(default, champion, challenger, at, 0.5, limits).value
    counts = {name: [0, 0] for name in ("auc", "brier", "log_loss", "partial_auc")}
    for seed in track(range(PATHS), "margin", console=console):
        default, champion, challenger = _pair(np.random.default_rng([1, seed]), 3000, noise)
        result = dict(compare("b", "a", _sample(default), challenger, champion, margins).differences)
        marks = {name: difference.verdict for name, difference in result.items() if name in counts}
        approved = no_worse_among_approved(default, champion, challenger, at, partial, limits)
        marks["partial_auc"] = approved.reason.partition(":")[0]
        for name, verdict in marks.items():
            counts[name][0] += verdict == Verdict.NON_INFERIOR
            counts[name][1] += verdict == Verdict.INFERIOR
    lines = [
        f"## The verdict on a challenger exactly at the margin (3,000 rows, {PATHS:,} replications)",
        "",
        "| figure | margin | non-inferior | inferior |",
        "|---|---|---|---|",
    ]
    sizes = {**margins.model_dump(), "partial_auc": partial}
    for name, (passed, failed) in counts.items():
        lines.append(f"| {name} | {sizes[name]:.4f} | {passed / PATHS:.1%} | {failed / PATHS:.1%} |")
    return "\n".join(lines)


def _pair(rng: np.random.Generator, rows: int, noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    default, score = _binormal(rng, rows)
    return default, *(expit(s - 1.5) for s in (score, score + noise * rng.normal(size=rows)))


def _sample(default: np.ndarray) -> Sample:
    return Sample("drawn", (), np.empty((len(default), 0)), default, np.arange(len(default)))


def _true_loss(noise: float) -> float:
    """Of AUC, between a binormal score and the same with noise."""
    return float(norm.cdf(SHIFT / np.sqrt(2)) - norm.cdf(SHIFT / np.sqrt(2 * (1 + noise**2))))


def _power(console: Console) -> str:
    lines = [
        f"## What each rule says of a loss of AUC, margin {MARGIN} ({PATHS:,} replications)",
        "",
        "Usual practice: the two count as equal where the paired DeLong test finds no difference at 0.05.",
        "",
        "| rows | bads | true loss | non-inferior | inconclusive | inferior | usual practice: equal |",
        "|---|---|---|---|---|---|---|",
    ]
    for rows, noise in track([(n, s) for n in (1000, 5000, 20_000) for s in NOISES], "power", console=console):
        shares = np.mean(list(_verdicts(rows, noise)), axis=0)
        cells = " | ".join(f"{share:.0%}" for share in shares)
        lines.append(f"| {rows:,} | {rows * BAD:,.0f} | {_true_loss(noise):.4f} | {cells} |")
    return "\n".join(lines)


def _verdicts(rows: int, noise: float) -> Iterator[tuple[bool, bool, bool, bool]]:
    for seed in range(PATHS):
        default, champion, challenger = _pair(np.random.default_rng([2, rows, seed]), rows, noise)
        placed = placements(default, challenger) - placements(default, champion)
        result = judge(placed.auc, placed.standard_error, MARGIN)
        equal = abs(placed.auc) < 1.959964 * placed.standard_error or placed.standard_error == 0
        verdict = result.verdict
        named = (Verdict.NON_INFERIOR, Verdict.INCONCLUSIVE, Verdict.INFERIOR)
        yield *(verdict is v for v in named), equal
