"""ONNX Runtime's own quantisation, on the products of a network: weights in 7 bits, the sums that go in in 8.

A processor without 8-bit dot products (AVX2, or AVX-512 without VNNI) adds two products of an unsigned and a signed
byte in 16 bits, which saturate: with weights of 8 bits PDs were up to .31 apart from those of a processor that has
them. With 7 bits no sum can: 2 x 255 x 64 = 32,640 < 32,768. They take the same time; unsigned weights, the other
way out, took a fifth to a half more.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from riskmodel.compression._convert import convertible
from riskmodel.compression._tolerance import PROBES, largest_change
from riskmodel.core import Matrix, Scorer
from riskmodel.errors import RiskModelError
from riskmodel.networks import network_scorer
from riskmodel.onnx_export import Int8Certificate
from riskmodel.processor import instructions

SEED = 1  # of the rows that ranges are read off; those of the check are others


def int8(scorer: Scorer, name: str, tolerance: float, *, static: bool, threads: int) -> Scorer:
    """The scorer in ONNX Runtime with 8-bit products. Raises: UnsupportedScorer without a network, or beyond tolerance.

    Dynamic: the range of what goes in is measured in every call. Static: it is fixed on made-up applications, which lie
    between the knots of the encoding as train does.
    """
    network_scorer(scorer, name)
    given = convertible(scorer, name)
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        whole.write_bytes(given.as_onnx("float64"))
        with _quietly():
            _quantised(whole, small, given.probes(PROBES, SEED) if static else None)
        content = small.read_bytes()
    change = largest_change(name, tolerance, scorer, given.run_by_onnx(content, threads))
    return given.run_by_onnx(content, threads, Int8Certificate(change, tolerance, PROBES, instructions()))


def _quantised(whole: Path, small: Path, rows: Matrix | None) -> None:
    """Raises: RiskModelError where the runtime is missing."""
    try:
        from onnxruntime import quantization
    except ModuleNotFoundError as error:
        raise RiskModelError("quantisation needs ONNX Runtime: pip install 'riskmodel[onnx]'") from error
    kinds: dict[str, Any] = {
        "op_types_to_quantize": ["MatMul"],
        "weight_type": quantization.QuantType.QInt8,
        "per_channel": True,
        "reduce_range": True,
    }
    if rows is None:
        quantization.quantize_dynamic(whole, small, **kinds)
    else:
        form = quantization.QuantFormat.QDQ
        quantization.quantize_static(whole, small, _Rows(rows), quant_format=form, **kinds)


class _Rows:
    """Rows as the calibrator asks for them: batch after batch, then None."""

    def __init__(self, rows: Matrix) -> None:
        self._batches = iter(np.array_split(rows, 8))

    def get_next(self) -> dict[str, Matrix] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"rows": batch}


@contextmanager
def _quietly() -> Iterator[None]:
    """The runtime advises on the root logger; what it advises does not apply to graphs of ours."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
