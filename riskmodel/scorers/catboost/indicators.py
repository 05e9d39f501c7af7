"""Categories as columns of 0 and 1, one a level, and splits on such columns as splits by category again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from riskmodel.core import Column, Kind, Matrix
from riskmodel.trees import LEAF, MISSING_NONE, Tree, TreeEnsemble


@dataclass(frozen=True)
class Indicators:
    """Which column each comes from.

    Parameters
    ----------
    features
        Of the scorer.
    sources
        Of each column, the place of its feature, and the code that it is 1 for; None of a number.
    """

    features: tuple[Column, ...]
    sources: tuple[tuple[int, int | None], ...]

    @classmethod
    def of(cls, features: Sequence[Column]) -> Self:
        """One column a number, and one a level of a category."""
        sources: list[tuple[int, int | None]] = []
        for place, column in enumerate(features):
            if column.kind is Kind.CATEGORICAL:
                sources += [(place, code) for code in range(len(column.categories))]
            else:
                sources.append((place, None))
        return cls(tuple(features), tuple(sources))

    @property
    def count(self) -> int:
        return len(self.sources)

    @property
    def monotone(self) -> list[int]:
        """The direction of each column; a category has none."""
        return [self.features[place].monotone if code is None else 0 for place, code in self.sources]

    def matrix(self, rows: Matrix) -> Matrix:
        """Rows (n x features) as numbers (n x count)."""
        columns = [rows[:, place] if code is None else (rows[:, place] == code) * 1.0 for place, code in self.sources]
        return np.column_stack(columns)

    def folded(self, ensemble: TreeEnsemble) -> TreeEnsemble:
        """Trees of these columns as trees of the features."""
        trees = tuple(self._folded(tree) for tree in ensemble.trees)
        return replace(ensemble, trees=trees, n_features=len(self.features))

    def _folded(self, tree: Tree) -> Tree:
        """A listed level goes left, where its column, being 1, went right."""
        asked = [self.sources[feature] if feature != LEAF else (LEAF, None) for feature in tree.feature.tolist()]
        listed = np.array([code is not None for _, code in asked])
        return replace(
            tree,
            feature=np.array([place for place, _ in asked], np.int32),
            threshold=np.where(listed, 0.0, tree.threshold),
            left=np.where(listed, tree.right, tree.left),
            right=np.where(listed, tree.left, tree.right),
            default_left=tree.default_left & ~listed,
            missing=np.where(listed, MISSING_NONE, tree.missing).astype(np.uint8),
            sets=tuple(None if code is None else (code,) for _, code in asked),
        )
