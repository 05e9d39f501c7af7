"""The tables of the benchmark of features: every cut, surgery beside a fresh fit, and half of the features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SURGERY, FRESH, LIMIT = "remove_without_refit", "same features, fitted afresh", "same features, learning the given PDs"
MARGIN, ONE_SIDED, TWO_SIDED, HALF = 0.005, 1.645, 1.96, 0.5


@dataclass(frozen=True)
class Outcome:
    """One cut on test against the given scorer; `behind` is its AUC less that of the fresh fit, where there is one."""

    features: int
    auc: float
    delta: float
    standard_error: float
    mean_change: float  # mean |dPD|
    seconds: float  # of the processor
    behind: float
    behind_error: float

    @property
    def bound(self) -> float:
        """One-sided, 95 %."""
        return self.delta - ONE_SIDED * self.standard_error


Outcomes = Mapping[tuple[str, str, float, str], Sequence[Outcome]]


def rendered(outcomes: Outcomes, seeds: Sequence[int]) -> str:
    head = (
        f"## Features (mean over seeds {', '.join(map(str, seeds))})",
        "",
        "Paired differences on test, which chose nothing; intervals are of the mean over the seeds (DeLong, splits",
        "taken as independent). Seconds are of the processor.",
    )
    return "\n".join([*head, *_all(outcomes), *_half(outcomes), *_surgery(outcomes)])


def _all(outcomes: Outcomes) -> list[str]:
    lines = [
        "",
        "| table | kind | keep | method | features | test AUC | against the given one | mean abs. dPD | seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (name, kind, keep, method), some in outcomes.items():
        features, seconds = _mean(some, "features"), _mean(some, "seconds")
        lines.append(
            f"| {name} | {kind} | {keep:g} | {method} | {features:.1f} | {_mean(some, 'auc'):.4f} "
            f"| {_interval(some, 'delta', 'standard_error')} | {_mean(some, 'mean_change'):.4f} | {seconds:.0f} |"
        )
    return lines


def _half(outcomes: Outcomes) -> list[str]:
    lines = [
        "",
        f"### Half of the features: non-inferior at {MARGIN:g}?",
        "",
        "Chosen on development. One-sided 95 % bound of the AUC less the given one's, seed by seed, and of the mean.",
        "",
        "| table | kind | method | features | bounds | non-inferior | bound of the mean |",
        "|---|---|---|---|---|---|---|",
    ]
    for (name, kind, keep, method), some in outcomes.items():
        if keep == HALF and method not in {FRESH, LIMIT}:
            bounds, fits = ", ".join(f"{one.bound:+.4f}" for one in some), sum(one.bound > -MARGIN for one in some)
            figures = f"{_mean(some, 'features'):.1f} | {bounds} | {fits} of {len(some)}"
            mean = _mean(some, "delta") - ONE_SIDED * _error(some, "standard_error")
            lines.append(f"| {name} | {kind} | {method} | {figures} | {mean:+.4f} |")
    return lines


def _surgery(outcomes: Outcomes) -> list[str]:
    lines = [
        "",
        f"### `{SURGERY}` beside a fresh fit of the same features",
        "",
        "Share: its mean abs. dPD against the given model, over that of the fresh fit. Limit: the same of a larger",
        "booster that learns the given PDs from these features alone.",
        "",
        "| table | kind | keep | AUC less the fresh fit's | share, seed by seed | share | limit |",
        "|---|---|---|---|---|---|---|",
    ]
    for (name, kind, keep, method), some in outcomes.items():
        if method == SURGERY:
            fresh = _moved(outcomes[name, kind, keep, FRESH])
            own, limit = _moved(some) / fresh, _moved(outcomes[name, kind, keep, LIMIT]) / fresh
            shares = ", ".join(f"{one:.2f}" for one in own)
            behind = _interval(some, "behind", "behind_error")
            lines.append(
                f"| {name} | {kind} | {keep:g} | {behind} | {shares} | {own.mean():.2f} | {limit.mean():.2f} |"
            )
    return lines


def _moved(some: Sequence[Outcome]) -> np.ndarray:
    return np.array([one.mean_change for one in some])


def _mean(some: Sequence[Outcome], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in some]))


def _error(some: Sequence[Outcome], name: str) -> float:
    """The standard error of the mean."""
    return float(np.sqrt(sum(getattr(one, name) ** 2 for one in some))) / len(some)


def _interval(some: Sequence[Outcome], name: str, error: str) -> str:
    mean, half = _mean(some, name), TWO_SIDED * _error(some, error)
    return f"{mean:+.4f} ({mean - half:+.4f} to {mean + half:+.4f})"
