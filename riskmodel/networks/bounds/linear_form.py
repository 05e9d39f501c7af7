"""Values that depend on a box of inputs: a line in the box's own coordinates, and an error around it.

Affine arithmetic (de Figueiredo and Stolfi 2004), as zonotopes verify networks (Singh et al. 2018, NeurIPS), with one
error a unit in place of a new coordinate at each bend. What a box does to two units at once stays known; bounds on
each unit alone (Gowal et al. 2018, arXiv 1810.12715) forget it, and are wider.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.networks.bounds.lines import enclosing

Slopes = NDArray[np.float64]  # n x coordinates x units


@dataclass(frozen=True, eq=False)
class LinearForm:
    """Each value (n x units) lies within centre + coordinates @ slopes ± radius; each coordinate is in [-1, 1]."""

    centre: Matrix
    slopes: Slopes
    radius: Matrix

    @property
    def reach(self) -> Matrix:
        """How far a value can be from its centre."""
        reach: Matrix = np.abs(self.slopes).sum(axis=1) + self.radius
        return reach

    @property
    def low(self) -> Matrix:
        return self.centre - self.reach

    @property
    def high(self) -> Matrix:
        return self.centre + self.reach

    def dense(self, weight: NDArray[Any], bias: NDArray[Any]) -> LinearForm:
        """Of values @ weight.T + bias."""
        turned = np.ascontiguousarray(weight.T, np.float64)
        return LinearForm(self.centre @ turned + bias, self.slopes @ turned, self.radius @ np.abs(turned))

    def scaled(self, scale: Matrix | Vector, shift: Matrix | Vector | float = 0.0) -> LinearForm:
        """Of values * scale + shift; n x units, or units."""
        each = np.asarray(scale)[..., None, :]
        return LinearForm(self.centre * scale + shift, self.slopes * each, self.radius * np.abs(scale))

    def through(self, kind: str, parameters: tuple[float, ...] = ()) -> LinearForm:
        """Of an activation, one of `BOUNDED`."""
        slope, offset, error = enclosing(kind, self.low, self.high, parameters)
        made = self.scaled(slope, offset)
        return LinearForm(made.centre, made.slopes, made.radius + error)

    def plus(self, other: LinearForm, sign: float = 1.0) -> LinearForm:
        """Of the sum; of the difference, where the sign is -1."""
        slopes = self.slopes + sign * other.slopes
        return LinearForm(self.centre + sign * other.centre, slopes, self.radius + other.radius)

    def times(self, other: LinearForm) -> LinearForm:
        """Of the product: what both differ by at once goes to the error."""
        slopes = self.slopes * other.centre[:, None] + other.slopes * self.centre[:, None]
        radius = np.abs(self.centre) * other.radius + np.abs(other.centre) * self.radius + self.reach * other.reach
        return LinearForm(self.centre * other.centre, slopes, radius)


def of_box(low: Matrix, high: Matrix, coordinate: NDArray[np.intp], count: int) -> LinearForm:
    """Values (n x units) between two, each with its coordinate alone, of so many; -1 is a value that stays."""
    slopes = np.zeros((len(low), count, low.shape[1]))
    moving = np.flatnonzero(coordinate >= 0)
    slopes[:, coordinate[moving], moving] = ((high - low) / 2)[:, moving]
    return LinearForm((low + high) / 2, slopes, np.zeros(low.shape))
