import numpy as np
from networks import drawn_network, drawn_rows
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from riskmodel.networks import Taught
from riskmodel.pruning.algorithms.networks.recovery import head, refitted_head


def a_lesson(rows, seed):
    inputs = drawn_rows(rows, seed)
    target = np.random.default_rng(seed).random(rows) < expit(2 * inputs[:, 0] - inputs[:, 1] - 1)
    return Taught(inputs, target.astype(np.float64))


def test_the_refitted_head_is_better_on_tune_and_never_worse():
    train, tune = a_lesson(900, 1), a_lesson(500, 2)
    network = drawn_network()
    better = refitted_head(network, train, tune)
    assert tune.loss(better) < tune.loss(network) - 0.05
    again = refitted_head(better, train, tune)
    assert tune.loss(again) <= tune.loss(better)
    for before, after in zip(network.weights, better.weights, strict=True):
        assert before is after


def test_its_weights_are_those_of_scikit_learn():
    """From a head of next to nothing, ridge r is C = 1 / r."""
    lesson, network = a_lesson(800, 3), drawn_network(5)
    last = network.hidden(lesson.inputs)[-1][:, 0].astype(np.float64)
    ridge, start = 10.0, np.full(last.shape[1] + 1, 1e-9)
    mine = head._logistic(last, lesson.target, start, ridge)
    theirs = LogisticRegression(C=1 / ridge, tol=1e-10, max_iter=5000).fit(last, lesson.target)
    np.testing.assert_allclose(mine, [*theirs.coef_[0], *theirs.intercept_], atol=2e-3)


def test_zeros_of_a_head_stay_zero_and_soft_targets_are_learnt():
    network = drawn_network()
    sparse = np.where(np.arange(5) == 2, 0, network.head).astype(np.float32)
    network = network.with_matrices((*network.weights, sparse))
    inputs = drawn_rows(700, 4)
    soft = Taught(inputs, expit(inputs[:, 0].astype(np.float64)))
    result = refitted_head(network, soft, soft)
    assert (result.head[:, 2] == 0).all()
    assert np.count_nonzero(result.head) == np.count_nonzero(sparse)
    assert soft.loss(result) < soft.loss(network)
