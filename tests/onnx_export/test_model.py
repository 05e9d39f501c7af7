"""Only our own models are opened, and a batch may have any number of rows."""

import numpy as np
import pytest
from random_trees import random_ensemble, trying
from scipy.special import expit

from riskmodel.core import Calibration
from riskmodel.errors import BundleError
from riskmodel.onnx_export import PD, Drawing, opened, tree_margin, with_pd

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

ENSEMBLE = random_ensemble(1, "lightgbm")


def content():
    drawing = Drawing(3, "float64")
    return drawing.finished(tree_margin(drawing, "rows", ENSEMBLE))


def test_the_same_trees_give_the_same_bytes_and_a_valid_model():
    assert content() == content()
    onnx.checker.check_model(onnx.load_from_string(content()), full_check=True)


@pytest.mark.parametrize("rows", [0, 1, 2, 777])
def test_any_number_of_rows_is_scored(rows):
    matrix = trying(ENSEMBLE, 777)[:rows]
    np.testing.assert_array_equal(opened(content(), 3).run(matrix), ENSEMBLE.margins(matrix))


def test_a_model_for_others_gives_the_calibrated_pd():
    matrix, line = trying(ENSEMBLE, 300), Calibration(-0.4, 1.3)
    pd = opened(with_pd(content(), line), 3).run(matrix, PD)
    np.testing.assert_allclose(pd, expit(line(ENSEMBLE.margins(matrix))), atol=1e-15, rtol=0)


def changed(change):
    proto = onnx.load_from_string(content())
    change(proto)
    return proto.SerializeToString()


def renamed(proto):
    proto.graph.input[0].name = "x"


def outside(proto):
    tensor = proto.graph.initializer.add(name="w", data_type=1, dims=[1])
    tensor.external_data.add(key="location", value="/etc/passwd")


def unknown(proto):
    proto.graph.node[0].op_type = "Levitate"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (renamed, "must make rows into margin by itself alone"),
        (outside, "must have its numbers in itself"),
        (unknown, "must be of our operators alone, however: '.Levitate'"),
    ],
)
def test_a_model_that_is_not_ours_is_refused_in_one_line(damage, message):
    with pytest.raises(BundleError, match=message) as refusal:
        opened(changed(damage), 3)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", [b"", b"not a model", b"\x08\x08", b"\x80\x04pickle"])
def test_a_file_that_is_no_model_is_refused_in_one_line(text):
    with pytest.raises(BundleError, match="an ONNX model must"):
        opened(text, 3)


def test_a_model_of_other_columns_is_refused():
    with pytest.raises(BundleError, match="the ONNX model has 3 columns, however: the scorer 4 features"):
        opened(content(), 4)
