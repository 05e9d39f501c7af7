"""The applicant who moves most, as evidence: the witness by both native libraries, under a bound that nobody passes."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.evaluation.change.worst_case import NOT_ASKED, WORST_CASE, looked_for, without, worst_case
from riskmodel.review.wording import NOT_EVALUATED


@pytest.fixture(scope="module", params=["lgbm", "xgb"])
def pair(request, fitted, development):
    """A scorer of two trees and its first tree: small, so that the search ends."""
    scorer = fitted(request.param)
    few = scorer.with_ensemble(scorer.ensemble.keep_trees([0, 1]))
    pruner = pruning.make("prefix")
    return few, pruner.apply(pruner.plan(few, development, 0.5), few, development)


@pytest.fixture(scope="module")
def worst(pair, fresh):
    return looked_for(*pair, fresh.matrix)


def lines(evidence):
    return dict(evidence.tables[0].rows)


def test_the_witness_has_the_change_by_the_native_libraries_too(pair, worst, fresh, limits):
    stated = lines(worst_case(*pair, worst, len(fresh), limits))
    assert stated["change of the witness"] == abs(worst.change)
    assert stated["the same, by the native libraries"] == pytest.approx(abs(worst.change), abs=1e-5)
    assert stated["bound on the change of a margin"] >= abs(worst.change) - 1e-9


def test_nobody_of_the_rows_moves_by_more(pair, worst, fresh, limits):
    evidence = worst_case(*pair, worst, len(fresh), limits)
    before, after = (scorer.raw_margin(fresh.matrix) for scorer in pair)
    moved = np.abs(after - before)
    assert moved.max() <= evidence.high + 1e-6
    assert evidence.low == evidence.value == abs(worst.change) >= moved.max() - 1e-6
    assert evidence.rows == 900


def test_where_the_search_did_not_end_the_figure_goes_up_to_the_bound(pair, worst, fresh, limits):
    evidence = worst_case(*pair, replace(worst, bound=abs(worst.change) + 1.5), len(fresh), limits)
    assert evidence.high == pytest.approx(evidence.value + 1.5)
    assert lines(evidence)["bound on the change of a margin"] == evidence.high


def test_no_pd_moves_by_more_than_is_said(pair, worst, fresh, limits):
    stated = lines(worst_case(*pair, worst, len(fresh), limits))
    plain = [scorer.recalibrated(type(scorer.calibration)()) for scorer in pair]
    apart = np.abs(plain[1].score(fresh) - plain[0].score(fresh)).max()
    assert apart <= stated["no PD moves by more, before calibration"] + 1e-9
    rows = worst.applicant[None]
    rows = np.where(np.isinf(rows), np.sign(rows) * 1e30, rows)
    for name, scorer in zip(("champion", "challenger"), pair, strict=True):
        assert stated[f"PD of the witness, {name}"] == scorer.pd(rows)[0]


def test_the_witness_is_laid_out_column_by_column(pair, worst, fresh, limits):
    """What lies beyond every threshold is not the same as what is missing, and a reader must not take it for that."""
    odd = replace(worst, applicant=np.array([-np.inf, np.inf, np.nan, 12.0, 0.25]))
    evidence = worst_case(*pair, odd, len(fresh), limits)
    due = ["the lowest", "the highest", "missing", 12.0, 0.25]
    assert evidence.tables[1].rows == tuple(zip((column.name for column in pair[0].features), due, strict=True))


def test_an_infinite_witness_is_replayed_with_a_number_that_every_library_takes(pair, worst, fresh, limits):
    endless = replace(worst, applicant=np.full(5, np.inf))
    stated = lines(worst_case(*pair, endless, len(fresh), limits))
    assert np.isfinite(stated["the same, by the native libraries"])


def test_two_scorers_that_cannot_be_held_against_each_other_say_why(fitted, fresh):
    trees = fitted("lgbm")
    assert looked_for(trees, fitted("mlp"), fresh.matrix) == "Both models must be trees."
    few = trees.with_ensemble(replace(trees.ensemble, trees=trees.ensemble.trees[:1]))
    narrow = few.narrowed(few.read_features)
    assert looked_for(trees, narrow, fresh.matrix) == "The two models do not read the same columns in the same order."


@pytest.mark.parametrize("why", [NOT_ASKED, "Both models must be trees."])
def test_what_was_not_looked_for_is_not_evaluated_and_says_why(why):
    evidence = without(why, 12)
    assert (evidence.method, evidence.reason, evidence.rows) == (WORST_CASE, why, 12)
    assert str(evidence.mark) == NOT_EVALUATED
    assert (evidence.value, evidence.low, evidence.high) == (None, None, None)
