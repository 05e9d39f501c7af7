"""The range of an embedded network holds every margin of the box, knots of its embeddings and mean PDs included."""

import numpy as np
import pytest
from networks import drawn_network, drawn_rows

from riskmodel.networks.bounds.embedded import CHUNK, network_range


def inside(low, high, count, seed=0):
    """Points of the box, its corners among them."""
    random = np.random.default_rng(seed)
    for i in range(count):
        share = random.uniform(0, 1, low.shape) if i % 2 else random.integers(0, 2, low.shape)
        yield (low + share * (high - low)).astype(np.float32)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("reach", [0.01, 0.3, 2.0])
def test_no_point_of_the_box_is_outside(members, reach):
    network, rows = drawn_network(members=members), drawn_rows(25)
    half = np.where(np.arange(4) < 2, reach, 0).astype(np.float32)  # numbers move, indicators stay
    low, high = rows - half, rows + half
    least, most = network_range(network, low, high)
    margins = np.array([network.margin(point) for point in inside(low, high, 60)])
    assert (margins >= least - 1e-4).all()
    assert (margins <= most + 1e-4).all()
    if reach < 0.1:
        assert np.median((most - least) / np.ptp(margins, axis=0)) < 3


@pytest.mark.parametrize("members", [1, 3])
def test_a_box_of_one_point_is_that_points_margin(members):
    network, rows = drawn_network(members=members), drawn_rows(9)
    np.testing.assert_allclose(network_range(network, rows, rows), [network.margin(rows)] * 2, atol=1e-5)


def test_an_indicator_may_move_too():
    network, rows = drawn_network(), drawn_rows(9)
    low, high = rows.copy(), rows.copy()
    low[:, 3], high[:, 3] = 0, 1
    least, most = network_range(network, low, high)
    for rows_at_an_end in (low, high):
        margin = network.margin(rows_at_an_end)
        assert (margin >= least - 1e-4).all()
        assert (margin <= most + 1e-4).all()


def test_a_wider_box_has_a_wider_range():
    network, rows = drawn_network(), drawn_rows(9)
    widths = []
    for reach in (0.0, 0.1, 0.5, 1.0):
        half = np.where(np.arange(4) < 2, reach, 0).astype(np.float32)
        least, most = network_range(network, rows - half, rows + half)
        widths.append(np.mean(most - least))
    assert widths == sorted(widths)


@pytest.mark.parametrize("count", [0, 1, CHUNK + 2])
def test_rows_do_not_depend_on_their_chunk(count):
    network, rows = drawn_network(members=1, hidden=(3,)), drawn_rows(count)
    half = np.float32(0.1) * (np.arange(4) < 2)
    least, most = network_range(network, rows - half, rows + half)
    assert len(least) == len(most) == count
    if count:
        again = network_range(network, rows[-1:] - half, rows[-1:] + half)
        np.testing.assert_allclose((least[-1:], most[-1:]), again, atol=1e-9)
