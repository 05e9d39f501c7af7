"""A forest in memory: a smaller one of its class, or what a booster learns from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from riskmodel.core import Development, Sample
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.pruning.algorithms.trees import leaf_shares
from riskmodel.pruning.algorithms.trees.objective import mixed
from riskmodel.scorers import ForeignModel
from riskmodel.scorers.foreign.forest_scorer import ForestScorer
from riskmodel.scorers.foreign.sklearn_forests import Forest
from riskmodel.trees.targets import student_rows
from riskmodel.workflows.prune.size import Size

METHOD = "distil"  # a forest's own splits, each chosen without the others, say less together
MIX = 0.8  # the share of the forest's PD in what a leaf learns, as in the pruners


def dressed(model: ForeignModel, forest: Forest) -> ForeignModel:
    """The model that was read, with the forest's own PDs."""
    one = model.scorer
    scorer = ForestScorer(one.features, one.calibration, one.native, one.recipe, one.seed, forest.answer)
    return replace(model, scorer=scorer)


def leaves_of(forest: Forest, size: Size) -> int:
    """How many leaves a size comes to. Raises: RiskModelError without one."""
    share = size.share(forest.n_leaves)
    if share is None:
        raise RiskModelError("keep or leaves must set the size of a forest, however: neither is given")
    return max(2, round(share * forest.n_leaves))


def smaller(forest: Forest, scorer: ForestScorer, development: Development, size: Size) -> Any:
    """A forest of the same class with fewer and smaller trees, whose leaves are fitted together.

    Raises: UnsupportedScorer for budgets and directions that this cannot keep.
    """
    if size.budget is not None:
        raise UnsupportedScorer(f"a forest is cut by keep or leaves; for {size.budget[0]}, give as_ a library")
    if any(column.monotone for column in scorer.features):
        raise UnsupportedScorer("directions of a forest are kept by a booster alone: give as_ a library")
    leaves = leaves_of(forest, size)
    counts = [count for count in leaf_shares.TREES if count <= min(forest.n_trees, max(1, leaves // 2))]

    def wished(sample: Sample, labelled: Any = None) -> leaf_shares.Rows:
        matrix = sample.columns(scorer.features)
        return matrix, mixed(sample.default, scorer.own_pd(matrix), MIX, sample.weight, labelled)

    train, tune = wished(*student_rows(development)), wished(development.tune)
    trees = leaf_shares.smaller(lambda count: forest.upper_parts(count, leaves), counts, train, tune)
    return forest.rebuilt(trees)
