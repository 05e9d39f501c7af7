"""A certificate's figures against slower or other ways to the same, and what must break them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from riskmodel import pruning
from riskmodel.core import Calibration
from riskmodel.errors import UnsupportedScorer
from riskmodel.evaluation.change.certificate import PARITY, certify, directions
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.trees import TreeEnsemble

KINDS = ["lgbm", "xgb"]
MONTHS = 3  # trained to fall


@pytest.fixture(params=KINDS)
def pair(request, fitted, development):
    """A scorer and the first part of it."""
    scorer = fitted(request.param).recalibrated(Calibration())
    pruner = pruning.make("prefix")
    return scorer, pruner.apply(pruner.plan(scorer, development, 0.4), scorer, development)


def swapped(ensemble: TreeEnsemble, column: int) -> TreeEnsemble:
    """The same trees, but the first split on a column has its sides changed over."""
    trees = list(ensemble.trees)
    for place, tree in enumerate(trees):
        if (nodes := np.flatnonzero(tree.feature == column)).size:
            left, right = tree.left.copy(), tree.right.copy()
            left[nodes[0]], right[nodes[0]] = right[nodes[0]], left[nodes[0]]
            trees[place] = replace(tree, left=left, right=right)
            return replace(ensemble, trees=tuple(trees))
    raise AssertionError("no split on this column")


def test_a_scorer_beside_itself_is_flawless(pair, fresh):
    scorer, _ = pair
    certificate = certify(scorer, scorer, fresh.matrix, 0.3, 0.0)
    assert certificate.fidelity.largest == certificate.fidelity.flips == 0
    assert certificate.reason_overlap == 1
    assert certificate.monotone_lost == ()
    assert certificate.margin_bound == 0


def test_the_figures_are_those_of_the_rows(pair, fresh):
    given, pruned = pair
    certificate = certify(given, pruned, fresh.matrix, 0.3)
    apart = np.abs(given.pd(fresh.matrix) - pruned.pd(fresh.matrix))
    assert certificate.fidelity.largest == apart.max()
    assert certificate.fidelity.median == np.median(apart)
    assert certificate.fidelity.distinct_after == len(np.unique(pruned.pd(fresh.matrix)))
    assert certificate.margin_bound is None
    assert certificate.explained == len(fresh)


def test_the_native_library_agrees_with_us_and_its_shap_values_add_up(pair, fresh):
    certificate = certify(*pair, fresh.matrix, 0.3)
    assert certificate.parity_tolerance == PARITY[pair[1].ensemble.rules]
    assert certificate.parity_error <= certificate.parity_tolerance
    assert certificate.additivity_error < 1e-5


def test_a_wrong_cover_is_no_error_of_additivity_but_a_wrong_leaf_is_one_of_parity(fitted, fresh):
    """The file says one thing and our anatomy another: only parity can see it."""
    scorer = fitted("lgbm").recalibrated(Calibration())
    honest = scorer.ensemble
    first = honest.trees[0]
    lying = replace(honest, trees=(replace(first, value=first.value + 0.01 * first.is_leaf), *honest.trees[1:]))
    liar = replace(scorer, native=LgbmModel(scorer.model, (lying, scorer.native.trees[1])))
    assert certify(scorer, liar, fresh.matrix, 0.3).parity_error == pytest.approx(0.01, rel=1e-6)


def test_a_constraint_that_was_trained_is_shown_and_one_swapped_split_loses_it(pair, fresh):
    given, _ = pair
    broken = given.with_ensemble(swapped(given.ensemble, MONTHS))
    certificate = certify(given, broken, fresh.matrix, 0.3)
    assert certificate.monotone_before["months"] == -1
    assert "months" in certificate.monotone_lost


def test_a_feature_that_is_no_longer_used_is_not_lost(pair, fresh):
    given, _ = pair
    without = [i for i, tree in enumerate(given.ensemble.trees) if MONTHS not in tree.feature]
    bare = given.with_ensemble(given.ensemble.keep_trees(without))
    assert MONTHS not in bare.ensemble.used_features
    assert "months" not in certify(given, bare, fresh.matrix, 0.3).monotone_lost


@pytest.mark.parametrize("kind", KINDS)
def test_every_direction_that_is_shown_holds_row_by_row(fitted, fresh, kind):
    trees = fitted(kind).ensemble
    proven = directions(trees)
    assert proven
    for column, sign in proven.items():
        grid = np.linspace(-3, 70, 60)
        for row in fresh.matrix[:20]:
            rows = np.tile(row, (len(grid), 1))
            rows[:, column] = grid
            assert (np.diff(trees.margins(rows)) * sign >= -1e-12).all(), column


def test_categories_and_unused_columns_have_no_direction(fitted):
    trees = fitted("lgbm").ensemble
    assert 2 in trees.used_features
    assert 2 not in directions(trees)
    assert directions(replace(trees, trees=())) == {}


def test_a_scorer_without_trees_is_refused(fitted, fresh):
    with pytest.raises(UnsupportedScorer, match="has no trees"):
        certify(fitted("scorecard"), fitted("lgbm"), fresh.matrix, 0.3)


def test_pds_are_those_of_the_margins(pair, fresh):
    given, _ = pair
    np.testing.assert_allclose(given.pd(fresh.matrix), expit(given.ensemble.margins(fresh.matrix)), atol=1e-6)


def test_the_worst_applicant_is_named_and_moves_by_as_much_as_is_said(pair, fresh):
    given, pruned = pair
    certificate = certify(given, pruned, fresh.matrix, 0.3, 5.0, worst_case=True)
    applicant = np.array([list(certificate.witness.values())])
    change = float(pruned.raw_margin(applicant)[0] - given.raw_margin(applicant)[0])
    assert change == pytest.approx(certificate.witness_change, abs=1e-5)
    on_rows = np.abs(pruned.raw_margin(fresh.matrix) - given.raw_margin(fresh.matrix)).max()
    assert on_rows <= abs(certificate.witness_change) + 1e-5 <= certificate.margin_bound + 2e-5
    assert list(certificate.witness) == [column.name for column in given.features]
