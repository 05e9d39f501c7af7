"""Each operation on enclosed values encloses what it does to every point of the box, and is exact where it can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks.bounds.linear_form import LinearForm, of_box
from riskmodel.networks.graph.activations import ACTIVATIONS

ROWS, UNITS, COORDINATES = 7, 3, 4
seeds = given(seed=st.integers(0, 10_000))


def form(random):
    """Values that depend on all coordinates, with an error around them."""
    shape = (ROWS, UNITS)
    return LinearForm(
        random.normal(size=shape), random.normal(size=(ROWS, COORDINATES, UNITS)), random.exponential(size=shape)
    )


def points(forms, random):
    """Values of each form at the same coordinates of the box, with an error of their own."""
    at = random.choice([-1.0, 1.0, *random.uniform(-1, 1, 3)], (ROWS, 1, COORDINATES))
    return [
        one.centre + (at @ one.slopes)[:, 0] + one.radius * random.choice([-1.0, 0.3, 1.0], one.radius.shape)
        for one in forms
    ]


def holds(enclosure, values):
    return ((enclosure.low - 1e-9 <= values) & (values <= enclosure.high + 1e-9)).all()


@settings(max_examples=25, deadline=None)
@seeds
def test_sums_differences_products_and_layers_hold_every_point(seed):
    random = np.random.default_rng(seed)
    one, other = form(random), form(random)
    weight, bias, scale = random.normal(size=(5, UNITS)), random.normal(size=5), random.normal(size=UNITS)
    for _ in range(10):
        x, y = points((one, other), random)
        assert holds(one.plus(other), x + y)
        assert holds(one.plus(other, -1.0), x - y)
        assert holds(one.times(other), x * y)
        assert holds(one.dense(weight, bias), x @ weight.T + bias)
        assert holds(one.scaled(scale, 0.5), x * scale + 0.5)
        assert holds(one.through("Tanh"), np.tanh(x))
        assert holds(one.through("LeakyRelu", (0.1,)), ACTIVATIONS["LeakyRelu"].value(x, 0.1))


def test_a_value_less_itself_is_nothing_but_its_error():
    """What two values share is known: intervals alone would be four times as wide."""
    one = form(np.random.default_rng(2))
    one = LinearForm(one.centre, one.slopes, np.zeros_like(one.radius))
    assert np.abs(one.plus(one, -1.0).reach).max() == 0


def test_a_linear_function_of_a_box_is_enclosed_exactly():
    random = np.random.default_rng(3)
    low = random.normal(size=(ROWS, UNITS))
    high = low + random.exponential(size=(ROWS, UNITS))
    box = of_box(low, high, np.arange(UNITS), UNITS)
    np.testing.assert_allclose((box.low, box.high), (low, high), atol=1e-12)
    weight = random.normal(size=(1, UNITS))
    made = box.dense(weight, np.array([0.25]))
    least = np.where(weight > 0, low, high) @ weight[0] + 0.25  # the corner of the box that is least
    most = np.where(weight > 0, high, low) @ weight[0] + 0.25
    np.testing.assert_allclose((made.low[:, 0], made.high[:, 0]), (least, most), atol=1e-12)


def test_a_value_without_a_coordinate_stays():
    low, high = np.array([[1.0, 2.0]]), np.array([[3.0, 2.0]])
    box = of_box(low, high, np.array([0, -1]), 1)
    assert (box.low.tolist(), box.high.tolist()) == (low.tolist(), high.tolist())
    assert box.slopes[0, :, 1].tolist() == [0.0]


@pytest.mark.parametrize("scale", [2.0, -2.0, 0.0])
def test_scaling_turns_and_widens_by_the_size_of_the_scale(scale):
    one = form(np.random.default_rng(4))
    made = one.scaled(np.full(UNITS, scale), -1.0)
    np.testing.assert_allclose(made.reach, abs(scale) * one.reach)
    np.testing.assert_allclose(made.centre, scale * one.centre - 1)
