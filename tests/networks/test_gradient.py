"""The gradient against a difference, and expected gradients add up where the margin is a broken line."""

import numpy as np
import pytest

from riskmodel.networks.gradient import expected_gradients, gradient


@pytest.mark.parametrize("kind", ["mlp", "neural"])
def test_the_gradient_is_what_a_small_step_changes(kind, fitted, fresh):
    scorer = fitted(kind)
    encoded = scorer.encoded(fresh.matrix[:40]).astype(np.float64)
    encoded += np.random.default_rng(0).uniform(-0.02, 0.02, encoded.shape)  # values of train are where lines break
    slopes, step = gradient(scorer.network, encoded.astype(np.float32)), 3e-4
    for i in range(encoded.shape[1]):
        up, down = encoded.copy(), encoded.copy()
        up[:, i] += step
        down[:, i] -= step
        change = scorer.network.margin(up.astype(np.float32)) - scorer.network.margin(down.astype(np.float32))
        wrong = np.abs(change / (2 * step) - slopes[:, i]) > 0.02 + 0.02 * np.abs(slopes[:, i])
        assert wrong.mean() < 0.1  # a step over a kink is no slope


@pytest.mark.parametrize("kind", ["mlp", "neural"])
def test_they_add_up_to_the_margin_over_that_of_the_reference_the_better_the_more_steps(kind, fitted, fresh):
    network, encoded = fitted(kind).network, fitted(kind).encoded(fresh.matrix[:20])
    rows, reference, weight = encoded[:12], encoded[12:], np.array([0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    expected = network.margin(rows) - weight @ network.margin(reference)
    few, many = (
        np.abs(expected_gradients(network, rows, reference, weight, steps).sum(axis=1) - expected).max()
        for steps in (8, 256)
    )
    assert many < 0.005
    assert many < few / 3
