"""LightGBM's and XGBoost's own classes, taken apart and put together: what each remembers, and what is refused."""

from types import SimpleNamespace

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.linear_model import LogisticRegression

from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign.memory_objects import taken_apart

ROWS = np.random.default_rng(1).normal(size=(400, 3))
BAD = (ROWS[:, 0] + 0.5 * ROWS[:, 1] * ROWS[:, 2] > 0.3).astype(int)
NAMES = ["a", "b", "c"]


def light(**settings):
    return lightgbm.LGBMClassifier(n_estimators=8, num_leaves=5, n_jobs=1, verbosity=-1, **settings)


def extreme(**settings):
    return xgboost.XGBClassifier(n_estimators=8, max_depth=2, n_jobs=1, **settings)


@pytest.mark.parametrize("make", [light, extreme])
def test_put_together_again_a_wrapper_is_of_its_class_and_answers_the_same(make):
    model = make().fit(ROWS, BAD)
    parts = taken_apart(model)
    again = parts.rebuilt(parts.content)
    assert type(again) is type(model)
    assert again is not model
    assert again.get_params() == model.get_params()
    np.testing.assert_allclose(again.predict_proba(ROWS), model.predict_proba(ROWS), rtol=1e-6)
    np.testing.assert_array_equal(parts.answer(ROWS), model.predict_proba(ROWS)[:, 1])


@pytest.mark.parametrize("make", [light, extreme])
def test_a_wrapper_keeps_its_own_classes(make):
    labels = np.array(["bad", "good"])[BAD] if make is light else BAD
    parts = taken_apart(make().fit(ROWS, labels))
    assert parts.classes == (("bad", "good") if make is light else (0, 1))
    assert parts.maker == ("lightgbm" if make is light else "xgboost")
    assert parts.is_xgboost == (make is extreme)


@pytest.mark.filterwarnings("ignore:The argument 'eval_set' is deprecated")
def test_lightgbms_early_stop_is_in_its_text_and_forgotten_by_what_is_rebuilt():
    chance = np.random.default_rng(7).random(400) < 0.5
    stop = lightgbm.early_stopping(2, verbose=False)
    model = light(learning_rate=0.5).fit(ROWS, BAD, eval_set=[(ROWS[::-1], chance)], callbacks=[stop])
    assert model.best_iteration_ < 8
    parts = taken_apart(model)
    assert parts.content.decode().count("\nTree=") == model.best_iteration_
    longer = lightgbm.train({"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(ROWS, BAD), 7)
    again = parts.rebuilt(longer.model_to_string().encode())
    assert again.booster_.num_trees() == 7
    assert again._best_iteration == -1
    assert model.best_iteration_ > 0


def test_xgboosts_early_stop_is_the_wrappers_alone():
    chance = np.random.default_rng(7).random(400) < 0.5
    model = extreme(early_stopping_rounds=2, learning_rate=0.9)
    model.fit(ROWS, BAD, eval_set=[(ROWS[::-1], chance)], verbose=False)
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    assert not taken_apart(model).all_trees
    assert taken_apart(model.get_booster()).all_trees


@pytest.mark.parametrize("asked", [(1, 0, -1), "(1,0,-1)", {"a": 1, "c": -1}, {"a": 1, "c": -1, "gone": 1}])
def test_the_directions_of_a_wrapper_are_read_however_they_were_spelt(asked):
    model = extreme(monotone_constraints=asked if not isinstance(asked, dict) else {k: asked[k] for k in ("a", "c")})
    model.fit(pd.DataFrame(ROWS, columns=NAMES), BAD)
    model.monotone_constraints = asked
    assert taken_apart(model).monotone == {"a": 1, "c": -1}


def test_the_directions_of_a_booster_are_those_of_its_configuration():
    settings = {"objective": "binary:logistic", "monotone_constraints": "(0,-1,1)", "nthread": 1}
    booster = xgboost.train(settings, xgboost.DMatrix(ROWS, BAD), 2)
    assert taken_apart(booster).monotone == {"f1": -1, "f2": 1}
    free = xgboost.train({"objective": "binary:logistic", "nthread": 1}, xgboost.DMatrix(ROWS, BAD), 2)
    assert taken_apart(free).monotone == {}


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_it_is_known_whether_a_booster_has_names(library):
    def booster(names):
        if library == "lightgbm":
            data = lightgbm.Dataset(ROWS, BAD, feature_name=names or "auto")
            return lightgbm.train({"verbosity": -1, "num_threads": 1}, data, 2)
        return xgboost.train({"nthread": 1}, xgboost.DMatrix(ROWS, BAD, feature_names=names), 2)

    named, plain = taken_apart(booster(NAMES)), taken_apart(booster(None))
    assert (named.names, named.has_names) == (("a", "b", "c"), True)
    assert not plain.has_names
    assert plain.names == tuple(f"{'Column_' if library == 'lightgbm' else 'f'}{i}" for i in range(3))


def test_the_missing_number_of_an_xgboost_wrapper_is_kept_and_none_is_refused():
    model = extreme(missing=-1.0).fit(ROWS, BAD)
    assert taken_apart(model).missing == -1.0
    model.missing = None
    with pytest.raises(UnsupportedScorer, match=r"missing=None is no number, .* set_params\(missing=float\('nan'\)\)"):
        taken_apart(model)


@pytest.mark.parametrize("model", [b"tree", bytearray(b"tree"), "model.pkl", __file__])
def test_bytes_and_paths_of_other_files_are_never_opened(model):
    with pytest.raises(UnsupportedScorer, match=r"must be a fitted object, however: .* a pickle is never opened"):
        taken_apart(model)


@pytest.mark.parametrize("model", [LogisticRegression(), None, 3, SimpleNamespace(predict=None)])
def test_another_class_is_named(model):
    with pytest.raises(UnsupportedScorer, match=f"the model must be a Booster .*, however: {type(model).__name__}$"):
        taken_apart(model)


@pytest.mark.parametrize("model", [light(), extreme()])
def test_what_is_not_fitted_is_refused(model):
    with pytest.raises(RiskModelError, match=f"the model must be fitted, however: this {type(model).__name__} is not"):
        taken_apart(model)


@pytest.mark.parametrize("make", [light, extreme])
def test_more_classes_are_refused(make):
    with pytest.raises(UnsupportedScorer, match="the model must have two classes, however: 3"):
        taken_apart(make().fit(ROWS, np.arange(400) % 3))
