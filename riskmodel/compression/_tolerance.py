"""How far a compressed scorer may be from the given one, checked before anything is returned."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from riskmodel.core import Calibration, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import Network, Single

PROBES = 4096


def within(name: str, tolerance: float, before: Vector, after: Vector) -> float:
    """The largest change of a PD of the same rows (n).

    Raises: UnsupportedScorer where it is more than the tolerance, or a PD is no number.
    """
    if np.isnan(before).any():
        raise UnsupportedScorer(f"{name} works on scorers that give PDs, however: this one gives no number")
    change = float(np.abs(before - after).max())
    if not change <= tolerance:  # a weight too large for its new width makes it no number
        raise UnsupportedScorer(f"{name} may move a PD by {tolerance:g} at most, however: {change:g}")
    return change


def checked(name: str, tolerance: float, calibration: Calibration, networks: tuple[Network, Network]) -> Network:
    """The second network, if its PDs on made-up inputs are those of the first. Raises: UnsupportedScorer."""
    inputs = _inputs(networks[0])
    before, after = (expit(calibration(network.margin(inputs))) for network in networks)
    within(name, tolerance, before, after)
    return networks[1]


def _inputs(network: Network) -> Single:
    """Inputs as an encoding makes them: normal scores, then indicators of 0 and 1."""
    random = np.random.default_rng(0)
    numbers, indicators = len(network.edges), network.scaling.shape[1] - network.slope.size
    return np.concatenate(
        [random.standard_normal((PROBES, numbers)), random.integers(0, 2, (PROBES, indicators))], axis=1
    ).astype(np.float32)


def largest_change(name: str, tolerance: float, before: Scorer, after: Scorer, *, width: str = "float64") -> float:
    """How far the second scorer's PDs are from the first's on made-up applications. Raises: UnsupportedScorer."""
    rows = before.probes(PROBES).astype(width).astype(np.float64)
    return within(name, tolerance, before.pd(rows), after.pd(rows))
