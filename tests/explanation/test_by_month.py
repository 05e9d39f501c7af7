"""Months add up to the margin with what stands beside them, and a month that the network ignores adds nothing."""

from dataclasses import replace

import numpy as np
import pytest
from samples import MONTHS

from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation import by_month


@pytest.mark.parametrize("kind", ["gru", "conv"])
def test_months_and_the_rest_add_up_within_the_error_that_is_told(kind, fitted, fresh):
    scorer, rows, reference = fitted(kind), fresh.matrix[:9], fresh.matrix[9:16]
    made = by_month(scorer, rows, reference)
    assert made.months.shape == (9, 2)
    assert set(made.channels) == set(MONTHS)
    total = made.explained.base + made.months.sum(axis=1) + made.beside
    gap = np.abs(total - scorer.raw_margin(rows)).max()
    assert gap == pytest.approx(made.explained.error, abs=1e-9)
    assert gap < 0.05
    income = [column.name for column in scorer.features].index("income")
    np.testing.assert_array_equal(made.channels["first"][:, 0], made.explained.values[:, income])


def test_a_month_that_the_network_forgets_adds_nothing(fitted, fresh):
    """The update gate shut until the last month: what came before is gone."""
    scorer = fitted("gru")
    network = scorer.sequence_network
    cell = network.cell
    layers = {name: (weight.copy(), bias.copy()) for name, (weight, bias) in cell.layers.items()}
    layers["input_z"][0][:], layers["input_z"][1][:] = 0, -60
    layers["state_z"][0][:], layers["state_z"][1][:] = 0, 0
    layers["state_n"][0][:], layers["state_n"][1][:] = 0, 0  # else the reset gate remembers
    forgetful = replace(scorer, sequence_network=replace(network, cell=cell.with_layers(layers)))
    made = by_month(forgetful, fresh.matrix[:9], fresh.matrix[9:16])
    np.testing.assert_allclose(made.months[:, 0], 0, atol=1e-9)
    assert np.abs(made.months[:, 1]).max() > 0.01


def test_what_reads_no_months_is_refused(fitted, fresh):
    with pytest.raises(UnsupportedScorer, match="a gru or conv, however: a lgbm scorer reads none"):
        by_month(fitted("lgbm"), fresh.matrix[:2], fresh.matrix[:2])
