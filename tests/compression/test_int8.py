import json

import numpy as np
import pytest

from riskmodel import compression
from riskmodel.errors import UnsupportedScorer
from riskmodel.evaluation import fit_calibration

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

both = pytest.mark.parametrize("name", ["int8_dynamic", "int8_static"])


@both
def test_the_products_are_of_bytes(name, fitted):
    made = compression.make(name).compress(fitted("mlp"))
    proto = onnx.load_from_string(made.model)
    kinds = {tensor.data_type for tensor in proto.graph.initializer if len(tensor.dims) == 2}
    assert onnx.TensorProto.INT8 in kinds
    assert onnx.TensorProto.FLOAT not in kinds or name == "int8_static"
    assert {node.op_type for node in proto.graph.node} & {"MatMulInteger", "DequantizeLinear"}


@both
def test_a_smaller_tolerance_than_it_can_keep_is_refused(name, fitted):
    with pytest.raises(UnsupportedScorer, match=f"{name} may move a PD by 1e-07 at most, however: 0.0"):
        compression.make(name, {"tolerance": 1e-7}).compress(fitted("mlp"))


@both
def test_a_scorer_without_a_network_is_refused(name, fitted):
    with pytest.raises(UnsupportedScorer, match=f"{name} works on scorers with a network"):
        compression.make(name).compress(fitted("lgbm"))


@both
def test_recalibrated_it_is_level_again(name, fitted, development, fresh):
    scorer = fitted("mlp")
    made = compression.make(name).compress(scorer)
    again = made.recalibrated(fit_calibration(made.raw_margin(development.tune.matrix), development.tune.default))
    assert abs(again.score(development.tune).mean() - development.tune.default.mean()) < 1e-6
    assert json.loads(again.files()["origin.json"])["made_of"]["neurons"] == scorer.complexity().neurons
    assert np.abs(again.score(fresh) - scorer.recalibrated(again.calibration).score(fresh)).max() < 0.04
