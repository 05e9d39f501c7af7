"""A threshold whose risk is held with a confidence, and a watch on whether it still is.

Learn then Test (Angelopoulos, Bates, Candes, Jordan and Lei 2021): thresholds are tested one after another, each at the
full level, in an order that no outcome has a say in, up to the first that fails. The last one that passed has, with
probability 1 - alpha over the rows, a risk of at most the target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binom

from riskmodel.core import Outcome, Vector
from riskmodel.errors import RiskModelError

STEPS = 200  # thresholds that are tried at most
BET = 0.5  # of what could be lost at once


@dataclass(frozen=True)
class Controlled:
    """A threshold: rows with a PD below it are approved.

    Parameters
    ----------
    below
        The threshold, a PD.
    approved, bads
        Rows of the sample below it, and the bads among them.
    p_value
        Of H0: the bad rate of the approved exceeds the target.
    upper
        One-sided Clopper-Pearson bound of their bad rate, at the same confidence.
    """

    below: float
    approved: int
    bads: int
    p_value: float
    upper: float


def thresholds(pd: Vector, target: float) -> list[tuple[float, int]]:
    """The order of the tests, from the PDs alone: threshold and number of rows below it, ever more rows.

    It begins where the PDs themselves promise the clearest pass, so that no test is spent where rows are too few.
    """
    ranked = np.sort(pd)
    counts = np.unique(np.linspace(1, len(ranked), STEPS).round().astype(int))
    cuts = np.append(ranked, np.nextafter(ranked[-1], np.inf))[counts]
    below = np.searchsorted(ranked, cuts, side="left")
    cuts, below = cuts[below > 0], below[below > 0]
    expected = np.concatenate([[0.0], np.cumsum(ranked)])[below]
    clear = (below * target - expected) / np.sqrt(below * target * (1 - target))
    first = int(np.argmax(clear)) if len(clear) else 0
    pairs = zip(cuts[first:].tolist(), below[first:].tolist(), strict=True)
    return list(dict.fromkeys(pairs))


def controlled(pd: Vector, default: Outcome, target: float, alpha: float = 0.05) -> Controlled | None:
    """The highest threshold below which the bad rate is at most `target`, with confidence 1 - `alpha`.

    Parameters
    ----------
    pd
        PDs of rows that the scorer was not fitted or chosen on (n).
    default
        Their outcomes (n); each row is one draw, so rows of one borrower must be taken once.
    target
        The most that the bad rate of the approved may be, in (0, 1).
    alpha
        The probability of a threshold that exceeds it, in (0, 1).

    Returns
    -------
    The threshold, or None where this sample shows it of none.

    Raises
    ------
    RiskModelError
        For a target or alpha outside (0, 1), or no rows.
    """
    _check(target, alpha, len(pd))
    bads = np.concatenate([[0], np.cumsum(default[np.argsort(pd, kind="stable")])])
    cuts, approved = (np.array(part) for part in zip(*thresholds(pd, target), strict=True))
    p_values = np.asarray(binom.cdf(bads[approved], approved, target))
    passed = int(np.argmin(np.append(p_values <= alpha, False)))  # up to the first that fails
    if not passed:
        return None
    count, rows = int(bads[approved[passed - 1]]), int(approved[passed - 1])
    return Controlled(float(cuts[passed - 1]), rows, count, float(p_values[passed - 1]), upper(count, rows, alpha))


def check_asked(target: float, alpha: float, name: str = "the target") -> None:
    """`name` is what the caller calls the target. Raises: RiskModelError with all that is no share."""
    shares = ((name, target), ("alpha", alpha))
    if faults := [f"{what} must be in (0, 1), however: {value:g}" for what, value in shares if not 0 < value < 1]:
        raise RiskModelError("; ".join(faults))


def _check(target: float, alpha: float, rows: int) -> None:
    check_asked(target, alpha)
    if not rows:
        raise RiskModelError("there must be rows, however: none")


def upper(bads: float, rows: float, alpha: float = 0.05) -> float:
    """One-sided upper bound of a rate (Clopper and Pearson 1934)."""
    return 1.0 if bads >= rows else float(beta.ppf(1 - alpha, bads + 1, rows - bads))


def evidence_against(default: Outcome, target: float) -> NDArray[np.float64]:
    """How much the outcomes so far speak against a bad rate of at most `target`: the wealth of a bet (n).

    Under that rate its mean never grows, so that it ever reaches 1 / alpha with probability alpha at most (Ville 1939;
    Waudby-Smith and Ramdas 2024): an alarm may be looked for after every outcome. `default` is in the order of time.
    """
    before = np.arange(len(default))
    bads = np.cumsum(default) - default
    mean = (0.5 * target + bads) / (before + 0.5)
    excess = mean - target
    bets = np.clip(excess / (mean * (1 - mean) + excess**2 + 1e-12), 0.0, BET / target)
    wealth: NDArray[np.float64] = np.exp(np.cumsum(np.log1p(bets * (default - target))))
    return wealth


@dataclass(frozen=True)
class ControlledBand:
    """A share of rows left as they are, of which so few differ that the target is held.

    Parameters
    ----------
    below
        Rows with a doubt below it are left as they are.
    rows, left, differing
        Rows of the sample, those left as they are, and those of them that differ.
    p_value
        Of H0: the share of all rows that is left and differs exceeds the target.
    upper
        One-sided Clopper-Pearson bound of that share, at the same confidence.
    """

    below: float
    rows: int
    left: int
    differing: int
    p_value: float
    upper: float


def controlled_band(
    doubt: Vector, differs: NDArray[np.bool_], target: float, alpha: float = 0.05
) -> ControlledBand | None:
    """The most rows that can be left as they are, so that those of them that differ are at most `target` of all.

    Ever more rows are left, the least doubtful first and the most doubtful never; each step is tested at the full
    level, up to the first that fails.

    Parameters
    ----------
    doubt
        How doubtful each row is (n), by a rule that has not seen `differs`; ties are left together.
    differs
        Whether a row would differ where it is left as it is (n).
    target
        The most that the share may be, in (0, 1).
    alpha
        The probability of a band that exceeds it, in (0, 1).

    Returns
    -------
    The band, or None where these rows show none.

    Raises
    ------
    RiskModelError
        For a target or alpha outside (0, 1), or no rows.
    """
    _check(target, alpha, len(doubt))
    order = np.argsort(doubt, kind="stable")
    ranked, wrong = doubt[order], np.concatenate([[0], np.cumsum(differs[order])])
    cuts = ranked[np.unique(np.linspace(0, len(doubt) - 1, STEPS).round().astype(int))]
    made = None
    for cut in dict.fromkeys(cuts.tolist()):
        left = int(np.searchsorted(ranked, cut, side="left"))
        count = int(wrong[left])
        p_value = float(binom.cdf(count, len(doubt), target))
        if p_value > alpha:
            break
        if left:
            made = ControlledBand(cut, len(doubt), left, count, p_value, upper(count, len(doubt), alpha))
    return made
