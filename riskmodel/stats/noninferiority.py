"""Whether a figure is shown to lie within a tolerance, shown to lie beyond it, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from scipy.special import ndtr, ndtri, stdtr

from riskmodel.core import Vector
from riskmodel.stats.clusters import Clusters, effective, skewness, standard_error
from riskmodel.stats.sample_size import FEW
from riskmodel.stats.skewed import to_normal

_POWER = float(ndtri(0.95) + ndtri(0.80))


@dataclass(frozen=True)
class Tolerance:
    """A figure (more is worse) against what is tolerated."""

    value: float
    standard_error: float
    p_beyond: float  # of H0: it is at most the tolerance
    p_within: float  # of H0: it is at least the tolerance
    detectable: float  # the least tolerance that this sample shows with power 0.8 where nothing is wrong


def against(value: float, influence: Vector, tolerance: float, clusters: Clusters | None = None) -> Tolerance:
    """Both one-sided tests of a figure against a tolerance.

    Parameters
    ----------
    value, tolerance
        In one unit; more is worse.
    influence
        How much each row (n) moves the figure; 0 for rows that have no part in it.
    clusters
        Codes (n) of rows that belong together.

    Returns
    -------
    Tolerance
        Student's t where fewer than 50 rows, or equal clusters of them, have a part in it, and skewness by Hall 1992.
        Without any spread the figure is known, and its sign against the tolerance decides.
    """
    error = standard_error(influence, clusters)
    if not isfinite(error):
        return Tolerance(value, error, 1.0, 1.0, error)
    beyond = value - tolerance
    if error == 0:
        return Tolerance(value, 0.0, float(beyond <= 0), float(beyond >= 0), 0.0)
    statistic = to_normal(beyond / error, skewness(influence, clusters))
    law = _law(influence, clusters)
    return Tolerance(value, error, law(-statistic), law(statistic), _POWER * error)


def _law(influence: Vector, clusters: Clusters | None):  # type: ignore[no-untyped-def]
    part = influence != 0
    units = effective(None if clusters is None else clusters[part], int(part.sum()))
    freedom = max(units - 1, 1.0)
    return (lambda z: float(stdtr(freedom, z))) if units < FEW else (lambda z: float(ndtr(z)))
