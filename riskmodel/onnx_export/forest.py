"""Trees as the arrays of ONNX's TreeEnsemble (ai.onnx.ml 5): decision trees, and search trees that look a number up."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from riskmodel.onnx_export.drawing import Drawing


class Mode(IntEnum):
    """The question of a split; its true branch is taken where the answer is yes."""

    AT_MOST = 0
    BELOW = 1
    MEMBER = 6


@dataclass(frozen=True)
class Leaf:
    """What a tree adds to one of the outputs."""

    value: float
    output: int = 0


@dataclass(frozen=True)
class ForestSplit:
    """A question to one column; `missing_true` is where NaN goes."""

    column: int
    mode: Mode
    threshold: float
    missing_true: bool
    members: tuple[int, ...]
    true: ForestSplit | Leaf
    false: ForestSplit | Leaf


@dataclass
class _Arrays:
    columns: list[int] = field(default_factory=list)
    modes: list[int] = field(default_factory=list)
    thresholds: list[float] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    members: list[Sequence[float]] = field(default_factory=list)
    children: list[tuple[int, int, int, int]] = field(default_factory=list)  # true, is a leaf, false, is a leaf
    leaves: list[Leaf] = field(default_factory=list)

    def placed(self, root: ForestSplit) -> int:
        """Adds a tree, parents first, and returns where its root stands; no recursion, since trees can be deep."""
        first, waiting = len(self.columns), deque([root])
        due = first + 1  # where the next split that waits will stand
        while waiting:
            split = waiting.popleft()
            ends: list[int] = []
            for child in (split.true, split.false):
                if isinstance(child, Leaf):
                    ends += [len(self.leaves), 1]
                    self.leaves.append(child)
                else:
                    ends += [due, 0]
                    due += 1
                    waiting.append(child)
            self.columns.append(split.column)
            self.modes.append(split.mode)
            self.thresholds.append(split.threshold)
            self.missing.append(split.missing_true)
            self.members.append((*split.members, np.nan) if split.mode is Mode.MEMBER else ())
            self.children.append((ends[0], ends[1], ends[2], ends[3]))
        return first


def sums(
    drawing: Drawing, rows: str, roots: Sequence[ForestSplit], kind: type[np.floating[Any]], outputs: int = 1
) -> str:
    """What the trees add up to: n x outputs, in the arithmetic of `kind`, which is also that of `rows`."""
    arrays = _Arrays()
    starts = [arrays.placed(root) for root in roots]
    true, true_leaf, false, false_leaf = zip(*arrays.children, strict=True)
    members = np.array([code for listed in arrays.members for code in listed], kind)
    return drawing.add(
        "TreeEnsemble",
        rows,
        domain="ai.onnx.ml",
        n_targets=outputs,
        aggregate_function=1,  # sum
        post_transform=0,  # none
        tree_roots=starts,
        nodes_featureids=arrays.columns,
        nodes_modes=np.array(arrays.modes, np.uint8),
        nodes_splits=np.array(arrays.thresholds, kind),
        nodes_missing_value_tracks_true=[int(to) for to in arrays.missing],
        nodes_truenodeids=true,
        nodes_trueleafs=true_leaf,
        nodes_falsenodeids=false,
        nodes_falseleafs=false_leaf,
        leaf_targetids=[leaf.output for leaf in arrays.leaves],
        leaf_weights=np.array([leaf.value for leaf in arrays.leaves], kind),
        **({"membership_values": members} if len(members) else {}),
    )
