"""A kernel reads the places that ONNX's own convolution reads, whatever its strides, gaps and padding."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytest.importorskip("onnx")

from onnx_export.operators import by_reference, node_of

from riskmodel.onnx_export.foreign.windows import windows_of

PADDING = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")


def convolved(grid, kernel, windows):
    """The sum of kernel times what it reads, place by place; padding is zero."""
    return np.array(
        [
            sum(
                weight * (0.0 if at is None else grid[at])
                for weight, at in zip(kernel.ravel(), windows.of(place), strict=True)
            )
            for place in np.ndindex(*windows.outputs)
        ]
    ).reshape(windows.outputs)


@st.composite
def settings_of(draw):
    rank = draw(st.integers(1, 2))
    sizes = st.lists(st.integers(1, 3), min_size=rank, max_size=rank)
    shape = tuple(draw(st.lists(st.integers(3, 7), min_size=rank, max_size=rank)))
    padding = draw(st.sampled_from(PADDING))
    pads = draw(st.lists(st.integers(0, 2), min_size=2 * rank, max_size=2 * rank)) if padding == "NOTSET" else None
    dilations = draw(sizes) if padding in ("NOTSET", "VALID") else [1] * rank  # the reference knows no other
    return shape, tuple(draw(sizes)), draw(sizes), dilations, pads, padding


@settings(max_examples=60, deadline=None)
@given(settings_of(), st.integers(0, 1000))
def test_a_convolution_of_the_windows_is_that_of_the_reference(given_, seed):
    shape, kernel, strides, dilations, pads, padding = given_
    spans = [apart * (size - 1) + 1 for size, apart in zip(kernel, dilations, strict=True)]
    around = pads or [0] * 2 * len(shape)
    room = [n + around[i] + around[i + len(shape)] for i, n in enumerate(shape)]
    assume(all(span <= size for span, size in zip(spans, room, strict=True)))
    draw = np.random.default_rng(seed)
    grid, weight = draw.integers(-4, 5, shape).astype(np.float32), draw.integers(-4, 5, kernel).astype(np.float32)
    attributes = {"strides": strides, "dilations": dilations, "auto_pad": padding, "kernel_shape": list(kernel)}
    node = node_of("Conv", 2, **attributes, **({"pads": pads} if pads else {}))
    [due] = by_reference(node, (grid[None, None], weight[None, None]))
    windows = windows_of(shape, kernel, strides, dilations, pads, padding)
    np.testing.assert_array_equal(convolved(grid, weight, windows), due[0, 0])


def test_what_is_not_said_is_a_step_of_one_without_padding():
    windows = windows_of((5,), (2,))
    assert (windows.strides, windows.dilations, windows.before, windows.outputs) == ((1,), (1,), (0,), (4,))
    assert windows.of((3,)) == [(3,), (4,)]


def test_padding_is_no_place():
    windows = windows_of((3,), (3,), pads=[1, 1])
    assert [windows.of((at,)) for at in range(3)] == [[None, (0,), (1,)], [(0,), (1,), (2,)], [(1,), (2,), None]]


@pytest.mark.parametrize(("padding", "first"), [("SAME_UPPER", [(0,), (1,)]), ("SAME_LOWER", [None, (0,)])])
def test_an_odd_zero_stands_behind_or_in_front(padding, first):
    assert windows_of((4,), (2,), padding=padding).of((0,)) == first


def test_the_kernels_order_is_row_by_row():
    assert windows_of((3, 4), (2, 2)).of((1, 2)) == [(1, 2), (1, 3), (2, 2), (2, 3)]


@pytest.mark.parametrize(
    ("shape", "kernel", "more", "why"),
    [
        ((5,), (6,), {}, r"a kernel of \[6\] does not fit into \[5\]"),
        ((5,), (3,), {"dilations": [3]}, r"a kernel of \[7\] does not fit into \[5\]"),
        ((5, 5), (2, 9), {}, "does not fit into"),
        ((5,), (0,), {}, "does not fit into"),
        ((5,), (2,), {"pads": [1]}, "pads do not fit"),
        ((5,), (2,), {"pads": [1, -1]}, "pads do not fit"),
        ((5,), (2,), {"dilations": [-1]}, "does not fit into"),
    ],
)
def test_what_does_not_fit_is_refused(shape, kernel, more, why):
    with pytest.raises(ValueError, match=why):
        windows_of(shape, kernel, **more)
