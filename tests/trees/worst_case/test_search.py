"""No applicant passes the bound, and the witness has the change that it is said to have."""

from dataclasses import replace
from itertools import product

import lightgbm
import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.scorers import open_native
from riskmodel.trees.worst_case import worst_change
from riskmodel.trees.worst_case.parts import difference

RULES = st.sampled_from(["lightgbm", "xgboost"])


def every_cell(before, after):
    """The largest |change| over one applicant of every kind that the splits can tell apart."""
    values, _ = difference(before, after)
    rows = np.array(list(product(*values)))
    return float(np.abs(after.margins(rows) - before.margins(rows)).max())


@given(st.integers(0, 10_000), RULES, st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_the_worst_change_lies_between_witness_and_bound(seed, rules, trees):
    before, after = random_ensemble(seed, rules, trees), random_ensemble(seed + 1, rules, 2)
    worst, exact = worst_change(before, after, seed=seed), every_cell(before, after)
    assert abs(worst.change) <= exact + 1e-9
    assert exact <= worst.bound + 1e-9
    rows = trying(before, 400, seed)
    assert np.abs(after.margins(rows) - before.margins(rows)).max() <= exact + 1e-9


@given(st.integers(0, 10_000), RULES)
@settings(max_examples=20, deadline=None)
def test_one_tree_against_another_is_exact(seed, rules):
    before, after = random_ensemble(seed, rules, 1), random_ensemble(seed + 5, rules, 1)
    worst = worst_change(before, after)
    assert worst.exact
    assert abs(worst.change) == pytest.approx(every_cell(before, after), abs=1e-9)


def test_a_model_against_itself_moves_nobody():
    ensemble = random_ensemble(3, "lightgbm", 5)
    worst = worst_change(ensemble, replace(ensemble))
    assert worst.change == 0
    assert worst.bound == pytest.approx(0, abs=1e-9)
    assert worst.pd_bound == pytest.approx(0, abs=1e-9)


def test_a_pd_moves_most_about_one_half():
    ensemble = random_ensemble(3, "lightgbm", 5)
    worst = worst_change(ensemble, replace(ensemble, intercept=ensemble.intercept + 1.0))
    assert worst.bound == pytest.approx(1.0)
    assert worst.pd_bound == pytest.approx(1 / (1 + np.exp(-0.5)) - 1 / (1 + np.exp(0.5)))


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_the_native_library_gives_the_witness_the_same_change(library, tmp_path):
    random = np.random.default_rng(1)
    rows = random.normal(size=(1500, 4))
    rows[random.random(rows.shape) < 0.1] = np.nan
    bad = (np.nan_to_num(rows[:, 0]) - np.nan_to_num(rows[:, 1]) + random.normal(size=1500) > 0.5).astype(int)
    margins, scorers = [], []
    for rounds in (9, 3):
        path = tmp_path / f"{library}{rounds}.{'txt' if library == 'lightgbm' else 'json'}"
        if library == "lightgbm":
            made = lightgbm.train(
                {"objective": "binary", "num_leaves": 6, "verbose": -1, "num_threads": 1},
                lightgbm.Dataset(rows, bad),
                rounds,
            )
            margins.append(lambda row, made=made: made.predict(row, raw_score=True)[0])
        else:
            made = xgboost.train({"objective": "binary:logistic", "max_depth": 3}, xgboost.DMatrix(rows, bad), rounds)
            margins.append(lambda row, made=made: made.predict(xgboost.DMatrix(row), output_margin=True)[0])
        made.save_model(path)
        scorers.append(open_native(path))
    worst = worst_change(scorers[0].ensemble, scorers[1].ensemble, rows)
    witness = worst.applicant[None]
    if library == "xgboost":
        witness = np.where(np.isinf(witness), np.sign(witness) * 1e30, witness)  # it refuses infinity in a matrix
    old, new = (margin(witness) for margin in margins)
    assert float(new - old) == pytest.approx(worst.change, abs=1e-5)
    assert np.abs(scorers[1].ensemble.margins(rows) - scorers[0].ensemble.margins(rows)).max() <= worst.bound
