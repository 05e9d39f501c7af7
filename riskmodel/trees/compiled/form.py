"""The compiled form: one run of bytes that the kernels read.

It is never saved: a native model is compiled in milliseconds, and the kernels trust the form's offsets, about which a
file could lie.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import DataError
from riskmodel.trees.compiled import kernel_cache
from riskmodel.trees.compiled.layout import LANES, N_COLUMNS, TREES
from riskmodel.trees.compiled.split_encoding import Bytes

FEW_ROWS = 32  # a block of 256 rows costs as much as so many rows one by one
WORK_A_THREAD = 2_500_000  # rows x trees, some milliseconds; with less, threads take longer to start than they save


@dataclass(frozen=True, eq=False)
class CompiledTrees:
    """An ensemble ready to score: the margins of `TreeEnsemble.margins`, to the last bit.

    form: all tables end to end. bounds: where each starts, and its rows.
    """

    form: Bytes
    bounds: NDArray[np.int64]
    intercept: float
    n_features: int

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
            return self._run(kernel_cache.one_by_one(), rows)
        if len(rows) < LANES:
            block = rows[np.minimum(np.arange(LANES), len(rows) - 1)]
            return self._run(kernel_cache.blocks(), block)[: len(rows)]
        return self._shared_out(rows, threads)

    def _shared_out(self, rows: Matrix, threads: int) -> Vector:
        work = len(rows) * int(self.bounds[1, TREES])
        threads = min(threads, work // WORK_A_THREAD, len(rows) // LANES)  # no kernel takes less than a block
        if threads < 2:
            return self._run(kernel_cache.blocks(), rows)
        with ThreadPoolExecutor(threads) as pool:  # its own each time: a fork would leave a lasting one without threads
            parts = pool.map(lambda part: self._run(kernel_cache.blocks(), part), np.array_split(rows, threads))
        return np.concatenate(list(parts))

    def margin_of_row(self, row: Vector) -> float:
        """Log-odds of one row, n_features numbers. Raises: DataError for another number."""
        return float(self.margins(row[None])[0])

    @cached_property
    def _scratch(self) -> int:
        """Bytes that either kernel works in."""
        n_columns, trees = int(self.bounds[1, N_COLUMNS]), int(self.bounds[1, TREES])
        return max((12 + n_columns) * LANES, 2 * LANES + n_columns + 64 + trees)

    def _run(self, kernel: Callable[..., None], rows: Matrix) -> Vector:
        margins = np.empty(len(rows))
        kernel(self.form, self.bounds, self.intercept, rows, np.empty(self._scratch, np.uint8), margins)
        return margins
