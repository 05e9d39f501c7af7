"""What a pruner of another package builds upon: trees as units that cost their leaves."""

import numpy as np
import pytest

from riskmodel.core import PruningPlan
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees.units import kept_trees, ranked_trees, trees_of


def plan(scorer, kept):
    trees = trees_of(scorer).trees
    names = tuple(f"tree {i}" for i in range(len(trees)))
    return PruningPlan("own", {}, "tree", 0.5, names, (1.0,) * len(trees), tuple(kept), scorer.sha256)


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_kept_trees_add_up_and_the_others_leave_their_mean(kind, fitted, fresh):
    scorer = fitted(kind)
    trees, kept = trees_of(scorer), (1, 4, 9)
    cut = kept_trees(scorer, plan(scorer, kept))
    values = trees.tree_margins(fresh.matrix)
    lost = sum(tree.mean for i, tree in enumerate(trees.trees) if i not in kept)
    wanted = trees.intercept + lost + values[:, list(kept)].sum(axis=1)
    np.testing.assert_allclose(cut.raw_margin(fresh.matrix), wanted, rtol=0, atol=1e-6)
    assert (cut.kind, cut.features, cut.calibration) == (scorer.kind, scorer.features, scorer.calibration)
    assert len(trees_of(cut).trees) == 3


def test_a_plan_that_drops_nothing_gives_the_scorer_itself(fitted):
    scorer = fitted("lgbm")
    assert kept_trees(scorer, plan(scorer, range(len(scorer.ensemble.trees)))) is scorer


def test_each_tree_costs_its_leaves(fitted):
    trees = trees_of(fitted("xgb"))
    importance = np.arange(len(trees.trees), dtype=float)
    ranking = ranked_trees(trees, importance)
    assert ranking.cost.sum() == trees.n_leaves
    assert ranking.units[3] == "tree 3"
    assert ranking.strongest(0.3)[-1] == len(trees.trees) - 1
    assert sum(trees.trees[i].n_leaves for i in ranking.strongest(0.3)) <= 0.3 * trees.n_leaves


@pytest.mark.parametrize("kind", ["scorecard", "mlp", "blend", "onnx"])
def test_a_scorer_without_trees_is_refused_by_its_kind(kind, fitted):
    with pytest.raises(UnsupportedScorer, match=f"^a {kind} scorer has no trees$"):
        trees_of(fitted(kind))
