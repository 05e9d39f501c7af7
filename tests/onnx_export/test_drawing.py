"""What is drawn is what numpy does; the same calls give the same bytes."""

import sys

import numpy as np
import pytest

from riskmodel.errors import RiskModelError
from riskmodel.onnx_export import ROWS, Drawing, opened
from riskmodel.onnx_export.drawing import IR, MARGIN, OPSETS, PRODUCER

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
RANDOM = np.random.default_rng(0)
TABLE = RANDOM.normal(size=(37, 4))


def run(make, rows=TABLE, width="float64"):
    """What a drawing makes of rows; `make` draws n x 1 doubles."""
    drawing = Drawing(rows.shape[1], width)
    return opened(drawing.finished(make(drawing)), rows.shape[1]).run(rows)


def test_columns_come_in_the_order_asked_for_and_as_often():
    weights = np.array([[1.0], [10.0], [100.0]])

    def make(drawing):
        some = drawing.columns_of(ROWS, np.array([3, 0, 3]))
        return drawing.add("MatMul", some, drawing.constant(weights))

    np.testing.assert_allclose(run(make), TABLE[:, [3, 0, 3]] @ weights[:, 0], rtol=1e-13)


@pytest.mark.parametrize("rows", [1, 2, 37])
def test_one_number_a_row(rows):
    np.testing.assert_array_equal(run(lambda drawing: drawing.filled(ROWS, -1.25), TABLE[:rows]), np.full(rows, -1.25))


def test_a_constant_that_lies_otherwise_in_memory_is_the_same():
    matrix = RANDOM.normal(size=(4, 1))
    for values in (matrix, np.asfortranarray(matrix), np.repeat(matrix, 2, axis=1)[:, ::2]):
        product = run(lambda d, values=values: d.add("MatMul", ROWS, d.constant(values)))
        np.testing.assert_allclose(product, TABLE @ matrix[:, 0], rtol=1e-13)


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.bool_])
def test_a_cast_rounds_as_numpy_does(kind):
    def make(drawing):
        return drawing.cast(drawing.cast(drawing.columns_of(ROWS, np.array([1])), kind), np.float64)

    np.testing.assert_array_equal(run(make), TABLE[:, 1].astype(kind).astype(np.float64))


def test_rows_of_single_precision_are_rounded_at_the_door():
    def make(drawing):
        return drawing.cast(drawing.columns_of(ROWS, np.array([2])), np.float64)

    np.testing.assert_array_equal(run(make, width="float32"), TABLE[:, 2].astype(np.float32).astype(np.float64))
    np.testing.assert_array_equal(run(make, width="float64"), TABLE[:, 2])


def test_a_file_says_whose_it_is_and_what_goes_in_and_out():
    def drawn():
        drawing = Drawing(4, "float32")
        return drawing.finished(drawing.add("Mul", drawing.filled(ROWS, 2.0), drawing.number(3.0)))

    assert drawn() == drawn()
    model = onnx.load_from_string(drawn())
    assert (model.producer_name, model.graph.name, model.ir_version) == (PRODUCER, PRODUCER, IR)
    assert {opset.domain: opset.version for opset in model.opset_import} == OPSETS
    [given], [made] = model.graph.input, model.graph.output
    assert (given.name, made.name) == (ROWS, MARGIN)
    assert [d.dim_param or d.dim_value for d in given.type.tensor_type.shape.dim] == ["n", 4]
    assert len({name for node in model.graph.node for name in node.output}) == len(model.graph.node)


def test_a_machine_without_onnx_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(RiskModelError, match=r"pip install 'riskmodel\[onnx\]'"):
        Drawing(1, "float64")
