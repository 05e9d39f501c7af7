"""A foreign network as a document: its graph, what stands before and after it, and the file of a new graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.core import Matrix, Vector
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.networks.graph import Graph, folded, margin_of
from riskmodel.onnx_export.closed_set import rows_at_once
from riskmodel.onnx_export.foreign import frame, written
from riskmodel.onnx_export.foreign.frame import NetworkInput
from riskmodel.onnx_export.foreign.reading import GraphReading, read
from riskmodel.onnx_export.model import runtime_session


@dataclass(frozen=True, eq=False)
class OnnxNetwork:
    """A file as it was read.

    Parameters
    ----------
    document
        The parsed file.
    reading
        What stands where in it.
    graph
        The layers, as they are now.
    content
        The file of the graph as it is now, with the inputs and the output of the one that was read.
    """

    document: Any
    reading: GraphReading
    graph: Graph
    content: bytes = field(repr=False)

    @property
    def inputs(self) -> tuple[NetworkInput, ...]:
        return self.reading.inputs

    @property
    def columns(self) -> int:
        """How many numbers a row has, of all inputs."""
        return sum(one.width for one in self.inputs)

    def with_graph(self, graph: Graph) -> OnnxNetwork:
        """The same file around another graph, whose weights are rounded to the width that the file holds."""
        held = written.rounded(graph, self.reading.kind)
        return replace(self, graph=held, content=written.document(self.document, self.reading, held))

    def feeds(self, matrix: Matrix) -> dict[str, NDArray[Any]]:
        """Rows (n x columns) as the inputs take them. Raises: RiskModelError for a fraction or none where codes go."""
        starts = np.cumsum([0, *(one.width for one in self.inputs)])
        pairs = zip(self.inputs, starts, strict=False)
        return {one.name: _as_given(matrix[:, at : at + one.width], one) for one, at in pairs}

    def sources(self, matrix: Matrix) -> Mapping[str, Matrix]:
        """What the first weights are given, as the runtime makes it."""
        names = [f"{written.STEM}{i}" for i in range(len(self.reading.sources))]
        values = self._parts(self._stem, matrix, names, self.reading.row_axes)
        return {name: rows.reshape(len(matrix), -1) for name, rows in zip(self.reading.sources, values, strict=True)}

    def answer(self, matrix: Matrix) -> Vector:
        """The PD (n) by ONNX Runtime alone, of the file as it is now."""
        return self.pd_of(self.raw_answer(matrix))

    def raw_answer(self, matrix: Matrix) -> Matrix:
        """The file's own output (n x 1 or n x 2)."""
        (values,) = self._parts(self._whole, matrix, [self.reading.output], (0,))
        return values.reshape(len(matrix), -1)

    def pd_of(self, output: Matrix) -> Vector:
        """The PD (n) that an output says."""
        if self.reading.says == "pd":
            return output[:, -1]
        pd: Vector = expit(margin_of(output))
        return pd

    def _parts(
        self, session: Any, matrix: Matrix, outputs: list[str], row_axes: tuple[int, ...]
    ) -> list[NDArray[np.float64]]:
        """Outputs of all rows, which come first in each."""
        parts = []
        at_once = rows_at_once(self.reading.numbers)
        for start in range(0, max(len(matrix), 1), at_once):
            try:
                parts.append(session.run(outputs, self.feeds(matrix[start : start + at_once])))
            except RiskModelError:
                raise
            except Exception as error:  # the runtime's own classes share no base
                raise BundleError(
                    f"ONNX Runtime cannot run the network on these rows: {str(error).splitlines()[0][:200]}"
                ) from error
        several = zip(zip(*parts, strict=True), row_axes, strict=True)
        return [np.moveaxis(np.concatenate(made, axis), axis, 0).astype(np.float64) for made, axis in several]

    @cached_property
    def _whole(self) -> Any:
        return _session(self.content)

    @cached_property
    def _stem(self) -> Any:
        return _session(written.stem(self.document, self.reading))

    def opened(self) -> OnnxNetwork:
        """Itself, once the runtime has opened it. Raises: BundleError where the runtime refuses it."""
        _ = self._whole, self._stem
        return self


def network_of(content: bytes) -> OnnxNetwork:
    """The network of an ONNX file.

    Raises: BundleError for what is damaged or hostile, UnsupportedScorer for what is not read, by its node.
    """
    document = frame.parsed(content)
    frame.check(document)
    reading, graph = read(document)
    checked = bytes(document.SerializeToString(deterministic=True))  # nothing but what was looked at
    return OnnxNetwork(document, reading, folded(graph), checked).opened()


def _session(content: bytes) -> Any:
    try:
        return runtime_session(content)
    except RiskModelError:
        raise
    except Exception as error:  # the runtime's own classes share no base
        raise BundleError(f"ONNX Runtime cannot open the network: {str(error).splitlines()[0][:200]}") from error


def _as_given(values: Matrix, one: NetworkInput) -> NDArray[Any]:
    if one.kind.startswith("int") and (odd := int((~(np.floor(values) == values)).sum())):
        raise RiskModelError(f"input {one.name!r} must be whole numbers, however: {odd} values are not")
    with np.errstate(over="ignore"):
        given = np.ascontiguousarray(values.astype(one.kind))
    return given.reshape(len(values), *one.shape)
