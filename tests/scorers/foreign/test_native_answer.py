"""The PDs that a model's own user gets: its early stop, its missing number, its levels, and without a warning."""

import warnings
from types import SimpleNamespace

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from riskmodel.scorers.foreign import native_answer

ROWS = np.random.default_rng(1).normal(size=(300, 3))
BAD = (ROWS[:, 0] + ROWS[:, 1] * ROWS[:, 2] > 0.3).astype(int)
ONE = {"num_threads": 1, "verbosity": -1, "objective": "binary"}


@pytest.fixture(scope="module")
def light():
    return lightgbm.train(ONE, lightgbm.Dataset(ROWS, BAD), 9)


@pytest.fixture(scope="module")
def extreme():
    return xgboost.train({"objective": "binary:logistic", "nthread": 1}, xgboost.DMatrix(ROWS, BAD), 9)


def test_lightgbm_stops_at_its_best_iteration(light):
    booster = lightgbm.Booster(model_str=light.model_to_string())
    booster.best_iteration = 4
    np.testing.assert_array_equal(native_answer.lightgbm_booster(booster)(ROWS), light.predict(ROWS, num_iteration=4))
    assert (native_answer.lightgbm_booster(booster)(ROWS) != light.predict(ROWS)).any()


def test_a_text_is_loaded_once_and_only_when_it_is_asked(light, monkeypatch):
    loaded = []

    def counted(**given):
        loaded.append(given)
        return light

    monkeypatch.setattr(lightgbm, "Booster", counted)
    answer = native_answer.lightgbm_text(light.model_to_string().encode())
    assert not loaded
    for _ in range(2):
        np.testing.assert_array_equal(answer(ROWS), light.predict(ROWS))
    assert len(loaded) == 1


@pytest.mark.parametrize("used", [None, 1, 4])
def test_an_xgboost_file_answers_with_as_many_trees_as_are_used(extreme, used):
    answer = native_answer.xgboost_document([bytes(extreme.save_raw("json"))], used, None)
    due = extreme.predict(xgboost.DMatrix(ROWS), iteration_range=(0, used or 9))
    np.testing.assert_array_equal(answer(ROWS), due.astype(np.float64))


@pytest.mark.parametrize(("missing", "odd"), [(-999.0, -999.0), (None, np.nan), (np.nan, np.nan)])
def test_the_number_that_stands_for_missing_is_missing(extreme, missing, odd):
    gaps, marked = ROWS.copy(), ROWS.copy()
    gaps[::3, 0], marked[::3, 0] = np.nan, odd
    answer = native_answer.xgboost_booster(extreme, missing=missing)
    np.testing.assert_array_equal(answer(marked), extreme.predict(xgboost.DMatrix(gaps)))
    if not np.isnan(odd):
        assert (answer(marked) != native_answer.xgboost_booster(extreme)(marked)).any()


def test_a_file_that_this_xgboost_does_not_load_is_answered_from_what_we_write(extreme):
    ours = bytes(extreme.save_raw("json"))
    answer = native_answer.xgboost_document([b'{"learner": {}}', ours], None, None)
    np.testing.assert_array_equal(answer(ROWS), extreme.predict(xgboost.DMatrix(ROWS)))
    with pytest.raises(xgboost.core.XGBoostError):
        native_answer.xgboost_document([b'{"learner": {}}'], None, None)(ROWS)


def test_names_of_a_frame_are_not_held_against_a_model_without_any(extreme):
    frame = pd.DataFrame(ROWS, columns=["income", "debt", "age"])
    np.testing.assert_array_equal(
        native_answer.xgboost_booster(extreme)(frame), native_answer.xgboost_booster(extreme)(ROWS)
    )


def test_levels_are_handed_to_xgboost_as_levels():
    table = pd.DataFrame({"purpose": pd.Categorical(np.where(BAD, "car", "home")), "x": ROWS[:, 0]})
    data = xgboost.DMatrix(table, BAD, enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1, "max_depth": 2}, data, 4)
    due = booster.predict(data)
    assert np.ptp(due) > 0.5
    coded = np.column_stack([table["purpose"].cat.codes, table["x"]])
    for rows in (table, coded):
        np.testing.assert_array_equal(native_answer.xgboost_booster(booster)(rows), due)


def test_a_wrapper_answers_the_chance_of_its_second_class():
    classifier = SimpleNamespace(predict_proba=lambda rows: np.column_stack([rows, 1 - rows]))
    np.testing.assert_array_equal(native_answer.wrapper(classifier)(np.array([0.2, 0.9])), [0.8, 0.09999999999999998])
    regressor = SimpleNamespace(predict=np.float32)
    answer = native_answer.wrapper(regressor)(np.array([0.25]))
    assert (answer.dtype, answer.tolist()) == (np.float64, [0.25])


def test_warnings_of_the_libraries_are_not_the_users():
    def noisy(rows):
        warnings.warn("X does not have valid feature names", stacklevel=2)
        return rows

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        native_answer.wrapper(SimpleNamespace(predict=noisy))(np.zeros(2))
        with pytest.raises(UserWarning, match="valid feature names"):
            noisy(np.zeros(2))
