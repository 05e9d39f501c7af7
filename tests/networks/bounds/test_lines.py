"""The line of a function encloses it, is exact where the function is a line, and refuses no width of interval."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks.bounds.lines import BOUNDED, NARROW, SLACK, enclosing
from riskmodel.networks.graph.activations import ACTIVATIONS

PARAMETERS = {"LeakyRelu": (0.1,), "Clip": (-0.5, 0.7), "Elu": (1.3,), "Selu": (1.67, 1.05)}


def one(value):
    return np.array([[value]])


def off(kind, low, high, count=601):
    """How far the function is off its line, point by point, and the error that was said."""
    parameters = PARAMETERS.get(kind, ())
    slope, offset, error = enclosing(kind, one(low), one(high), parameters)
    inside = np.linspace(low, high, count)[None]
    return (ACTIVATIONS[kind].value(inside, *parameters) - slope * inside - offset)[0], error.item()


@pytest.mark.parametrize("kind", BOUNDED)
@settings(max_examples=25, deadline=None)
@given(st.floats(-30, 30), st.floats(0, 40))
def test_no_point_of_an_interval_is_farther_off_than_said(kind, low, width):
    away, error = off(kind, low, low + width)
    scale = max(1.0, np.abs(low) + width)
    assert np.abs(away).max() <= error + 1e-13 * scale


@pytest.mark.parametrize(("low", "high"), [(0.5, 4.0), (-4.0, -0.5), (0.0, 3.0), (-3.0, 0.0)])
@pytest.mark.parametrize("kind", ["Relu", "LeakyRelu"])
def test_where_the_function_is_a_line_the_enclosure_is_that_line(kind, low, high):
    _, error = off(kind, low, high)
    assert error <= 2 * SLACK


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (-1.0, 3.0), (-3.0, 1.0)])
def test_of_a_relu_the_error_is_half_of_what_the_chord_leaves_at_the_kink(low, high):
    slope, offset, error = enclosing("Relu", one(low), one(high))
    assert slope.item() == pytest.approx(high / (high - low))
    assert error.item() == pytest.approx(-low * high / (high - low) / 2)
    assert offset.item() == pytest.approx(error.item())


@pytest.mark.parametrize(("low", "high", "error"), [(-0.4, 0.6, 0.0), (-2.0, -0.5, 0.0), (0.7, 9.0, 0.0)])
def test_a_clip_has_three_lines(low, high, error):
    assert off("Clip", low, high)[1] == pytest.approx(error, abs=2 * SLACK)


@pytest.mark.parametrize("kind", BOUNDED)
@pytest.mark.parametrize("width", [0.0, NARROW / 2, NARROW * 2])
def test_a_point_and_a_hair_are_enclosed(kind, width):
    for low in (-1.3, 0.0, 0.4):
        away, error = off(kind, low, low + width, 5)
        assert np.abs(away).max() <= error + 1e-15
        assert error < 1e-8


@pytest.mark.parametrize("kind", ["Sigmoid", "Tanh", "Erf", "Softplus"])
def test_far_out_the_enclosure_is_a_number(kind):
    for low, high in ((-1000.0, -900.0), (900.0, 1000.0), (-1000.0, 1000.0)):
        slope, offset, error = enclosing(kind, one(low), one(high))
        assert np.isfinite([slope.item(), offset.item(), error.item()]).all()


def test_each_unit_and_row_has_its_own_line():
    low, high = np.array([[-1.0, 0.5], [-2.0, -3.0]]), np.array([[1.0, 2.0], [1.0, -1.0]])
    slope, offset, error = enclosing("Relu", low, high)
    for row, unit in np.ndindex(2, 2):
        alone = enclosing("Relu", one(low[row, unit]), one(high[row, unit]))
        assert [part[row, unit] for part in (slope, offset, error)] == [part.item() for part in alone]
