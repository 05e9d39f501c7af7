"""Opens models of what this room writes, and none other; and finishes one with the PD for use elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from riskmodel import limits
from riskmodel.core import Calibration, Matrix, Vector
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.onnx_export import closed_set
from riskmodel.onnx_export.closed_set import rows_at_once
from riskmodel.onnx_export.drawing import MARGIN, PD, ROWS, library

FLOAT, DOUBLE = 1, 11  # ONNX's numbers of the two widths


@dataclass(frozen=True, eq=False)
class OnnxModel:
    """A model of ours in ONNX Runtime; the session is made when it is first needed."""

    content: bytes
    columns: int
    width: np.dtype[Any]
    threads: int = 1  # more do not pay on a small model, and make every process wait for the others
    at_once: int = 1 << 20  # rows, so that what is held meanwhile is bounded

    def run(self, matrix: Matrix, output: str = MARGIN) -> Vector:
        """One output of each row; a double is rounded to single precision where the model takes no other."""
        if not len(matrix):
            return np.empty(0)
        with np.errstate(over="ignore"):  # what is too large for single precision is infinite there
            rows = np.ascontiguousarray(matrix, self.width)
        parts = (rows[start : start + self.at_once] for start in range(0, len(rows), self.at_once))
        margins = [self._session.run([output], {ROWS: part})[0].ravel() for part in parts]
        return margins[0] if len(margins) == 1 else np.concatenate(margins)

    @cached_property
    def _session(self) -> Any:
        return runtime_session(self.content, self.threads)


def runtime_session(content: bytes, threads: int = 1) -> Any:
    """A session of a model that was checked. Raises: RiskModelError where the runtime is missing."""
    runtime = _runtime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4  # a refusal is told once, by us
    return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def opened(content: bytes, columns: int, threads: int = 1) -> OnnxModel:
    """A model of so many columns, of nothing but what this package writes. Raises: BundleError for any other."""
    proto = _parsed(content)
    kind = _check_rows(proto, columns)
    at_once = rows_at_once(closed_set.check(proto, columns))
    checked = bytes(proto.SerializeToString(deterministic=True))  # nothing but what was looked at
    model = OnnxModel(checked, columns, np.dtype(np.float64 if kind == DOUBLE else np.float32), threads, at_once)
    try:
        model.run(np.zeros((1, columns)))
    except Exception as error:  # the runtime's own classes share no base
        raise BundleError(f"ONNX Runtime cannot run the model: {str(error).splitlines()[0][:200]}") from error
    return model


def _check_rows(proto: Any, columns: int) -> int:
    """The type of the rows. Raises: BundleError."""
    shapes = [value.type.tensor_type for value in proto.graph.input if value.name == ROWS]
    if len(shapes) != 1 or len(shapes[0].shape.dim) != 2:
        raise BundleError(f"an ONNX model must make {ROWS} into {MARGIN} by itself alone, however: this one does not")
    kind, wide = int(shapes[0].elem_type), shapes[0].shape.dim[1].dim_value
    if wide != columns or kind not in (FLOAT, DOUBLE):
        raise BundleError(f"the ONNX model has {wide} columns, however: the scorer {columns} features")
    return kind


def _parsed(content: bytes) -> Any:
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    limits.check("model_bytes", len(content), "the ONNX model", BundleError)
    try:
        proto = library().ModelProto.FromString(content)
        proto.DiscardUnknownFields()
        return proto
    except DecodeError as error:
        raise BundleError("an ONNX model must be one of riskmodel's own, however: it is no ONNX file") from error


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
