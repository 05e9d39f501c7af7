"""bfloat16 and the codebook: what becomes of the weights, and of the file."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel import compression
from riskmodel.compression.bfloat16 import rounded
from riskmodel.errors import UnsupportedScorer

ml_dtypes = pytest.importorskip("ml_dtypes")


@given(st.lists(st.floats(width=32), min_size=1, max_size=30))
def test_rounding_is_that_of_ml_dtypes_to_the_last_bit(values):
    values = np.array(values, np.float32)
    want = values.astype(ml_dtypes.bfloat16).astype(np.float32)
    np.testing.assert_array_equal(rounded(values), want)
    assert (np.signbit(rounded(values)) == np.signbit(want))[~np.isnan(values)].all()


def wider(scorer, factor=1.0):
    """The same network with more neurons that say nothing, so that its arrays are worth a code; zeros stay zeros."""
    network, random = scorer.network, np.random.default_rng(0)
    width, extra = network.widths[0], 70
    first = np.vstack([network.weights[0], random.normal(size=(extra, network.weights[0].shape[1]))])
    second = np.hstack([network.weights[1] * factor, np.zeros((network.widths[1], extra))])
    bias = np.concatenate([network.biases[0], np.zeros(extra)])
    grown = replace(
        network,
        weights=(first.astype(np.float32), second.astype(np.float32), *network.weights[2:]),
        biases=(bias.astype(np.float32), *network.biases[1:]),
    )
    assert grown.widths[0] == width + extra
    return scorer.with_network(grown)


def test_a_codebook_has_so_many_levels_keeps_zeros_and_takes_a_byte_a_weight(fitted):
    scorer = wider(fitted("mlp"))
    small = compression.make("codebook", {"levels": 12, "tolerance": 0.5}).compress(scorer)
    for before, after in zip(scorer.network.matrices, small.network.matrices, strict=True):
        assert len(np.unique(after[after != 0])) <= 12
        np.testing.assert_array_equal(after == 0, before == 0)
    assert len(small.files()["network.npz"]) < 0.6 * len(scorer.files()["network.npz"])


def test_more_levels_move_pds_less(fitted, fresh):
    scorer = wider(fitted("mlp"))
    changes = [
        np.abs(
            compression.make("codebook", {"levels": n, "tolerance": 0.9}).compress(scorer).score(fresh)
            - scorer.score(fresh)
        ).mean()
        for n in (4, 16, 64)
    ]
    assert changes[0] > 3 * changes[1] > 3 * changes[2]


@pytest.mark.parametrize("name", ["codebook", "bfloat16", "float16"])
def test_a_network_that_gives_no_number_is_refused(name, fitted):
    scorer = fitted("mlp")
    broken = scorer.with_network(replace(scorer.network, head=np.full_like(scorer.network.head, np.nan)))
    with pytest.raises(UnsupportedScorer, match="no number"):
        compression.make(name).compress(broken)


def test_bfloat16_weights_are_stored_in_half_the_bytes(fitted):
    scorer = wider(fitted("mlp"))
    small = compression.make("bfloat16").compress(scorer)
    assert len(small.files()["network.npz"]) < 0.7 * len(scorer.files()["network.npz"])
