from itertools import combinations

import numpy as np
import pytest

from riskmodel.pruning.algorithms.networks.criteria import Layer, surgeon
from riskmodel.pruning.algorithms.networks.criteria.layer import Block


def a_block(outputs, inputs, seed=0, rows=200):
    random = np.random.default_rng(seed)
    mixed = random.normal(size=(rows, inputs)) @ random.normal(size=(inputs, inputs))
    return Block(random.normal(size=(outputs, inputs)), np.maximum(mixed, 0), np.zeros((rows, outputs)))


def a_layer(*blocks, keep=0.5):
    inputs = blocks[0].weights.shape[1]
    return Layer(np.zeros((inputs, 2)), tuple(blocks), np.random.default_rng(0), keep)


def cost_of(block, gone):
    """The least squared error, by the damped H, of weights from which these inputs are gone: the closed form."""
    removed = block.weights[:, list(gone)]
    inverse = np.linalg.inv(surgeon.hessian(block.inputs))[np.ix_(list(gone), list(gone))]
    return np.trace(removed @ np.linalg.solve(inverse, removed.T))


@pytest.mark.parametrize("blocks", [(a_block(4, 6),), (a_block(1, 6, 1), a_block(1, 6, 2), a_block(1, 6, 3))])
def test_what_is_lost_when_a_neuron_goes_is_the_cost_of_all_that_went(blocks):
    result = surgeon.neurons([a_layer(*blocks)])[0]
    order = np.argsort(result)
    for count in range(1, 6):
        whole = sum(cost_of(block, order[:count]) for block in blocks)
        np.testing.assert_allclose(result[order[count - 1]], whole, rtol=1e-6)
        cheapest = min(
            sum(cost_of(block, [*order[: count - 1], other]) for block in blocks) for other in order[count - 1 :]
        )
        np.testing.assert_allclose(whole, cheapest, rtol=1e-6)


def test_a_neuron_is_judged_by_those_of_the_next_layer_that_still_stand():
    """Five and four go in step: after each that went from the second layer, the first one's choice is the cheapest."""
    block, last = a_block(4, 5), a_block(1, 4, seed=1)
    block.weights[:] = np.eye(4, 5) * [1, 2, 3, 4, 0] + 0.1 * block.weights  # each gives to one, and one to none
    first, second = surgeon.neurons([a_layer(block), a_layer(last)])
    order, following = np.argsort(first), np.argsort(second)
    np.testing.assert_array_equal(second, surgeon.neurons([a_layer(last)])[0])
    assert order.tolist() != np.argsort(surgeon.neurons([a_layer(block)])[0]).tolist()
    for turn, before in enumerate([0, 1, 2, 3]):  # neurons of the second layer that went when this one goes
        stand = Block(np.delete(block.weights, following[:before], axis=0), block.inputs, block.deltas)
        gone = order[:turn].tolist()
        costs = [cost_of(stand, [*gone, j]) if j not in gone else np.inf for j in range(5)]
        assert np.argmin(costs) == order[turn]


def test_weights_go_in_the_order_of_a_slow_search_of_each_row():
    block = a_block(3, 5)
    result = surgeon.weights(a_layer(block))
    for row, scores in zip(block.weights, result, strict=True):
        alone, gone, highest = Block(row[None], block.inputs, block.deltas[:, :1]), [], 0.0
        while len(gone) < 5:
            left = [j for j in range(5) if j not in gone]
            costs = [cost_of(alone, [*gone, j]) - (cost_of(alone, gone) if gone else 0) for j in left]
            gone.append(left[int(np.argmin(costs))])
            highest = max(highest, min(costs))
            np.testing.assert_allclose(scores[gone[-1]], highest, rtol=1e-6)


def test_inputs_that_know_nothing_of_one_another_are_judged_by_their_own_variance():
    random = np.random.default_rng(0)
    inputs = np.linalg.qr(random.normal(size=(400, 8)))[0] * np.arange(1, 9)
    inputs = inputs - inputs.mean(axis=0)
    block = Block(random.normal(size=(3, 8)), inputs, np.zeros((400, 3)))
    expected = np.argsort((block.weights**2 * inputs.var(axis=0)).ravel())
    half = set(expected[:12].tolist())
    for scores in (surgeon.sparsegpt(a_layer(block)), surgeon.weights(a_layer(block))):
        assert len(half & set(np.argsort(scores.ravel())[:12].tolist())) >= 11


@pytest.mark.parametrize("keep", [0.25, 0.5, 0.9])
def test_sparsegpts_mask_has_its_share_and_is_better_than_that_of_magnitude(keep):
    block = a_block(6, 40, seed=5)
    block.inputs[:] *= np.random.default_rng(1).permutation(np.geomspace(0.1, 10, 40))
    scores = surgeon.sparsegpt(a_layer(block, keep=keep))
    stays = scores >= np.sort(scores.ravel())[-int(keep * scores.size)]
    plain = np.abs(block.weights) >= np.sort(np.abs(block.weights).ravel())[-int(keep * scores.size)]
    assert (scores >= 1).mean() == pytest.approx(keep, abs=0.02)

    def lost(mask):
        rows = [Block(weights[None], block.inputs, block.deltas) for weights in block.weights]
        return sum(cost_of(row, np.flatnonzero(~m)) for row, m in zip(rows, mask, strict=True) if not m.all())

    assert lost(stays) < lost(plain)


def test_greedy_obs_is_close_to_the_best_pair_of_all():
    block = a_block(1, 6, seed=8)
    gone = np.argsort(surgeon.weights(a_layer(block))[0])[:2]
    assert cost_of(block, gone) <= 1.5 * min(cost_of(block, pair) for pair in combinations(range(6), 2))


def test_inputs_that_never_vary_cost_nothing():
    block = a_block(3, 5)
    block.inputs[:, 1] = 4.0
    assert np.argmin(surgeon.neurons([a_layer(block)])[0]) == 1
    constant = Block(block.weights, np.zeros_like(block.inputs), block.deltas)
    assert np.isfinite(surgeon.neurons([a_layer(constant)])[0]).all()
