"""What we read is held against the library's own answer: a wrong reading is refused, by the column that explains it."""

from dataclasses import replace

import lightgbm
import numpy as np
import pyarrow as pa
import pytest
import xgboost
from foreign import LEVELS, NAMES, frame, plain

from riskmodel.datasets import encode
from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign.model import ModelSettings
from riskmodel.workflows import library_parity

CODED = -9.9


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A model of each library, and one of XGBoost to which -9.9 is missing."""
    folder, train = tmp_path_factory.mktemp("models"), frame(900, 3)
    train["default"] = np.where((train["purpose"] == "boat") & (np.arange(900) % 3 > 0), 1, train["default"])
    light = lightgbm.LGBMClassifier(
        n_estimators=12, num_leaves=6, min_data_per_group=5, cat_smooth=1, verbose=-1, n_jobs=1
    )
    light.fit(train[NAMES], train["default"]).booster_.save_model(folder / "model.txt")
    settings = {"n_estimators": 12, "max_depth": 3, "n_jobs": 1, "enable_categorical": True}
    xgboost.XGBClassifier(**settings).fit(train[NAMES], train["default"]).save_model(folder / "model.json")
    coded = xgboost.XGBClassifier(**settings, missing=CODED)
    coded.fit(with_codes(train)[NAMES], train["default"])
    coded.save_model(folder / "coded.json")
    return folder, coded


def with_codes(table):
    """Incomes that are missing as a number, in single precision as XGBoost compares it."""
    income = table["income"].astype("float32").where(np.arange(len(table)) % 3 > 0, np.float32(CODED))
    return table.assign(income=income)


def arrow(table):
    return pa.Table.from_pandas(plain(table), preserve_index=False)


@pytest.mark.parametrize("name", ["model.txt", "model.json"])
def test_a_file_that_is_read_rightly_passes(files, name):
    model = library_parity.opened(files[0] / name)
    library_parity.hold_table(model, arrow(frame(300, 4)), "rows")
    assert [column.name for column in model.scorer.features] == NAMES
    assert model.levels == {NAMES.index("purpose"): list(LEVELS)} or tuple(*model.levels.values()) == tuple(LEVELS)


@pytest.mark.parametrize("name", ["model.txt", "model.json"])
def test_levels_in_another_order_than_the_librarys_are_refused_by_their_column(files, name):
    model = library_parity.opened(files[0] / name)
    turned = replace(model, levels={NAMES.index("purpose"): list(LEVELS)[::-1]})
    with pytest.raises(RiskModelError, match=r"own to within 1e-06, however: on rows it is off .*'purpose' explains"):
        library_parity.hold_table(turned, arrow(frame(300, 4)), "rows")


def test_a_tree_that_is_read_wrongly_is_refused(files):
    model = library_parity.opened(files[0] / "model.json")
    trees = model.scorer.ensemble
    less = replace(model, scorer=model.scorer.with_ensemble(replace(trees, trees=trees.trees[1:])))
    with pytest.raises(RiskModelError, match="made up around its splits it is off by up to"):
        library_parity.hold_made_up(less)


def test_a_number_for_missing_must_be_told_of_a_file(files):
    folder, coded = files
    rows = with_codes(frame(300, 4))
    theirs = coded.predict_proba(rows[NAMES])[:, 1]
    as_coded = ModelSettings(missing=CODED)
    model = library_parity.opened(folder / "coded.json", as_coded)
    library_parity.hold_table(model, arrow(rows), "rows")
    read = encode.matrix(arrow(rows), model.scorer.features)
    np.testing.assert_allclose(model.scorer.pd(read), theirs, rtol=0, atol=1e-6)
    assert np.isnan(read[::3, NAMES.index("income")]).all()
    untold = library_parity.opened(folder / "coded.json")
    apart = untold.scorer.pd(encode.matrix(arrow(rows), untold.scorer.features)) - theirs
    assert np.abs(apart).max() > 0.01


def test_a_number_for_missing_that_is_a_code_is_refused(files):
    with pytest.raises(UnsupportedScorer, match=r"missing=0 is also the code of a level of column 'purpose'"):
        library_parity.opened(files[0] / "coded.json", ModelSettings(missing=0.0))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (ModelSettings(levels={"purpose": list(LEVELS)[::-1]}), "not those that the file keeps"),
        (ModelSettings(levels={"colour": ["red"]}), "'colour', which is not a feature"),
        (ModelSettings(monotone={"colour": 1}), "'colour', which is not a feature"),
        (ModelSettings(monotone={"income": 2}), "must be 1, -1 or 0, however: 2"),
    ],
)
def test_settings_that_contradict_the_file_are_told(files, settings, message):
    for name in ("model.txt", "model.json"):
        with pytest.raises((UnsupportedScorer, BundleError), match=message):
            library_parity.opened(files[0] / name, settings)


def test_directions_that_a_file_lost_are_taken_from_its_user(files):
    model = library_parity.opened(files[0] / "model.json", ModelSettings(monotone={"income": -1}))
    assert [column.monotone for column in model.scorer.features] == [-1 if n == "income" else 0 for n in NAMES]
