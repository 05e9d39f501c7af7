"""Features that say the same, as groups that stay or go together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from riskmodel.core import Column, Kind, Matrix

Group = tuple[int, ...]


def correlated(matrix: Matrix, features: Sequence[Column], alike: float, alone: Collection[int] = ()) -> list[Group]:
    """The features in groups, every two of a group with |Spearman's rho| of at least `alike`.

    Complete linkage. Rows where either is missing are left out of a pair; categories and what is `alone` are by
    themselves.

    Parameters
    ----------
    matrix
        Rows (n x features); NaN is missing.
    features
        The columns.
    alike
        In (0, 1]; above 1 nothing is grouped.
    alone
        Places of features that are by themselves.

    Returns
    -------
    Places of features, each in one group, ordered by the first of each group.
    """
    free = [i for i, column in enumerate(features) if column.kind is Kind.NUMERIC and i not in alone]
    groups: list[Group] = [(i,) for i in range(len(features)) if i not in free]
    if len(free) < 2:
        return sorted(groups + [(i,) for i in free])
    rho = pd.DataFrame(matrix[:, free]).corr("spearman").abs().fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(rho, 1.0)
    tree = linkage(squareform(np.clip(1 - rho, 0, 1), checks=False), "complete")
    label = fcluster(tree, 1 - alike + 1e-9, "distance") if alike <= 1 else np.arange(len(free))
    groups += [tuple(free[i] for i in np.flatnonzero(label == one)) for one in np.unique(label)]
    return sorted(groups)


def repeated(matrix: Matrix, costs: Sequence[float]) -> list[int]:
    """Columns with one value alone, or with the values of another in every row: of twins all but the cheapest."""
    gone, first = [], dict[bytes, int]()
    for place in sorted(range(matrix.shape[1]), key=lambda i: (costs[i], i)):
        values = matrix[:, place] + 0.0  # -0 is 0
        known = np.unique(values[~np.isnan(values)])
        constant = len(known) + bool(np.isnan(values).any()) <= 1
        if constant or first.setdefault(values.tobytes(), place) != place:
            gone.append(place)
    return sorted(gone)
