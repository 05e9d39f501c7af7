"""The shapes that are worked out are those that ONNX's reference makes; what does not fit is refused before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

onnx = pytest.importorskip("onnx")

from onnx_export.operators import by_reference, known, node_of  # noqa: E402

from riskmodel.onnx_export.shapes import Shapes, broadcast  # noqa: E402


def numbers(*shape):
    return np.random.default_rng(0).uniform(0.5, 2.0, shape).astype(np.float32)


def whole(*values):
    return np.array(values, np.int64)


CASES = {
    "a sum of a row and a column": ("Add", (numbers(3, 1), numbers(1, 4)), {}),
    "a choice of three": ("Where", (numbers(3, 1) > 1, numbers(4), numbers(2, 1, 1)), {}),
    "a maximum of three": ("Max", (numbers(3, 1), numbers(4), numbers(1)), {}),
    "a product of matrices": ("MatMul", (numbers(3, 4), numbers(4, 2)), {}),
    "a product of stacks": ("MatMul", (numbers(5, 1, 3, 4), numbers(2, 4, 2)), {}),
    "a function of each": ("Relu", (numbers(3, 4),), {}),
    "columns looked up": ("Gather", (numbers(3, 4), whole(3, 0, 3)), {"axis": 1}),
    "rows looked up": ("Gather", (numbers(3, 4), np.zeros((2, 5), np.int64)), {}),
    "columns from the end": ("Gather", (numbers(3, 4, 2), whole(1)), {"axis": -1}),
    "one place looked up": ("Gather", (numbers(3, 4), np.array(1, np.int64)), {"axis": 1}),
    "columns side by side": ("Concat", (numbers(3, 4), numbers(3, 1), numbers(3, 2)), {"axis": 1}),
    "side by side from the end": ("Concat", (numbers(3, 4), numbers(3, 1)), {"axis": -1}),
    "rows below rows": ("Concat", (numbers(3, 4), numbers(2, 4)), {"axis": 0}),
    "a shape": ("Shape", (numbers(3, 4, 5),), {}),
    "the rows": ("Shape", (numbers(3, 4, 5),), {"start": 0, "end": 1}),
    "all but the last": ("Shape", (numbers(3, 4, 5),), {"end": -1}),
    "another shape": ("Reshape", (numbers(3, 4), whole(2, 6)), {}),
    "a shape with a rest": ("Reshape", (numbers(3, 4), whole(-1, 2, 2)), {}),
    "a shape that keeps its rows": ("Reshape", (numbers(3, 4, 5), whole(0, -1)), {}),
    "stretched": ("Expand", (numbers(3, 1), whole(2, 1, 4)), {}),
    "an axis in front": ("Unsqueeze", (numbers(3, 4), whole(0)), {}),
    "two axes, one from the end": ("Unsqueeze", (numbers(3, 4), whole(1, -1)), {}),
    "summed along one": ("ReduceSum", (numbers(3, 4, 5), whole(1)), {"keepdims": 0}),
    "summed and kept": ("ReduceSum", (numbers(3, 4, 5), whole(0, -1)), {"keepdims": 1}),
    "summed, kept unless said": ("ReduceSum", (numbers(3, 4), whole(1)), {}),
    "in the logarithm": ("ReduceLogSumExp", (numbers(3, 4),), {"axes": [1], "keepdims": 0}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_shape_is_that_of_the_reference(name):
    kind, arrays, attributes = CASES[name]
    node = node_of(kind, len(arrays), **attributes)
    assert known(Shapes, node, arrays).add(node) == [("o0", by_reference(node, arrays)[0].shape)]


REFUSED = {
    "columns that differ": ("Add", (numbers(3, 2), numbers(3, 4)), {}, ValueError),
    "a product that does not fit": ("MatMul", (numbers(3, 4), numbers(3, 4)), {}, ValueError),
    "a product of a list": ("MatMul", (numbers(4), numbers(4, 2)), {}, ValueError),
    "an axis beyond": ("Gather", (numbers(3, 4), whole(0)), {"axis": 2}, ValueError),
    "an axis before the first": ("Gather", (numbers(3, 4), whole(0)), {"axis": -3}, ValueError),
    "parts of other heights": ("Concat", (numbers(3, 4), numbers(2, 4)), {"axis": 1}, ValueError),
    "parts of other ranks": ("Concat", (numbers(3, 4), numbers(3, 4, 1)), {"axis": 1}, ValueError),
    "too few for a shape": ("Reshape", (numbers(3, 4), whole(5, 3)), {}, ValueError),
    "a rest that does not come out": ("Reshape", (numbers(3, 4), whole(-1, 5)), {}, ValueError),
    "two rests": ("Reshape", (numbers(3, 4), whole(-1, -1)), {}, ValueError),
    "a shape of nine": ("Reshape", (numbers(3, 4), whole(*[1] * 7, 3, 4)), {}, ValueError),
    "a shape that is no constant": ("Reshape", (numbers(3, 4), numbers(2)), {}, ValueError),
    "a negative size": ("Expand", (numbers(3, 1), whole(3, -2)), {}, ValueError),
    "an axis twice": ("Unsqueeze", (numbers(3, 4), whole(1, 1)), {}, ValueError),
    "an axis that is not there": ("Unsqueeze", (numbers(3, 4), whole(7)), {}, ValueError),
    "nine axes": ("Unsqueeze", (numbers(3, 4), whole(*range(7))), {}, ValueError),
    "a sum beyond the last": ("ReduceSum", (numbers(3, 4), whole(2)), {}, ValueError),
    "an operator that nobody wrote": ("Loop", (numbers(3, 4),), {}, KeyError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused(name):
    kind, arrays, attributes, error = REFUSED[name]
    node = node_of(kind, len(arrays), **attributes)
    with pytest.raises(error):
        known(Shapes, node, arrays).add(node)


def test_a_value_that_nothing_made_and_one_made_twice_are_refused():
    node = node_of("Add", 2)
    with pytest.raises(KeyError):
        Shapes({"i0": (3,)}).add(node)
    shapes = known(Shapes, node, (numbers(3), numbers(3)))
    shapes.add(node)
    with pytest.raises(ValueError, match="an output is missing or made twice"):
        shapes.add(node)
    with pytest.raises(ValueError, match="an output is missing or made twice"):
        known(Shapes, node, (numbers(3), numbers(3))).add(node_of("Add", 2, outputs=2))


def test_a_value_too_large_to_count_is_refused():
    node = node_of("Gather", 2)
    shapes = Shapes({"i0": (2, 1 << 40), "i1": (1 << 40,)})
    with pytest.raises(ValueError, match="a value is too large"):
        shapes.add(node)


def test_a_quantised_value_comes_with_its_scale_and_its_zero():
    node = node_of("DynamicQuantizeLinear", 1, outputs=3)
    made = known(Shapes, node, (numbers(3, 4),)).add(node)
    assert made == [("o0", (3, 4)), ("o1", ()), ("o2", ())]
    assert [one.shape for one in by_reference(node, (numbers(3, 4),))] == [(3, 4), (), ()]


def test_trees_make_their_targets_of_each_row():
    node = node_of("TreeEnsemble", 1, domain="ai.onnx.ml", n_targets=5)
    assert known(Shapes, node, (numbers(7, 3),)).add(node) == [("o0", (7, 5))]


def test_the_rows_are_counted_and_joined_with_constants_to_a_shape():
    """What `filled` draws: rows x 1, whatever the rows."""
    shapes = Shapes({"rows": (6, 3), "one": (1,), "value": ()}, {"one": [1]})
    helper = onnx.helper
    shapes.add(helper.make_node("Shape", ["rows"], ["count"], start=0, end=1))
    shapes.add(helper.make_node("Concat", ["count", "one"], ["shape"], axis=0))
    assert shapes.numbers["shape"] == [6, 1]
    assert shapes.add(helper.make_node("Expand", ["value", "shape"], ["made"])) == [("made", (6, 1))]


SIZES = st.lists(st.integers(1, 4), max_size=4)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIZES)
def test_broadcasting_is_numpys(one, other):
    try:
        due = np.add(np.zeros(one), np.zeros(other)).shape if one or other else ()
    except ValueError:
        with pytest.raises(ValueError, match="broadcast"):
            broadcast(tuple(one), tuple(other))
        return
    assert broadcast(tuple(one), tuple(other)) == due


def test_nothing_and_too_many_axes_are_not_broadcast():
    for shapes in ((), ((1,) * 9, (2,))):
        with pytest.raises(ValueError, match="without inputs, or with too many dimensions"):
            broadcast(*shapes)
    assert broadcast((1,) * 8) == (1,) * 8
