"""A weight is how often a row stands."""

import numpy as np
import pytest
from samples import drawn

from riskmodel.core import Development
from riskmodel.datasets.row_weights import checked, repeats, weighted
from riskmodel.errors import DataError


def test_repeats_are_exact_for_multiples_and_close_for_others():
    assert repeats(np.array([0.5, 1.0, 0.0, 1.5])).tolist() == [1, 2, 0, 3]
    draw = np.random.default_rng(0).random(500)
    counts = repeats(draw)
    assert counts.sum() == 2000
    assert np.abs(counts - draw / draw.sum() * 2000).max() <= 1


def test_rows_are_found_by_their_place_in_the_table_and_stand_as_often_as_they_weigh():
    whole = drawn(60, 4)
    development = Development(whole.take(np.arange(40), "train"), whole.take(np.arange(59, 39, -1), "tune"))
    weight = np.where(np.arange(60) % 3 == 0, 2.0, 1.0)
    found = weighted(development, weight)
    for sample, given in ((found.train, development.train), (found.tune, development.tune)):
        assert sample.name == given.name
        assert sample.rows.tolist() == [row for row in given.rows.tolist() for _ in range(int(weight[row]))]
        np.testing.assert_array_equal(sample.matrix, whole.matrix[sample.rows])
        np.testing.assert_array_equal(sample.default, whole.default[sample.rows])


@pytest.mark.parametrize(
    ("weight", "told"),
    [
        ([1.0, np.nan], "finite and not negative, however: nan"),
        ([1.0, -1.0], "finite and not negative, however: -1"),
        ([np.inf, 1.0], "finite and not negative, however: inf"),
        ([0.0, 0.0], "above 0 in some rows, however: all are 0"),
    ],
)
def test_weights_that_cannot_be_are_told(weight, told):
    with pytest.raises(DataError, match=f"rows: 'w' must be {told}"):
        checked(np.array(weight), "rows: 'w'")


@pytest.mark.parametrize("outcome", [0, 1])
def test_a_sample_whose_bads_or_goods_weigh_nothing_is_refused(outcome):
    whole = drawn(60, 4)
    development = Development(whole, drawn(50, 5, "tune"))
    with pytest.raises(DataError, match="sample must have bads and goods with a weight above 0"):
        weighted(development, (whole.default == outcome).astype(float))
