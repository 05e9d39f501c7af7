"""scikit-learn's forests, whose PD is the mean of their trees' shares of bads: read in part, and made again smaller.

A mean of shares is no sum of log-odds, so that a forest has no exact place in a booster. Its PDs are always its own
`predict_proba`. What is read are the upper parts of its first trees, which are alike by how they were made: as shares,
for a smaller forest, and straightened to log-odds around the base rate, for a booster to start from.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np
import pandas as pd

from riskmodel.core import Column, Matrix, Vector
from riskmodel.errors import RiskModelError
from riskmodel.scorers.base import synthetic_inputs
from riskmodel.scorers.foreign import sklearn_nodes
from riskmodel.scorers.foreign.native_answer import Answer, quiet
from riskmodel.trees import Tree, TreeEnsemble
from riskmodel.trees.compiled.split_edges import ZERO

CLASSES = ("RandomForestClassifier", "ExtraTreesClassifier")
SINGLE = float(np.finfo(np.float32).max)
PROBES, EXACT = 500, 1e-12


def is_sklearn_forest(model: Any) -> bool:
    """Whether it is one of the two, without loading scikit-learn for another class."""
    return type(model).__module__.startswith("sklearn.ensemble.") and type(model).__name__ in CLASSES


@dataclass(frozen=True, eq=False)
class Forest:
    """A fitted forest, and what can be read of it.

    Parameters
    ----------
    model
        scikit-learn's own object; it stays as it is.
    answer
        Its own PDs of rows.
    """

    model: Any
    answer: Answer

    @property
    def n_trees(self) -> int:
        return len(self.model.estimators_)

    @property
    def n_leaves(self) -> int:
        return sum(int(one.tree_.n_leaves) for one in self.model.estimators_)

    def upper_parts(self, trees: int, leaves: int) -> TreeEnsemble:
        """The first trees, with as many leaves in all, as shares of bads: their mean is the PD.

        The splits that lower the impurity of most rows stay, best first; a tree has one leaf at least.
        """
        models = self.model.estimators_[:trees]
        ends, missing = _best_first([one.tree_ for one in models], leaves), takes_missing(self.model)
        read = tuple(sklearn_nodes.upper_part(one.tree_, end, missing) for one, end in zip(models, ends, strict=True))
        return TreeEnsemble(read, 0.0, self.model.n_features_in_, "lightgbm")

    def rebuilt(self, trees: Sequence[Tree]) -> Any:
        """A forest of the same class with these trees, whose values are shares of bads.

        Raises: RiskModelError where the class does not give the mean of these shares.
        """
        made = copy.copy(self.model)
        frame = self.model.estimators_[0]
        made.estimators_ = [sklearn_nodes.classifier(frame, tree, self.model.n_features_in_) for tree in trees]
        made.n_estimators = len(made.estimators_)
        for stale in ("oob_score_", "oob_decision_function_", "_n_samples", "_n_samples_bootstrap"):
            vars(made).pop(stale, None)
        _hold(TreeEnsemble(tuple(trees), 0.0, self.model.n_features_in_, "lightgbm"), answer_of(made))
        return made


def takes_missing(model: Any) -> bool:
    """A forest with monotone directions refuses missing values: one counts as 0 here."""
    return model.monotonic_cst is None


def answer_of(model: Any) -> Answer:
    """Its own PDs of rows as it takes them."""

    def answer(rows: Any) -> Vector:
        plain = rows.to_pandas() if hasattr(rows, "to_pandas") else rows
        matrix = _taken(model, np.asarray(plain.todense() if hasattr(plain, "todense") else plain, np.float64))
        named = hasattr(model, "feature_names_in_")
        with quiet():
            asked = pd.DataFrame(matrix, columns=model.feature_names_in_) if named else matrix
            return np.asarray(model.predict_proba(asked), np.float64)[:, 1]

    return answer


def _taken(model: Any, rows: Matrix) -> Matrix:
    """What LightGBM takes for 0 is 0, and what single precision does not hold is its largest number."""
    matrix = np.clip(rows, -SINGLE, SINGLE)
    matrix[np.abs(matrix) <= ZERO] = 0.0
    return matrix if takes_missing(model) else np.nan_to_num(matrix)


def _best_first(trees: Sequence[Any], leaves: int) -> list[set[int]]:
    """The nodes that each tree ends in, when the split of the largest gain comes next, of all trees."""
    ends: list[set[int]] = [{0} for _ in trees]
    gains = [sklearn_nodes.gains(tree) for tree in trees]
    waiting: list[tuple[float, int, int]] = []
    for place, tree in enumerate(trees):
        if tree.children_left[0] >= 0:
            heappush(waiting, (-gains[place][0], place, 0))
    for _ in range(leaves - len(trees)):
        if not waiting:
            break
        _, place, node = heappop(waiting)
        tree = trees[place]
        children = (int(tree.children_left[node]), int(tree.children_right[node]))
        ends[place] = ends[place] - {node} | set(children)
        for child in children:
            if tree.children_left[child] >= 0:
                heappush(waiting, (-gains[place][child], place, child))
    return ends


def hold_read(forest: Forest) -> None:
    """What is read of the first trees, whole, is what they say themselves. Raises: RiskModelError."""
    few = forest.model.estimators_[:3]
    whole = forest.upper_parts(len(few), 1 << 40)

    def answer(rows: Matrix) -> Vector:
        given = _taken(forest.model, rows)
        return np.mean([one.predict_proba(given)[:, 1] for one in few], axis=0)

    _hold(whole, answer)


def _hold(shares: TreeEnsemble, answer: Answer) -> None:
    """Raises: RiskModelError where the mean of the shares is another one than the class gives."""
    points: dict[int, list[float]] = {}
    for tree in shares.trees:
        for node in np.flatnonzero(~tree.is_leaf)[:200]:
            points.setdefault(int(tree.feature[node]), []).append(float(tree.threshold[node]))
    rows = synthetic_inputs.drawn([Column(str(i)) for i in range(shares.n_features)], points, PROBES, 0)
    apart = float(np.abs(shares.margins(rows) / len(shares.trees) - answer(rows)).max())
    if not apart <= EXACT:
        raise RiskModelError(f"a forest must be read as it predicts, however: {apart:.3g} apart on made-up rows")
