"""The weakest link against brute force over all collapses, and what a path of them promises."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from riskmodel import pruning
from riskmodel.pruning.algorithms.trees.problem import stated
from riskmodel.pruning.collapse import Collapse, CollapsePruner
from riskmodel.trees.bounds import first_break


@pytest.fixture(params=["lgbm", "xgb"])
def scorer(request, fitted):
    return fitted(request.param)


def loss_of(margin, default):
    return np.mean(np.logaddexp(0, margin) - default * margin)


def all_single_collapses(ensemble, problem, line, matrix, default):
    """The exact rise of log-loss on a line for a leaf saved, by tree and split, each collapse done for itself."""
    rises, before = {}, loss_of(line[0] + line[1] * ensemble.margins(matrix), default)
    for t, (tree, layout, mass) in enumerate(zip(ensemble.trees, problem.layouts, problem.masses, strict=True)):
        for split, node in enumerate(layout.nodes):
            below = set(leaves_below(tree, int(node)))
            inside = [i for i, leaf in enumerate(layout.leaves) if int(leaf) in below]
            ends = {int(leaf): float(tree.value[leaf]) for leaf in layout.leaves if int(leaf) not in below}
            ends[int(node)] = float(np.average(layout.value[inside], weights=mass[inside]))
            trees = list(ensemble.trees)
            trees[t] = tree.with_leaves(ends)
            margins = replace(ensemble, trees=tuple(trees)).margins(matrix)
            after = loss_of(line[0] + line[1] * margins, default)
            rises[t, split] = (after - before) / (len(inside) - 1 + (node == 0))
    return rises


def line_of(margin, default):
    """The best recalibration, by a solver that knows no derivatives."""
    return minimize(lambda line: loss_of(line[0] + line[1] * margin, default), [0.0, 1.0], method="Nelder-Mead").x


def leaves_below(tree, node):
    if tree.is_leaf[node]:
        return [node]
    return leaves_below(tree, int(tree.left[node])) + leaves_below(tree, int(tree.right[node]))


def test_each_collapse_is_judged_by_the_loss_it_costs_a_leaf_saved(scorer, development):
    problem, default = stated(scorer, development, mix=0.0, monotone=True), development.tune.default
    line = line_of(scorer.ensemble.margins(development.tune.matrix), default)
    exact = all_single_collapses(scorer.ensemble, problem, line, development.tune.matrix, default)
    path = Collapse(problem)
    tree, last = path.order()[0]
    fresh = Collapse(problem)
    fresh.look_again()
    figures = {
        (t, split): rise
        for t, piece in enumerate(fresh.pieces)
        for split, rise in enumerate(piece.rises(fresh.residual, fresh.hessian))
    }
    both = np.array([(exact[step], figures[step]) for step in exact])
    np.testing.assert_allclose(both[:, 1], both[:, 0], rtol=0.15, atol=2e-5)  # second order is not the loss itself
    assert min(figures[tree, split] for split in range(last, len(problem.layouts[tree].nodes))) == min(figures.values())


def test_a_path_is_as_good_as_one_where_everything_is_looked_at_after_every_collapse(scorer, development):
    problem = stated(scorer, development, 0.0, True)
    places = [slow_order(problem), Collapse(problem).order()]
    half = len(places[0]) // 2
    assert len(set(places[0][:half]) & set(places[1][:half])) >= 0.85 * half


def slow_order(problem):
    path, gone = Collapse(problem), []
    while any(piece.stands.any() for piece in path.pieces):
        tree = path.look_again()[0][1]
        best = path.pieces[tree].weakest(path.residual, path.hessian)
        gone += [(tree, split) for split in path.collapse(tree, best)]
    return gone


def test_every_split_goes_once_and_after_what_hangs_below_it(scorer, development):
    problem = stated(scorer, development, 0.0, True)
    order = Collapse(problem).order()
    place = {step: i for i, step in enumerate(order)}
    assert len(place) == len(order) == sum(len(layout.nodes) for layout in problem.layouts)
    for tree, layout in enumerate(problem.layouts):
        for split, parent in enumerate(layout.parent):
            assert parent < 0 or place[tree, split] < place[tree, int(parent)]


def test_margins_are_followed_exactly_down_to_nothing(scorer, development):
    path = Collapse(stated(scorer, development, 0.0, True))
    path.order()
    figures = scorer.ensemble.intercept + sum(piece.value[piece.codes] for piece in path.pieces)
    np.testing.assert_allclose(path.margin, figures, rtol=0, atol=1e-10)
    assert np.ptp(path.margin) < 1e-10


@pytest.mark.parametrize("keep", [0.6, 0.3, 0.1])
def test_what_fell_with_months_still_falls(scorer, development, keep):
    """Without a refit no constraint is enforced: means alone do it."""
    pruner = CollapsePruner(monotone=False, refit=False)
    cut = pruner.apply(pruner.plan(scorer, development, keep), scorer, development)
    assert first_break(scorer.ensemble, 3, -1) is None
    assert first_break(cut.ensemble, 3, -1) is None


def test_ends_chosen_on_tune_beat_the_prefix_there(scorer, development, fresh):
    losses = {}
    for name in ("collapse", "prefix"):
        pruner = pruning.make(name)
        cut = pruner.apply(pruner.plan(scorer, development, 0.4), scorer, development)
        losses[name] = loss_of(cut.raw_margin(development.tune.matrix), development.tune.default)
        shap = cut.contributions(fresh.matrix).sum(axis=1)
        np.testing.assert_allclose(shap, cut.raw_margin(fresh.matrix), rtol=0, atol=1e-5)
    assert losses["collapse"] < losses["prefix"]
