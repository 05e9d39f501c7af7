import io
import zipfile
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer
from riskmodel.networks import CHUNK, Network, network_scorer, pack, unpack
from riskmodel.scorers.neural.initial import initial_network


def a_network(seed=0, *, members=4, hidden=(7, 5), bins=6, embedding=3, indicators=2) -> Network:
    """Random in every array; its three inputs have many bins, four, and one."""
    random = np.random.default_rng(seed)
    numbers = np.column_stack([random.normal(size=90), random.integers(0, 4, 90), np.arange(90) < 31])
    network = initial_network(
        numbers.astype(np.float32),
        indicators,
        hidden=hidden,
        members=members,
        bins=bins,
        embedding=embedding,
        seed=seed,
    )
    real = np.isfinite(network.edges[:, 1:])[..., None]
    return replace(network, bins=np.where(real, random.normal(size=network.bins.shape), 0).astype(np.float32))


def some_inputs(rows, seed=1, indicators=2):
    """Beyond the outermost edges too."""
    random = np.random.default_rng(seed)
    numbers = 3 * random.normal(size=(rows, 3))
    return np.column_stack([numbers, random.integers(0, 2, (rows, indicators))]).astype(np.float32)


@pytest.mark.filterwarnings("ignore:The 2-th feature has just two bin edges")
def test_logits_are_those_of_the_tabm_package_with_the_same_weights():
    """The oracle: arch_type tabm-mini, piecewise-linear embeddings version B, one-hot categories."""
    torch, tabm, embeddings = (pytest.importorskip(name) for name in ("torch", "tabm", "rtdl_num_embeddings"))
    network = a_network(indicators=5)
    bins = [torch.from_numpy(row[np.isfinite(row)]) for row in network.edges]
    theirs = tabm.TabM.make(
        n_num_features=3,
        cat_cardinalities=[3, 2],
        d_out=1,
        num_embeddings=embeddings.PiecewiseLinearEmbeddings(bins, 3, activation=False, version="B"),
        arch_type="tabm-mini",
        n_blocks=2,
        d_block=7,
        k=4,
    )
    network = a_network(indicators=5, hidden=(7, 7))
    copy_into(theirs, network, torch)
    codes = np.random.default_rng(2).integers(0, [3, 2], (41, 2))
    numbers = some_inputs(41)[:, :3]
    one_hot = np.concatenate([np.eye(3)[codes[:, 0]], np.eye(2)[codes[:, 1]]], axis=1)
    with torch.no_grad():
        expected = theirs.eval()(torch.from_numpy(numbers), torch.from_numpy(codes)).numpy()[:, :, 0]

    got = network.logits(np.concatenate([numbers, one_hot], axis=1).astype(np.float32))

    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5)
    assert np.ptp(expected) > 0.5


def copy_into(theirs, network, torch):
    """Their last bin always stands in the last column, ours right after the one before."""
    bins = np.zeros_like(network.bins)
    for i, row in enumerate(network.edges):
        count = int(np.isfinite(row).sum()) - 1
        bins[i, : count - 1], bins[i, -1] = network.bins[i, : count - 1], network.bins[i, count - 1]
    embedding, blocks = theirs.num_module, theirs.backbone.blocks
    pairs = {
        embedding.linear.weight: bins,
        embedding.linear0.weight: network.slope,
        embedding.linear0.bias: network.offset,
        theirs.backbone.affine.weight: network.scaling,
        theirs.output.weight: network.head[:, :, None],
        theirs.output.bias: network.head_bias[:, None],
        **{block[0].weight: network.weights[i] for i, block in enumerate(blocks)},
        **{block[0].bias: network.biases[i] for i, block in enumerate(blocks)},
    }
    with torch.no_grad():
        for parameter, values in pairs.items():
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(values)))


def test_one_member_is_the_plain_network_written_out_by_hand():
    network, inputs = a_network(members=1), some_inputs(9)
    for row, margin in zip(inputs, network.margin(inputs), strict=True):
        parts = [embedded_by_hand(network, i, row[i]) for i in range(3)]
        current = np.concatenate([*parts, row[3:]]) * network.scaling[0]
        for weight, bias in zip(network.weights, network.biases, strict=True):
            current = np.maximum(weight @ current + bias, 0)
        assert margin == pytest.approx(network.head[0] @ current + network.head_bias[0], abs=1e-5)


def embedded_by_hand(network, i, value):
    """Equation 1 of Gorishniy et al. 2022, then the linear part."""
    edges = network.edges[i][np.isfinite(network.edges[i])]
    total, last = network.offset[i] + value * network.slope[i], len(edges) - 2
    for t, (left, right) in enumerate(pairwise(edges)):
        passed = (value - left) / (right - left)
        passed = passed if t == 0 else max(passed, 0)
        passed = passed if t == last else min(passed, 1)
        total = total + passed * network.bins[i, t]
    return total


def test_members_probabilities_are_averaged_and_not_their_log_odds():
    network, inputs = a_network(), some_inputs(33)
    network = replace(network, head=8 * network.head)
    logits = network.logits(inputs)
    np.testing.assert_allclose(expit(network.margin(inputs)), expit(logits).mean(axis=1), atol=1e-6)
    assert np.abs(network.margin(inputs) - logits.mean(axis=1)).max() > 0.01


def test_margins_far_out_stay_numbers():
    network = replace(a_network(), head_bias=np.array([90, 80, 85, 95], np.float32))
    margin = network.margin(some_inputs(5))
    assert np.isfinite(margin).all()
    assert (margin > 70).all()


def test_rows_do_not_depend_on_their_chunk():
    network, inputs = a_network(), some_inputs(2 * CHUNK + 3)
    rows = [0, CHUNK - 1, CHUNK, 2 * CHUNK + 2]
    np.testing.assert_allclose(network.margin(inputs)[rows], network.margin(inputs[rows]), atol=1e-5)
    assert network.margin(inputs[:0]).shape == (0,)


@pytest.mark.parametrize("indicators", [0, 3])
def test_inputs_may_be_numbers_only_or_indicators_only(indicators):
    network = a_network(indicators=indicators)
    assert network.margin(some_inputs(4, indicators=indicators)).shape == (4,)
    bare = initial_network(np.empty((5, 0), np.float32), 3, hidden=(4,), members=2, bins=3, embedding=2, seed=0)
    assert bare.margin(np.eye(3, dtype=np.float32)).shape == (3,)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 6), max_size=6), st.sets(st.integers(0, 4), max_size=4))
def test_a_network_without_neurons_is_the_network_with_these_silenced(first, second):
    network, inputs = a_network(), some_inputs(17)
    silenced = list(network.matrices)
    for layer, gone in enumerate((sorted(first), sorted(second)), start=1):
        silenced[layer] = silenced[layer].copy()
        silenced[layer][:, gone] = 0

    smaller = network.without_neurons([sorted(first), sorted(second)])

    assert smaller.widths == (7 - len(first), 5 - len(second))
    np.testing.assert_allclose(smaller.margin(inputs), network.with_matrices(silenced).margin(inputs), atol=1e-5)
    assert network.widths == (7, 5)


def test_a_layer_is_never_emptied():
    with pytest.raises(RiskModelError, match="layer 2 must keep a neuron, however: all 5 are to go"):
        a_network().without_neurons([[0], range(5)])


def test_hidden_activations_lead_to_the_logits():
    network, inputs = a_network(), some_inputs(11)
    first, last = network.hidden(inputs)
    assert first.shape == (11, 4, 7)
    assert last.min() >= 0
    np.testing.assert_allclose(np.einsum("nkw,kw->nk", last, network.head) + network.head_bias, network.logits(inputs))


def test_counts_are_those_of_a_network_counted_by_hand():
    network = a_network()  # bins 6 + 3 + 1, embeddings of 3, inputs 3 * 3 + 2
    assert [int(np.isfinite(row).sum()) - 1 for row in network.edges] == [6, 3, 1]
    assert network.neurons == 12
    assert network.parameters == 10 * 3 + 9 + 9 + 4 * 11 + (7 * 11 + 7) + (5 * 7 + 5) + (4 * 5 + 4)
    assert network.work == 9 + 4 * (7 * 11 + 5 * 7) + 4 * 5
    assert network.connections == network.parameters
    matrices = [np.where(np.arange(m.size).reshape(m.shape) < 3, 0, m) for m in network.matrices]
    assert network.with_matrices(matrices).connections == network.parameters - 9


def test_half_width_is_stored_in_half_and_computed_in_single():
    network, inputs = a_network(), some_inputs(8)
    half = network.stored_as(np.float16)
    assert half.head.dtype == np.float16
    assert half.edges.dtype == np.float32
    assert half.logits(inputs).dtype == np.float32
    np.testing.assert_allclose(half.logits(inputs), half.stored_as(np.float32).logits(inputs))


def test_packed_arrays_come_back_and_the_same_arrays_give_the_same_bytes():
    network, inputs = a_network(), some_inputs(6)
    content = pack(network.arrays)
    assert content == pack(a_network().arrays)
    back = Network.from_arrays(unpack(content))
    np.testing.assert_array_equal(back.margin(inputs), network.margin(inputs))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("damaged", [b"", b"no zip", pack({"a": np.ones(3)})[:-30]])
def test_damaged_bytes_are_one_clear_line(damaged):
    with pytest.raises(BundleError, match="the arrays cannot be read"):
        unpack(damaged)


def test_pickled_objects_are_refused():
    whole = io.BytesIO()
    np.savez(whole, a=np.array([{}], object))
    with pytest.raises(BundleError):
        unpack(whole.getvalue())
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        pack({"a": np.array([{}], object)})


def test_arrays_that_are_missing_or_do_not_fit_are_refused():
    arrays = a_network().arrays
    with pytest.raises(BundleError, match="lack 'bias2'"):
        Network.from_arrays({name: values for name, values in arrays.items() if name != "bias2"})
    with pytest.raises(RiskModelError, match="must fit together"):
        Network.from_arrays({**arrays, "head": arrays["head"][:, 1:]})


def test_a_scorer_without_a_network_is_refused_by_its_kind():
    class Trees:
        kind = "lgbm"

    with pytest.raises(UnsupportedScorer, match=r"neurons works on scorers with a network .*, however: lgbm"):
        network_scorer(Trees(), "neurons")
