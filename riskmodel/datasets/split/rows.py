"""What a draw leaves: the rows of each sample, and the rows of none with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Outcome
from riskmodel.errors import DataError
from riskmodel.stats.sample_size import FOR_VARIANCE

NAMES = ("train", "tune", "selection", "test")

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Which rows of the table each sample has: positions from 0, rising."""

    train: Positions
    tune: Positions
    selection: Positions
    test: Positions
    left_out: Mapping[str, Positions] = field(default_factory=dict)  # by reason

    @property
    def samples(self) -> dict[str, Positions]:
        """The rows by the name of their sample."""
        return {name: getattr(self, name) for name in NAMES}

    @property
    def sha256(self) -> dict[str, str]:
        """What tells one draw from another: by sample, the checksum of its positions as little-endian int64."""
        return {name: hashlib.sha256(rows.astype("<i8").tobytes()).hexdigest() for name, rows in self.samples.items()}


def require_both(rows: Rows, default: Outcome) -> None:
    """Raises: DataError where a sample has fewer than two bads or two goods."""
    for name, part in rows.samples.items():
        for label, of_class in (("bads", default == 1), ("goods", default == 0)):
            if (members := int(of_class[part].sum())) < FOR_VARIANCE:
                raise DataError(
                    f"the {name} sample must have at least {FOR_VARIANCE} {label}, "
                    f"however: {members} of the {of_class.sum()} in the table"
                )
