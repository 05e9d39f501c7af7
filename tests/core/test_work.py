"""The unit of work is a number in the code and not of a machine: a cost that decides is the same everywhere."""

from dataclasses import FrozenInstanceError

import pytest

from riskmodel.core import work


def test_a_price_is_a_fixed_number_of_tree_nodes():
    assert (work.PRICES.multiply_add, work.PRICES.scorecard_step) == (0.6, 30.0)
    assert work.VERSION == 1  # a new measurement is a new version


def test_nobody_changes_a_price():
    with pytest.raises(FrozenInstanceError):
        work.PRICES.multiply_add = 1.0
