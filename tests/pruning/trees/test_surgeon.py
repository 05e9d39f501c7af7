"""Backward elimination: the cost of a tree is that of the best fit without it; the slow exact version is the oracle."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from riskmodel.pruning.algorithms.trees import surgeon


def drawn(rows, seed, trees=6):
    draw = np.random.default_rng(seed)
    margins = draw.normal(size=(rows, trees)) * np.linspace(0.05, 0.9, trees)
    margins[:, 1] = margins[:, 4] + 0.05 * draw.normal(size=rows)  # a twin, which the other can stand in for
    margins -= margins.mean(axis=0)
    return margins, (draw.random(rows) < expit(-1 + margins.sum(axis=1))).astype(float)


def loss_without(margins, default, out):
    kept = np.delete(margins, out, axis=1)

    def loss(x):
        margin = x[0] + kept @ x[1:]
        return np.mean(np.logaddexp(0, margin) - default * margin)

    return minimize(loss, np.r_[-1.0, np.ones(kept.shape[1])], method="BFGS").fun


def test_the_first_to_go_is_the_one_whose_loss_the_others_make_up_for(monkeypatch):
    monkeypatch.setattr(surgeon, "PULL", 1e-6)
    for seed in range(5):
        margins, default = drawn(3001, seed)
        exact = [loss_without(margins, default, out) for out in range(margins.shape[1])]
        first = surgeon.surgeon_order(margins, default)[0]
        assert exact[first] <= min(exact) + 1e-5


def test_every_tree_goes_once_and_a_twin_before_the_strong_ones():
    order = surgeon.surgeon_order(*drawn(3001, 7))
    assert sorted(order) == list(range(6))
    assert {1, 4} & set(order[:3])
    assert order.index(5) > 3


def test_a_row_counts_as_often_as_its_weight_says():
    margins, default = drawn(1501, 3)
    times = np.random.default_rng(1).integers(1, 4, len(default))
    repeated = surgeon.surgeon_order(np.repeat(margins, times, axis=0), np.repeat(default, times))
    assert surgeon.surgeon_order(margins, default, times.astype(float)) == repeated


def test_of_two_equal_trees_the_first_goes():
    """Their costs differ by no more than the order in which a processor adds."""
    for seed in range(8):
        margins, default = drawn(1501, seed)
        margins[:, 0] = margins[:, 3]
        order = surgeon.surgeon_order(margins, default)
        assert order.index(0) < order.index(3)
