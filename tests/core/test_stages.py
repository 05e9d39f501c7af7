"""What has two stages says so by what it can do, and what it leaves open is told by the columns that are missing."""

from dataclasses import dataclass

import numpy as np
import pytest
from toy_scorer import ToyScorer

from riskmodel.core import HasStages, why_undecided

CHEAP, FULL = ToyScorer.of([1.0, 0.0, 0.0]), ToyScorer.of([1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Two:
    """A scorer of two stages, as far as the core asks."""

    cheap: ToyScorer = CHEAP
    full: ToyScorer = FULL
    bought_share: float = 0.25
    bought: tuple = ("bureau", "income")

    def buying(self, share):
        return Two(bought_share=share)

    def in_band(self, matrix):
        return np.abs(self.cheap.pd(matrix) - 0.5) < 0.1

    def undecided(self, matrix):
        return self.in_band(matrix) & np.isnan(matrix[:, 1])


def test_it_is_known_by_its_two_stages():
    assert isinstance(Two(), HasStages)
    assert not isinstance(CHEAP, HasStages)


@pytest.mark.parametrize(("bought", "listed"), [(("bureau",), "bureau"), (("bureau", "income"), "bureau, income")])
def test_a_row_that_is_left_open_is_told_what_it_lacks(bought, listed):
    assert why_undecided(Two(bought=bought)) == f"the cascade leaves it open: must have a value of {listed}"
