"""The compiled form: one run of bytes that the kernels read, and that a bundle can carry."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.ensemble.compiled import ready
from riskmodel.ensemble.compiled.layout import LANES, N_COLUMNS, TREES
from riskmodel.ensemble.compiled.questions import Bytes
from riskmodel.errors import BundleError, DataError

_MAGIC, _HEAD = b"riskmodel trees 1\n", "<dqqq"
FEW_ROWS = 32  # a block of 256 rows costs as much as so many rows one by one
WORK_A_THREAD = 2_500_000  # rows x trees, some milliseconds; with less, threads take longer to start than they save


@dataclass(frozen=True, eq=False)
class CompiledTrees:
    """An ensemble ready to score: the margins of `TreeEnsemble.margins`, to the last bit.

    form: all tables end to end. bounds: where each starts, and its rows. sha256: of the ensemble that it comes from.
    """

    form: Bytes
    bounds: NDArray[np.int64]
    intercept: float
    n_features: int
    sha256: str

    def margins(self, matrix: Matrix, threads: int = 1) -> Vector:
        """Log-odds of each row of `matrix`, n x n_features, by rows or by columns; the same for any `threads`.

        Raises: DataError for another number of features.
        """
        rows = np.asarray(matrix, np.float64)
        if rows.ndim != 2 or rows.shape[1] != self.n_features:
            raise DataError(f"rows must have {self.n_features} features, however: their shape is {rows.shape}")
        if not rows.flags.aligned:
            rows = rows.copy()
        if len(rows) < FEW_ROWS:
            return self._run(ready.one_by_one(), rows)
        if len(rows) < LANES:
            block = rows[np.minimum(np.arange(LANES), len(rows) - 1)]
            return self._run(ready.blocks(), block)[: len(rows)]
        return self._shared_out(rows, threads)

    def _shared_out(self, rows: Matrix, threads: int) -> Vector:
        work = len(rows) * int(self.bounds[1, TREES])
        threads = min(threads, work // WORK_A_THREAD, len(rows) // LANES)  # no kernel takes less than a block
        if threads < 2:
            return self._run(ready.blocks(), rows)
        with ThreadPoolExecutor(threads) as pool:  # its own each time: a fork would leave a lasting one without threads
            parts = pool.map(lambda part: self._run(ready.blocks(), part), np.array_split(rows, threads))
        return np.concatenate(list(parts))

    def margin_of_row(self, row: Vector) -> float:
        """Log-odds of one row, n_features numbers. Raises: DataError for another number."""
        return float(self.margins(row[None])[0])

    @cached_property
    def _scratch(self) -> int:
        """Bytes that either kernel works in."""
        n_columns, trees = int(self.bounds[1, N_COLUMNS]), int(self.bounds[1, TREES])
        return max((12 + n_columns) * LANES, 2 * LANES + n_columns + 64 + trees)

    def to_bytes(self) -> bytes:
        """What `from_bytes` reads; the same ensemble gives the same bytes."""
        told = struct.pack(_HEAD, self.intercept, self.n_features, *self.bounds.shape) + self.bounds.tobytes()
        content = told + self.form.tobytes()
        return _MAGIC + bytes.fromhex(self.sha256) + hashlib.sha256(content).digest() + content

    @classmethod
    def from_bytes(cls, content: bytes, sha256: str) -> CompiledTrees:
        """A saved form; `sha256` is that of the ensemble it must come from.

        Raises: BundleError where it is damaged, of another version or of another ensemble.
        """
        start = len(_MAGIC) + 2 * hashlib.sha256().digest_size
        magic, mine, digest = content[: len(_MAGIC)], content[len(_MAGIC) : start - 32], content[start - 32 : start]
        if magic != _MAGIC or hashlib.sha256(content[start:]).digest() != digest:
            raise BundleError("the compiled trees are damaged or of another version")
        if mine.hex() != sha256:
            raise BundleError(f"the compiled trees are of ensemble {mine.hex()[:12]}, however: this is {sha256[:12]}")
        intercept, n_features, *shape = struct.unpack_from(_HEAD, content, start)
        numbers = np.frombuffer(content, np.uint8)[start + struct.calcsize(_HEAD) :].copy()
        edge = 8 * shape[0] * shape[1]
        bounds = numbers[:edge].view(np.int64).reshape(shape)
        return cls(numbers[edge:].copy(), bounds.copy(), intercept, n_features, sha256)

    def _run(self, kernel: Callable[..., None], rows: Matrix) -> Vector:
        margins = np.empty(len(rows))
        kernel(self.form, self.bounds, self.intercept, rows, np.empty(self._scratch, np.uint8), margins)
        return margins
