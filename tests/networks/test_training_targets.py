"""The loss of a network is that of what its scorer will say."""

import numpy as np
import pytest
from networks import drawn_network, drawn_rows
from scipy.special import expit
from sklearn.metrics import log_loss

from riskmodel.networks import Taught


@pytest.mark.parametrize("rows", [2, 50, 333])
def test_of_outcomes_it_is_the_log_loss_of_the_members_mean_probability(rows):
    network, inputs = drawn_network(), drawn_rows(rows)
    target = (np.arange(rows) % 3 == 0).astype(float)
    pd = expit(network.logits(inputs).astype(np.float64)).mean(axis=1)
    assert Taught(inputs, target).loss(network) == pytest.approx(log_loss(target, pd, labels=[0, 1]), rel=1e-6)


def test_of_soft_targets_it_is_that_of_each_row_as_a_bad_and_a_good_by_share():
    network, inputs = drawn_network(), drawn_rows(90)
    target = np.random.default_rng(0).random(90)
    pd = expit(network.margin(inputs))
    twice = log_loss(np.repeat([1, 0], 90), np.tile(pd, 2), sample_weight=np.concatenate([target, 1 - target]))
    assert Taught(inputs, target).loss(network) == pytest.approx(twice, rel=1e-9)


def test_it_is_least_where_the_network_says_the_target():
    network, inputs = drawn_network(), drawn_rows(60)
    pd = expit(network.margin(inputs))
    least = Taught(inputs, pd).loss(network)
    assert least == pytest.approx(float(-(pd * np.log(pd) + (1 - pd) * np.log1p(-pd)).mean()), rel=1e-9)
    quieter = network.with_matrices([*network.matrices[:-1], network.matrices[-1] * np.float32(0.5)])
    assert Taught(inputs, pd).loss(quieter) > least
