"""What each month, and each channel of it, adds to the margin: attributions of the columns, laid out in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Matrix, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation.explained import Explained, explain
from riskmodel.networks.sequences import HasMonths


@dataclass(frozen=True, eq=False)
class MonthlyAttributions:
    """By channel what each month adds (n x months, the oldest first), what stands beside the months (n), log-odds.

    `explained` has the same by feature; its base plus all of a row is the row's margin within its error.
    """

    channels: dict[str, Matrix]
    beside: Vector
    explained: Explained

    @property
    def months(self) -> Matrix:
        """All channels together: n x months."""
        total: Matrix = np.sum(list(self.channels.values()), axis=0)
        return total


def by_month(scorer: Scorer, matrix: Matrix, reference: Matrix) -> MonthlyAttributions:
    """Expected gradients (Erion et al. 2021) of a scorer of months, month by month.

    Parameters
    ----------
    scorer
        A `gru` or `conv`.
    matrix
        Rows (n x features), in the order of the scorer's features; NaN is missing.
    reference
        Rows (m x features) that each is explained against.

    Returns
    -------
    MonthlyAttributions
        0 where a month's column is no feature any more.

    Raises
    ------
    UnsupportedScorer
        For a scorer that reads no months.
    DataError
        For a reference without rows.
    """
    if not isinstance(scorer, HasMonths):
        raise UnsupportedScorer(f"months are those of a gru or conv, however: a {scorer.kind} scorer reads none")
    made = explain(scorer, matrix, reference)
    place = {column.name: i for i, column in enumerate(scorer.features)}
    padded = np.pad(made.values, ((0, 0), (0, 1)))
    channels = {
        name: padded[:, [place.get(column, -1) for column in columns]] for name, columns in scorer.channels.items()
    }
    inside = [column for columns in scorer.channels.values() for column in columns]
    outside = [i for name, i in place.items() if name not in inside]
    return MonthlyAttributions(channels, made.values[:, outside].sum(axis=1), made)
