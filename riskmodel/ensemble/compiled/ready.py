"""Kernels compiled once a machine: numba keeps them on disk where it may, and compiles anew where it may not.

numba writes a file beside and renames it, so that processes can share the folder: NUMBA_CACHE_DIR, __pycache__ or the
user's own cache. It can do without: where no folder may be written to, where the disk is full or a file is damaged, a
kernel is compiled for this process alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pickle import UnpicklingError

from numba import njit

from riskmodel.ensemble.compiled import kernels


@cache
def blocks() -> Callable[..., None]:
    """Scores 256 rows and more."""
    return _compiled(kernels.blocks)


@cache
def one_by_one() -> Callable[..., None]:
    """Scores a few rows."""
    return _compiled(kernels.one_by_one)


def _compiled(kernel: Callable[..., None]) -> Callable[..., None]:
    try:
        return njit(kernels.SIGNATURE, cache=True, **kernels.OPTIONS)(kernel)
    except (OSError, RuntimeError, EOFError, UnpicklingError):
        return njit(kernels.SIGNATURE, **kernels.OPTIONS)(kernel)
