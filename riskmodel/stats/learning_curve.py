"""A learning curve: what the AUC of a recipe is at ever more rows, and at most by how much more rows would raise it.

The law is AUC(n) = A - b n^-c with b >= 0, of which more rows always help, and ever less (inverse power law: Mukherjee
et al. 2003, Journal of Computational Biology 10, 119-142; Viering and Loog 2022, IEEE TPAMI 45, 7799-7819).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Matrix, Vector

RATES = np.geomspace(0.05, 2.0, 60)  # of c: below, the curve is all but a logarithm; above, it has long ended
DRAWS, LEVEL = 2000, 0.95


@dataclass(frozen=True)
class PowerLaw:
    """AUC at a share s of the rows: limit - drop s^-rate."""

    limit: float
    drop: float
    rate: float

    def at(self, share: float) -> float:
        """The AUC with this many times the rows of train."""
        return self.limit - self.drop * share**-self.rate


@dataclass(frozen=True)
class Gain:
    """What `times` the rows would bring in AUC, and the one-sided 95 % bound."""

    times: float
    value: float
    upper: float


def law_of(shares: Vector, areas: Vector, covariance: Matrix) -> PowerLaw:
    """The law through AUCs (k) at shares of the rows (k), by least squares that count their covariance (k x k).

    At least three shares are needed; for each rate of a grid the other two are exact.
    """
    [fitted] = _laws(shares, areas[None], covariance)
    return PowerLaw(*fitted.tolist())


def gain(  # noqa: PLR0917
    shares: Vector, areas: Vector, covariance: Matrix, times: float = 2.0, draws: int = DRAWS, seed: int = 0
) -> Gain:
    """By how much the AUC would rise with `times` all rows, from AUCs (k) at shares (k) and their covariance (k x k).

    The bound is the 95 % quantile of the gains of curves that are drawn around the given points and fitted again
    (parametric bootstrap, Davison and Hinkley 1997, 2.2). It holds as far as the law does.
    """
    drawn = np.random.default_rng(seed).multivariate_normal(areas, covariance, draws, method="eigh")
    laws = _laws(shares, np.vstack([areas, drawn]), covariance)
    gains = laws[:, 1] * (1 - times ** -laws[:, 2])
    return Gain(times, float(gains[0]), float(np.quantile(gains[1:], LEVEL)))


def _laws(shares: Vector, areas: Matrix, covariance: Matrix) -> Matrix:
    """Limit, drop and rate (m x 3) of m curves (m x k)."""
    whitener = np.linalg.inv(np.linalg.cholesky(covariance))
    target = areas @ whitener.T
    best, laws = np.full(len(areas), np.inf), np.zeros((len(areas), 3))
    for rate in RATES:
        design = whitener @ np.column_stack([np.ones(len(shares)), -(shares**-rate)])
        solved = np.linalg.lstsq(design, target.T, rcond=None)[0]
        flat = solved[1] < 0  # a curve that falls is a flat one with noise
        solved[0, flat] = (design[:, 0] @ target[flat].T) / (design[:, 0] @ design[:, 0])
        solved[1, flat] = 0.0
        loss = ((target.T - design @ solved) ** 2).sum(axis=0)
        better = loss < best
        best[better] = loss[better]
        laws[better] = np.column_stack([solved.T, np.full(len(areas), rate)])[better]
    return laws


def of_subsets(shares: Vector, areas: Matrix) -> Matrix:
    """The covariance (k x k) that chance subsets give mean AUCs at shares (k), of r repeats of nested subsets (r x k).

    A model of a share s of n rows varies by v / (n s), as a mean of so many rows would; nested subsets covary as the
    larger does, and two draws of one table as the whole table does. v comes from the spread of the repeats, which is
    smaller by the share of rows that they have in common.
    """
    repeats, part = len(areas), shares < 1
    if repeats < 2 or not part.any():
        return np.zeros((len(shares), len(shares)))
    spread = areas[:, part].var(axis=0, ddof=1)
    variance = float(np.mean(spread * shares[part] / (1 - shares[part])))
    own = 1 / np.maximum.outer(shares, shares) - 1
    return np.asarray(variance * (1 + own / repeats), np.float64)
