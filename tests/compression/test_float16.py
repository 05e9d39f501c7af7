from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel import compression
from riskmodel.compression.float16 import Float16Compressor
from riskmodel.core import Calibration
from riskmodel.errors import ConfigError, UnsupportedScorer
from riskmodel.networks import Network
from riskmodel.scorers.neural.initial import initial_network


@dataclass(frozen=True)
class Holder:
    """The least that a compressor asks of a scorer."""

    network: Network
    kind: str = "neural"
    calibration: Calibration = field(default_factory=Calibration)

    def with_network(self, network):
        return replace(self, network=network)

    def encoded(self, matrix):
        return matrix.astype(np.float32)

    def fine_tune(self, network, development, epochs):
        raise NotImplementedError


def a_holder(seed=0, scale=1.0):
    numbers = np.random.default_rng(seed).normal(size=(80, 4)).astype(np.float32)
    network = initial_network(numbers, 3, hidden=(9, 6), members=3, bins=5, embedding=2, seed=seed)
    return Holder(replace(network, head=(scale * network.head).astype(np.float32)))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), tolerance=st.floats(1e-5, 0.01))
def test_it_either_keeps_to_its_tolerance_or_refuses(seed, tolerance):
    holder = a_holder(seed, scale=5)
    inputs = np.random.default_rng(seed + 1).normal(size=(50, 7)).round(3).astype(np.float32)
    try:
        half = Float16Compressor(tolerance).compress(holder)
    except UnsupportedScorer:
        return
    change = np.abs(pd(half, inputs) - pd(holder, inputs)).max()
    assert change <= 2 * tolerance


def pd(holder, inputs):
    return 1 / (1 + np.exp(-holder.network.margin(inputs)))


def test_weights_are_half_as_wide_and_edges_are_not():
    half = Float16Compressor().compress(a_holder()).network
    assert {name: v.dtype for name, v in half.arrays.items() if v.dtype != np.float16} == {"edges": np.float32}


def test_compressing_twice_is_compressing_once():
    once = Float16Compressor().compress(a_holder())
    twice = Float16Compressor().compress(once)
    for name, values in once.network.arrays.items():
        np.testing.assert_array_equal(twice.network.arrays[name], values)


@pytest.mark.filterwarnings("ignore:overflow encountered", "ignore:invalid value encountered")
def test_a_weight_too_large_for_half_a_width_is_refused():
    with pytest.raises(UnsupportedScorer, match=r"float16 may move a PD by 0.001 at most, however: nan"):
        Float16Compressor().compress(a_holder(scale=1e7))


def test_a_scorer_without_a_network_is_refused():
    @dataclass(frozen=True)
    class Trees:
        kind: str = "lgbm"

    with pytest.raises(UnsupportedScorer, match="float16 works on scorers with a network"):
        Float16Compressor().compress(Trees())


def test_unknown_names_and_options_are_one_clear_line():
    assert "float16" in compression.names()
    assert compression.make("float16", {"tolerance": 0.01}) == Float16Compressor(0.01)
    with pytest.raises(ConfigError, match=r"compressor must be among .*float16.*, however: 'zip'"):
        compression.make("zip")
    with pytest.raises(ConfigError, match=r"options.bits: unknown key; allowed are tolerance"):
        compression.make("float16", {"bits": 8})
    with pytest.raises(ConfigError, match=r"options.tolerance: .* however: 0"):
        compression.make("float16", {"tolerance": 0.0})
