"""Trees as flat tables, which compiled loops can walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.trees.tree import Nodes, Tree


@dataclass(frozen=True, eq=False)
class Packed:
    """All trees end to end; the listed categories of node i are the bits of words[start[i] : start[i + 1]]."""

    roots: NDArray[np.int64]
    feature: Nodes
    threshold: Vector
    left: Nodes
    right: Nodes
    default_left: NDArray[np.bool_]
    missing: NDArray[np.uint8]
    categorical: NDArray[np.bool_]
    start: NDArray[np.int64]
    words: NDArray[np.uint32]

    @property
    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        return tuple(vars(self).values())


def pack(trees: Sequence[Tree]) -> Packed:
    def joined(name: str, dtype: type[np.generic]) -> NDArray[np.generic]:
        return np.concatenate([getattr(tree, name) for tree in trees] or [np.zeros(0)]).astype(dtype)

    sets = [listed for tree in trees for listed in tree.sets]
    words = [_bits(listed or ()) for listed in sets]
    return Packed(
        np.cumsum([0, *map(len, trees)])[:-1].astype(np.int64),
        joined("feature", np.int32),  # type: ignore[arg-type]
        joined("threshold", np.float64),  # type: ignore[arg-type]
        joined("left", np.int32),  # type: ignore[arg-type]
        joined("right", np.int32),  # type: ignore[arg-type]
        joined("default_left", np.bool_),  # type: ignore[arg-type]
        joined("missing", np.uint8),  # type: ignore[arg-type]
        np.array([listed is not None for listed in sets], np.bool_),
        np.cumsum([0, *map(len, words)]).astype(np.int64),
        np.concatenate(words or [np.zeros(0, np.uint32)]).astype(np.uint32),
    )


def _bits(categories: Sequence[int]) -> NDArray[np.uint32]:
    words = np.zeros(max(categories, default=-1) // 32 + 1, np.uint32)
    for category in categories:
        words[category // 32] |= np.uint32(1 << (category % 32))
    return words
