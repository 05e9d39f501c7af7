import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.onnx_export import Drawing, interpolated, opened
from riskmodel.onnx_export.lookups import pieces

pytest.importorskip("onnxruntime")


def run(make, columns, rows):
    """Each row's values, added up with the weights 1, 2, 4, so that no column can hide behind another."""
    drawing = Drawing(columns, "float64")
    weights = drawing.constant(2.0 ** np.arange(columns)[:, None])
    return opened(drawing.finished(drawing.add("MatMul", make(drawing), weights)), columns).run(rows)


lines = st.lists(st.integers(-40, 40).map(lambda n: n / 8), min_size=2, max_size=20, unique=True).map(sorted)


@settings(max_examples=25, deadline=None)
@given(st.lists(lines, min_size=1, max_size=3), st.integers(0, 10**6))
def test_lines_are_those_of_numpy(knots, seed):
    random = np.random.default_rng(seed)
    knots = [np.array(line) for line in knots]
    heights = [random.normal(size=len(line)) for line in knots]
    rows = np.column_stack([random.choice([*line, *(line + 0.01), -99.0, 99.0], 60) for line in knots])
    want = sum(2.0**j * np.interp(rows[:, j], knots[j], heights[j]) for j in range(len(knots)))
    got = run(lambda drawing: interpolated(drawing, "rows", knots, heights), len(knots), rows)
    np.testing.assert_allclose(got, want, atol=1e-12, rtol=0)


def test_pieces_count_on_from_column_to_column_and_a_knot_begins_its_own():
    inner = [np.array([0.0, 1.0]), np.array([]), np.array([5.0])]
    rows = np.array([[-1, 9, 4.9], [0, 9, 5], [1, 9, 6]])
    got = run(lambda d: d.cast(pieces(d, "rows", inner), np.float64), 3, rows)
    want = np.array([[0, 3, 4], [1, 3, 5], [2, 3, 5]]) @ [1, 2, 4]
    np.testing.assert_array_equal(got, want)
