"""Parts as flat arrays, as the compiled search of boxes reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Mask, Vector
from riskmodel.trees.worst_case.parts import DifferencePart

Places = NDArray[np.int64]


class FlatParts(NamedTuple):
    """Leaves by part; slots: a part and a feature that it asks for; entries: a leaf that such a slot restricts.

    An array of starts has one number more than what it parts. Cells that a leaf allows are runs: the first, and one
    past the last.
    """

    value: Vector  # of each leaf
    leaf_starts: Places  # by part
    slot_part: Places
    slot_feature: Places
    slot_starts: Places  # of each slot's cells
    entry_starts: Places  # by slot
    entry_leaf: Places
    run_starts: Places  # by entry
    run_first: Places
    run_end: Places
    cell_starts: Places  # by feature
    feature_starts: Places  # by feature, into slots_of_feature
    slots_of_feature: Places

    @property
    def work(self) -> int:
        """Steps of one pass over all slots, in cells."""
        return int((self.run_end - self.run_first).sum()) + int(self.slot_starts[-1])


def flat_parts(parts: Sequence[DifferencePart], cells: Sequence[int]) -> FlatParts:
    """The parts as arrays; `cells` is how many each feature has."""
    leaf_starts = _starts([len(part.value) for part in parts])
    slots = [(i, f) for i, part in enumerate(parts) for f in sorted(part.allowed) if not part.allowed[f].all()]
    entries = [[leaf for leaf, row in enumerate(parts[i].allowed[f]) if not row.all()] for i, f in slots]
    runs = [_runs(parts[i].allowed[f][leaf]) for (i, f), leaves in zip(slots, entries, strict=True) for leaf in leaves]
    by_feature = [[s for s, (_, f) in enumerate(slots) if f == feature] for feature in range(len(cells))]
    return FlatParts(
        value=np.concatenate([part.value for part in parts]),
        leaf_starts=leaf_starts,
        slot_part=_whole([i for i, _ in slots]),
        slot_feature=_whole([f for _, f in slots]),
        slot_starts=_starts([cells[f] for _, f in slots]),
        entry_starts=_starts([len(leaves) for leaves in entries]),
        entry_leaf=_whole(
            [int(leaf_starts[i]) + k for (i, _), leaves in zip(slots, entries, strict=True) for k in leaves]
        ),
        run_starts=_starts([len(run) for run in runs]),
        run_first=_whole([first for run in runs for first, _ in run]),
        run_end=_whole([end for run in runs for _, end in run]),
        cell_starts=_starts(cells),
        feature_starts=_starts([len(of) for of in by_feature]),
        slots_of_feature=_whole([s for of in by_feature for s in of]),
    )


def _runs(allowed: Mask) -> list[tuple[int, int]]:
    steps = np.diff(np.concatenate([[0], allowed.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def _starts(sizes: Sequence[int]) -> Places:
    return np.cumsum([0, *sizes], dtype=np.int64)


def _whole(values: Sequence[int]) -> Places:
    return np.array(values, np.int64)
