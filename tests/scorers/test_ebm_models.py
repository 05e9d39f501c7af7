"""Explainable boosting machines are read to the last bit, cut, and given back as what they were."""

import numpy as np
import pandas as pd
import pytest
from interpret.glassbox import ExplainableBoostingClassifier
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from riskmodel import prune_trees
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign import ebm_models
from riskmodel.scorers.lgbm import reader

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


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"feature_types": [*CONTINUOUS[:3], "nominal"]}, "must be continuous, however: 'few' is nominal")],
)
def test_what_is_not_read_is_refused_by_name(settings, message):
    table, outcome = rows(500, 5)
    with pytest.raises(UnsupportedScorer, match=message):
        prune_trees(machine(**settings, interactions=0, max_rounds=5), table, outcome, keep=0.5)


def test_one_that_is_not_fitted_is_refused():
    table, outcome = rows(500, 5)
    with pytest.raises(RiskModelError, match="must be fitted"):
        prune_trees(ExplainableBoostingClassifier(), table, outcome, keep=0.5)
