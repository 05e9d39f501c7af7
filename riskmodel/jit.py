"""numba's compiler, with its cache on disk where there is a place for one.

Of itself numba refuses to import a function that it is to cache where neither the package's folder nor the user's may
be written to, as in a container that runs read-only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def jitted(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compiles a function when it is first called; later processes find it on disk, if it could be written there."""

    def of(function: Callable[..., Any]) -> Any:
        try:
            return njit(cache=True, **options)(function)
        except RuntimeError:
            return njit(**options)(function)

    return of
