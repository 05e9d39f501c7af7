"""How applications are written, where that is not as the model's development rows were."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from riskmodel.core import check_share


@dataclass(frozen=True)
class InputSpelling:
    """What the one who scores knows of the input.

    Parameters
    ----------
    nulls
        Spellings of missing, beside an empty cell, in place of the model's own; none: the model's own.
    unknown
        Share of a column's rows that may have levels which train did not have, however few rows there are; None: as the
        model says, of 1,000 rows or more.

    Raises
    ------
    RiskModelError for a share outside [0, 1].
    """

    nulls: tuple[str, ...] = ()
    unknown: float | None = None

    def __post_init__(self) -> None:
        check_share("unknown", self.unknown)

    @property
    def identity(self) -> dict[str, Any]:
        """What makes a run another one; empty where nothing is said."""
        return {} if self == AS_DEVELOPED else {"spelling": {**asdict(self), "nulls": sorted(set(self.nulls))}}


AS_DEVELOPED = InputSpelling()
