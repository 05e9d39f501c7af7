"""Opens the models that this room writes, and none other; and finishes one with the PD for use elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from riskmodel.core import Calibration, Matrix, Vector
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.onnx_export.drawing import MARGIN, PD, PRODUCER, ROWS, library

FLOAT, DOUBLE = 1, 11  # ONNX's numbers of the two widths


@dataclass(frozen=True, eq=False)
class OnnxModel:
    """A model of ours in ONNX Runtime; the session is made when it is first needed."""

    content: bytes
    columns: int
    width: np.dtype[Any]
    threads: int = 1  # more do not pay on a small model, and make every process wait for the others

    def run(self, matrix: Matrix, output: str = MARGIN) -> Vector:
        """One output of each row; a double is rounded to single precision where the model takes no other."""
        if not len(matrix):
            return np.empty(0)
        with np.errstate(over="ignore"):  # what is too large for single precision is infinite there
            rows = np.ascontiguousarray(matrix, self.width)
        values: Vector = self._session.run([output], {ROWS: rows})[0].ravel()
        return values

    @cached_property
    def _session(self) -> Any:
        runtime = _runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        options.log_severity_level = 4  # a refusal is told once, by us
        return runtime.InferenceSession(self.content, options, providers=["CPUExecutionProvider"])


def opened(content: bytes, columns: int, threads: int = 1) -> OnnxModel:
    """A model of so many columns that this package has written. Raises: BundleError for any other, in one line."""
    proto = _parsed(content)
    if proto.producer_name not in (PRODUCER, "onnx.quantize") or proto.graph.name != PRODUCER:
        raise BundleError(f"an ONNX model must be one of riskmodel's own, however: {_maker(proto)} made it")
    shapes = {value.name: value.type.tensor_type for value in proto.graph.input}
    tensors = [*proto.graph.initializer, *(attribute.t for node in proto.graph.node for attribute in node.attribute)]
    outside = any(tensor.external_data for tensor in tensors)
    if set(shapes) != {ROWS} or MARGIN not in {value.name for value in proto.graph.output} or outside:
        raise BundleError(f"an ONNX model must make {ROWS} into {MARGIN} by itself alone, however: this one does not")
    kind, wide = shapes[ROWS].elem_type, shapes[ROWS].shape.dim[-1].dim_value
    if wide != columns or kind not in (FLOAT, DOUBLE):
        raise BundleError(f"the ONNX model has {wide} columns, however: the scorer {columns} features")
    model = OnnxModel(content, columns, np.dtype(np.float64 if kind == DOUBLE else np.float32), threads)
    try:
        model.run(np.zeros((1, columns)))
    except Exception as error:  # the runtime's own classes share no base
        raise BundleError(f"ONNX Runtime cannot run the model: {str(error).splitlines()[0][:200]}") from error
    return model


def _parsed(content: bytes) -> Any:
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        return library().ModelProto.FromString(content)
    except DecodeError as error:
        raise BundleError("an ONNX model must be one of riskmodel's own, however: it is no ONNX file") from error


def _maker(proto: Any) -> str:
    return repr(str(proto.producer_name)[:40]) if proto.producer_name else "nobody who says so"


def _runtime() -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        if error.name != "onnxruntime":
            raise
        raise RiskModelError("running ONNX needs its runtime: pip install 'riskmodel[onnx]'") from error
    return onnxruntime


def with_pd(content: bytes, calibration: Calibration) -> bytes:
    """The model with a second output, `pd`: the calibrated probability of default, n x 1 doubles."""
    onnx = library()
    proto, helper = onnx.ModelProto.FromString(content), onnx.helper
    for name, value in (("slope", calibration.slope), ("intercept", calibration.intercept)):
        proto.graph.initializer.append(onnx.numpy_helper.from_array(np.array(value, np.float64), name))
    steps = (("Mul", [MARGIN, "slope"], "scaled"), ("Add", ["scaled", "intercept"], "calibrated"))
    for operator, inputs, output in (*steps, ("Sigmoid", ["calibrated"], PD)):
        proto.graph.node.append(helper.make_node(operator, inputs, [output], output))
    proto.graph.output.append(helper.make_tensor_value_info(PD, onnx.TensorProto.DOUBLE, ["n", 1]))
    return bytes(proto.SerializeToString(deterministic=True))
