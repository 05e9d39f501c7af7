"""What was found: figures with their intervals, changes with their verdicts, times, and the choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from riskmodel.core.plan import Variant
from riskmodel.core.sample import Choice


class Verdict(StrEnum):
    """The three answers of a non-inferiority test."""

    NON_INFERIOR = "non-inferior"
    INFERIOR = "inferior"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Timing:
    """Microseconds a call at one batch size: end to end from a table, and the model alone from its matrix."""

    batch: int
    p50: Interval
    p95: Interval
    p99: Interval
    model_p50: Interval
    speedup: Interval | None = None  # median over rounds of the champion's time by this one's, in the same round

    @property
    def rows_per_second(self) -> float:
        return self.batch / self.p50.value * 1e6


@dataclass(frozen=True)
class Evaluation:
    """What a variant is worth on one sample; `figures` are auc, gini, ks, accuracy, brier, log_loss and so on."""

    variant: str
    sample: str
    rows: int
    bads: int
    figures: Mapping[str, Interval]
    bad_rate: Interval | None = None  # of what the rows stand for, where they have weights


@dataclass(frozen=True)
class Difference:
    """One figure of a challenger less the champion's, on the same rows; signed so that more is better."""

    delta: float
    standard_error: float
    lower: float  # one-sided 95 % bound
    upper: float
    margin: float
    p_value: float  # of H0: the challenger is worse by the margin or more
    detectable: float  # the smallest margin that this sample could have shown, with power 0.8
    verdict: Verdict
    rare_fault_allowance: float = 0.0  # by this the bound is lower, for faults in a handful of rows that did not show
    bads_needed: int = 0  # that rule such faults out, where nothing else stands in the way; 0 where none are missing
    interval: Interval | None = None  # two-sided 95 %, where it is not the difference and 1.96 standard errors


@dataclass(frozen=True)
class Change:
    """A challenger against the champion on the same rows; `differences` are auc, brier, log_loss and mean_pd.

    `informative` are those that are shown and decide nothing: where decisions decide, the figures of the scores.
    """

    challenger: str
    champion: str
    sample: str
    differences: Mapping[str, Difference]
    informative: tuple[str, ...] = ()

    @property
    def deciding(self) -> Mapping[str, Difference]:
        """The figures in all of which the challenger must be no worse."""
        return {name: d for name, d in self.differences.items() if name not in self.informative}

    @property
    def p_value(self) -> float:
        """Of the intersection-union test: no worse in any figure that decides (Berger 1982)."""
        return max(d.p_value for d in self.deciding.values())

    @property
    def identical(self) -> bool:
        """Whether no row of the sample tells the two apart in any figure: no loss, and no gain in worth either."""
        return all(d.delta == 0 and d.standard_error == 0 for d in self.differences.values())

    @property
    def decided_by(self) -> str:
        """The figure that p-value is of: the weakest link."""
        return max(self.deciding, key=lambda name: self.differences[name].p_value)


@dataclass(frozen=True)
class TradeOff:
    """What the selection sample says of all variants, whom the test sample was asked about, and the choice."""

    champion: str
    evaluations: Mapping[str, Evaluation]
    changes: Mapping[str, Change]  # by challenger
    verdicts: Mapping[str, Verdict]  # by challenger, after Holm
    timings: Mapping[str, Mapping[int, Timing]]  # by variant and batch size
    front: tuple[str, ...]  # no other variant is as good in AUC and in cost, and better in one
    chosen: str
    reason: str
    adjusted: Mapping[str, float] = field(default_factory=dict)  # p-values after Holm, by challenger
    cost: Mapping[str, float] = field(default_factory=dict)  # by variant; a kind that has no such cost is left out
    cost_unit: str = "work"
    chain: tuple[str, ...] = ()  # whom the test sample is asked about, the dearest first
    together: int = 1  # so many at the end of the chain are tested together, by Holm
    out: Mapping[str, str] = field(default_factory=dict)  # why a challenger could not be chosen, whatever its worth
    margins: Mapping[str, Any] = field(default_factory=dict)  # fixed before anything was scored
    trials: Mapping[str, Change] = field(default_factory=dict)  # on test, along the chain to the first that failed

    @property
    def families(self) -> tuple[tuple[str, ...], ...]:
        """The chain as it is tested: one by one, and those at its end together."""
        alone, last = self.chain[: -self.together], self.chain[-self.together :]
        return (*((name,) for name in alone), last) if last else ()

    @property
    def choice(self) -> Choice:
        """What the test sample asks to see."""
        return Choice(self.champion, self.chain)


@dataclass(frozen=True)
class SideFigures:
    """What is recorded of a variant beside its worth: it decides nothing."""

    flips: float  # share of the selection sample that it decides otherwise than the champion
    approval_ratios: Mapping[str, float] = field(default_factory=dict)  # lowest over highest rate, by attribute
    started: float | None = None  # seconds since 1970 at which it began to be made
    seconds: float | None = None  # that it took to fit, or to prune and recover
    bought: Interval | None = None  # share of them that the second of two stages is asked of


@dataclass(frozen=True)
class Study:
    """All that one run leaves; its review and its tracking are made from this and its TOML, and from nothing else."""

    trade_off: TradeOff
    variants: Mapping[str, Variant]
    confirmation: Change | None  # the chosen variant on test; None where the champion stays
    tested: Mapping[str, Evaluation]  # the champion and the chosen variant on test
    run: Mapping[str, Any]  # run.json: `hashes` (data, toml, code, environment), seeds, samples, machine, durations
    attributions: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)  # mean |SHAP|, by scorer
    side_figures: Mapping[str, SideFigures] = field(default_factory=dict)  # by variant
