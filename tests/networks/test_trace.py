import numpy as np
import pytest
from networks import drawn_network, drawn_outcomes, drawn_rows
from scipy.special import expit

from riskmodel.networks import backward, traced


def test_the_trace_ends_in_the_logits_and_its_inputs_are_the_activations():
    network, rows = drawn_network(), drawn_rows(31)
    trace = traced(network, rows)
    np.testing.assert_allclose(trace.logits, network.logits(rows), atol=1e-5)
    for mine, theirs in zip(trace.inputs[1:], network.hidden(rows), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)
    assert trace.inputs[0].shape == (31, 3, 2 * 3 + 2)


def test_gradients_are_those_of_autograd():
    """The oracle: torch, on the loss that networks are trained on."""
    torch = pytest.importorskip("torch")
    from riskmodel.scorers.neural.module import NetworkModule

    network, rows, outcome = drawn_network(), drawn_rows(40), drawn_outcomes(40)
    module = NetworkModule(network, drop=0.0)
    logits = module(torch.from_numpy(rows))
    target = torch.from_numpy(outcome.astype(np.float32))[:, None].expand_as(logits)
    torch.nn.functional.binary_cross_entropy_with_logits(logits, target).backward()

    trace = traced(network, rows)
    *hidden, head = backward(network, trace, outcome)

    for i, (deltas, inputs) in enumerate(zip(hidden, trace.inputs, strict=False), start=1):
        mine = np.einsum("nko,nki->oi", deltas, inputs) / head.size
        np.testing.assert_allclose(mine, module.learnt[f"weight{i}"].grad, atol=1e-6)
    mine = np.einsum("nk,nkw->kw", head, trace.inputs[-1]) / head.size
    np.testing.assert_allclose(mine, module.learnt["head"].grad, atol=1e-6)


def test_without_torch_a_difference_of_losses_says_the_same():
    network, rows, outcome = drawn_network(), drawn_rows(25), drawn_outcomes(25)
    trace = traced(network, rows)
    first = backward(network, trace, outcome)[0]
    step, biases = 1e-3, [b.copy() for b in network.biases]
    biases[0] = biases[0].astype(np.float64)
    biases[0][2] += step
    changed = traced(network.with_matrices(network.matrices, (*biases, network.head_bias)), rows).logits
    losses = [np.logaddexp(0, z) - outcome[:, None] * z for z in (trace.logits, changed)]
    np.testing.assert_allclose((losses[1] - losses[0]).sum() / step, first[:, :, 2].sum(), rtol=0.02)


def test_a_target_may_be_a_probability():
    network, rows = drawn_network(), drawn_rows(9)
    trace = traced(network, rows)
    np.testing.assert_allclose(backward(network, trace, np.full(9, 0.3))[-1], expit(trace.logits) - 0.3)
