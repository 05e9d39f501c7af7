"""Explainable boosting machines are read to the last bit, cut, and given back as what they were."""

import numpy as np
import pandas as pd
import pytest
from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from riskmodel import prune_trees
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign import ebm_models
from riskmodel.scorers.lgbm import reader
from riskmodel.workflows.prune import in_memory

NAMES = ["a", "b", "c", "few"]
CONTINUOUS = ["continuous"] * len(NAMES)


def rows(count, seed):
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(draw.normal(size=(count, 4)), columns=NAMES)
    table["few"] = draw.integers(0, 3, count).astype(float)
    margin = -1.0 + table["a"] + 1.2 * table["b"] * table["c"] + 0.4 * (table["few"] == 1)
    table.loc[draw.random(count) < 0.1, "a"] = np.nan
    return table, (draw.random(count) < expit(margin.to_numpy())).astype(int)


def machine(seed=0, **settings):
    quick = {"outer_bags": 2, "max_rounds": 60, "max_bins": 24, "interactions": [(1, 2), (0, 3)], "n_jobs": 1}
    table, outcome = rows(700, seed + 1)
    with np.errstate(all="ignore"):
        return ExplainableBoostingClassifier(
            **{**quick, "feature_types": CONTINUOUS, "random_state": seed, **settings}
        ).fit(table, outcome)


pytestmark = pytest.mark.filterwarnings("ignore:Missing values detected")


@pytest.fixture(scope="module")
def ebm():
    return machine()


def odd_rows(ebm):
    """Rows at every cut, beside it, missing everywhere, infinite and 0."""
    table, _ = rows(300, 9)
    special = [np.nan, np.inf, -np.inf, 0.0, 1e300]
    cuts = [cut for levels in ebm.bins_ for level in levels for cut in level]
    values = [*special, *cuts, *np.nextafter(cuts, -np.inf), *np.nextafter(cuts, np.inf)]
    same = pd.DataFrame(dict.fromkeys(NAMES, values))
    mixed = same.apply(lambda column: np.random.default_rng(3).permutation(column))
    return pd.concat([table, same, mixed], ignore_index=True)


def read(parts):
    return reader.read(parts.content.decode())[0]


@pytest.mark.parametrize("seed", [0, 1])
def test_every_pd_is_the_machines_own(ebm, seed):
    model = ebm if seed == 0 else machine(seed, interactions=3, max_bins=9)
    asked = odd_rows(model)
    parts = ebm_models.taken_apart(model)
    ours = expit(read(parts).margins(asked.to_numpy()))
    assert np.abs(ours - model.predict_proba(asked)[:, 1]).max() < 1e-12
    assert all(len(tree.used_features) <= 2 for tree in read(parts).trees)


def test_put_together_again_it_says_the_same(ebm):
    asked, parts = odd_rows(ebm), ebm_models.taken_apart(ebm)
    again = parts.rebuilt(parts.content)
    assert type(again) is type(ebm)
    assert np.abs(again.predict_proba(asked) - ebm.predict_proba(asked)).max() < 1e-12
    assert set(again.term_features_) == set(ebm.term_features_)


def test_a_cut_is_of_the_same_class_smaller_and_reads_as_itself(ebm):
    before = [np.array(scores) for scores in ebm.term_scores_]
    (table, outcome), (fresh, later) = rows(1500, 5), rows(3000, 6)
    small = prune_trees(ebm, table, outcome, keep=0.15)
    cells = [sum(scores.size for scores in model.term_scores_) for model in (ebm, small)]
    assert type(small) is ExplainableBoostingClassifier
    assert cells[1] < 0.6 * cells[0]
    booster = prune_trees(ebm, table, outcome, keep=0.15, as_="lightgbm")
    assert np.abs(booster.predict(fresh) - small.predict_proba(fresh)[:, 1]).max() < 1e-12
    again = expit(read(ebm_models.taken_apart(small)).margins(fresh.to_numpy()))
    assert np.abs(again - small.predict_proba(fresh)[:, 1]).max() < 1e-12
    lost = roc_auc_score(later, ebm.predict_proba(fresh)[:, 1]) - roc_auc_score(later, small.predict_proba(fresh)[:, 1])
    assert lost < 0.02
    for scores, kept in zip(before, ebm.term_scores_, strict=True):
        np.testing.assert_array_equal(scores, kept)


def test_its_terms_are_centred_and_can_be_explained(ebm):
    table, outcome = rows(1500, 5)
    small = prune_trees(ebm, table, outcome, keep=0.15)
    for scores, weight in zip(small.term_scores_, small.bin_weights_, strict=True):
        assert scores.shape == weight.shape
        assert np.average(scores, weights=weight) == pytest.approx(0, abs=1e-9)
        assert weight.sum() == pytest.approx(ebm.bin_weights_[0].sum())
    assert len(small.explain_global().data()["names"]) == len(small.term_features_)
    assert small.explain_local(table[:2]).data(0)["scores"]


def test_what_is_not_read_is_refused_in_one_line():
    table, outcome = rows(500, 5)
    three = machine(interactions=[(0, 1, 2)], max_rounds=5)
    with pytest.raises(UnsupportedScorer, match="terms must have one or two features, however: 3"):
        prune_trees(three, table, outcome, keep=0.5)
    several = ExplainableBoostingClassifier(outer_bags=1, max_rounds=5, interactions=0, n_jobs=1)
    several.fit(table, np.arange(500) % 3)
    with pytest.raises(UnsupportedScorer, match="must have two classes and the link logit, however: 3, mlogit"):
        prune_trees(several, table, outcome, keep=0.5)
    with pytest.raises(UnsupportedScorer, match="however: ExplainableBoostingRegressor"):
        prune_trees(ExplainableBoostingRegressor(), table, outcome, keep=0.5)


LEVELS = {"purpose": ["car", "home", "debt"], "region": ["3", "1", "2"], "flag": [True, False]}


def mixed_rows(count, seed, unseen=False):
    """Numbers beside levels that are texts, whole numbers and booleans, some missing, and some that no fit had."""
    table, _ = rows(count, seed)
    draw = np.random.default_rng(seed + 50)
    for place, (name, levels) in enumerate(LEVELS.items()):
        table[name] = np.array([*levels, "boat"] if unseen and not place else levels, object)[
            draw.integers(0, len(levels) + (unseen and not place), count)
        ]
        table.loc[draw.random(count) < 0.1, name] = None
    margin = -1 + table["b"] * (table["purpose"] == "car") + (table["region"] == "3") + 0.5 * table["c"]
    return table, (draw.random(count) < expit(margin.to_numpy())).astype(int)


@pytest.fixture(scope="module")
def mixed():
    kinds = [*CONTINUOUS, *["nominal"] * len(LEVELS)]
    quick = {"outer_bags": 1, "max_rounds": 60, "max_bins": 12, "n_jobs": 1, "feature_types": kinds}
    return ExplainableBoostingClassifier(**quick, interactions=[(1, 4), (5, 4), (6, 0)]).fit(*mixed_rows(900, 3))


def test_levels_are_read_as_the_machine_scores_them(mixed):
    table, _ = mixed_rows(700, 8)
    scorer, matrix = in_memory.read_with(mixed, table)
    assert [column.categories for column in scorer.features[4:]] == [
        ("car", "debt", "home"), ("1", "2", "3"), ("0", "1")
    ]  # fmt: skip
    assert np.abs(scorer.pd(matrix) - mixed.predict_proba(table)[:, 1]).max() < 1e-12


def test_a_level_that_the_machine_does_not_know_counts_as_missing(mixed):
    table, _ = mixed_rows(700, 8, unseen=True)
    with pytest.warns(UserWarning, match="'purpose' .* they count as missing"):
        scorer, matrix = in_memory.read_with(mixed, table, unknown=0.5)
    known = table.assign(purpose=table["purpose"].where(table["purpose"] != "boat", None))
    assert np.abs(scorer.pd(matrix) - mixed.predict_proba(known)[:, 1]).max() < 1e-12


def test_a_cut_machine_keeps_its_levels(mixed):
    (table, outcome), (fresh, _) = mixed_rows(1500, 5), mixed_rows(900, 6)
    small = prune_trees(mixed, table, outcome, keep=0.3)
    scorer, matrix = in_memory.read_with(small, fresh)
    theirs = small.predict_proba(fresh)[:, 1]
    assert np.abs(scorer.pd(matrix) - theirs).max() < 1e-12
    assert scorer.ensemble.n_leaves < 0.6 * in_memory.read_with(mixed, fresh)[0].ensemble.n_leaves
    assert roc_auc_score(mixed.predict(fresh), theirs) > 0.95
    booster = prune_trees(mixed, table, outcome, keep=0.3, as_="lightgbm")
    levelled = fresh.astype(dict.fromkeys(LEVELS, "category"))
    assert np.abs(booster.predict(levelled) - theirs).max() < 1e-12
    with pytest.raises(RiskModelError, match="categories must come by their levels, in a frame"):
        prune_trees(mixed, rows(500, 1)[0].to_numpy()[:, [0, 1, 2, 3, 0, 1, 2]], outcome[:500], keep=0.3)


def test_one_that_is_not_fitted_is_refused():
    table, outcome = rows(500, 5)
    with pytest.raises(RiskModelError, match="must be fitted"):
        prune_trees(ExplainableBoostingClassifier(), table, outcome, keep=0.5)
