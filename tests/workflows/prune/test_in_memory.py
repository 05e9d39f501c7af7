"""Pruning a model in memory: the same class comes back, and the library's own calls go on working."""

import pickle
import subprocess
import sys

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse
import xgboost
from samples import FEATURES, drawn
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import roc_auc_score

from riskmodel import prune_trees
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer

NAMES = [column.name for column in FEATURES]
LEVELS = list(FEATURES[2].categories)
QUICK = {"n_estimators": 30, "learning_rate": 0.2, "n_jobs": 1}


def frame(rows, seed):
    sample = drawn(rows, seed)
    table = pd.DataFrame(sample.matrix, columns=NAMES)
    return table.assign(purpose=pd.Categorical.from_codes(table["purpose"].astype(int), LEVELS)), sample.default


@pytest.fixture(scope="module")
def rows():
    """Rows to fit on, and other rows to prune on."""
    return frame(1200, 21), frame(900, 22)


def fitted(kind, rows, y):
    if kind == "LGBMClassifier":
        return lightgbm.LGBMClassifier(num_leaves=6, verbose=-1, **QUICK).fit(rows, y)
    if kind == "XGBClassifier":
        return xgboost.XGBClassifier(max_depth=3, enable_categorical=True, **QUICK).fit(rows, y)
    wrapper = fitted({"lightgbm": "LGBMClassifier", "xgboost": "XGBClassifier"}[kind], rows, y)
    return wrapper.booster_ if kind == "lightgbm" else wrapper.get_booster()


def pd_of(model, rows):
    if hasattr(model, "predict_proba"):
        return model.predict_proba(rows)[:, 1]
    return model.predict(
        rows if isinstance(model, lightgbm.Booster) else xgboost.DMatrix(rows, enable_categorical=True)
    )


def leaves(model):
    """As the library counts them."""
    booster = getattr(model, "booster_", None) or getattr(model, "get_booster", lambda: model)()
    nodes = booster.trees_to_dataframe()
    if isinstance(booster, lightgbm.Booster):
        return int(nodes["split_feature"].isna().sum())
    return int((nodes["Feature"] == "Leaf").sum())


@pytest.mark.parametrize("kind", ["LGBMClassifier", "XGBClassifier", "lightgbm", "xgboost"])
def test_the_same_class_comes_back_smaller_and_the_given_one_stays(kind, rows):
    (X, y), (other, outcome) = rows
    model = fitted(kind, X, y)
    before, size = pd_of(model, other), leaves(model)
    small = prune_trees(model, other, outcome, keep=0.3)
    assert type(small) is type(model)
    assert leaves(small) <= 0.3 * size
    assert leaves(model) == size
    np.testing.assert_array_equal(pd_of(model, other), before)
    fresh, truth = frame(1500, 23)
    assert roc_auc_score(truth, pd_of(small, fresh)) > roc_auc_score(truth, pd_of(model, fresh)) - 0.05
    assert abs(pd_of(small, fresh).mean() - pd_of(model, fresh).mean()) < 0.02
    again = pickle.loads(pickle.dumps(small))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(pd_of(again, fresh), pd_of(small, fresh))


@pytest.mark.parametrize("kind", ["LGBMClassifier", "XGBClassifier", "lightgbm", "xgboost"])
def test_reordered_levels_give_the_same_pds(kind, rows):
    (X, y), (other, outcome) = rows
    model = fitted(kind, X, y)
    small = prune_trees(model, other, outcome, keep=0.3, method="trees")
    mixed = other.assign(purpose=other["purpose"].cat.reorder_categories(LEVELS[::-1]))[NAMES]
    np.testing.assert_array_equal(pd_of(small, mixed), pd_of(small, other))
    same = prune_trees(model, mixed[NAMES[::-1]], outcome, keep=0.3, method="trees")
    np.testing.assert_array_equal(pd_of(same, other), pd_of(small, other))


def test_unseen_levels_count_as_missing_in_lightgbm(rows):
    (X, y), (other, outcome) = rows
    strange = other.assign(purpose=other["purpose"].cat.rename_categories({"boat": "yacht"}))
    model = fitted("LGBMClassifier", X, y)
    with pytest.raises(DataError, match=r"'purpose' has levels .* in 22.3% of the rows, first 'yacht'; at most 5%"):
        prune_trees(model, strange, outcome, keep=0.5)
    small = prune_trees(model, strange, outcome, keep=0.5, method="prefix", unknown=0.25)
    missing = other.assign(purpose=other["purpose"].cat.set_categories(LEVELS[1:]))
    np.testing.assert_array_equal(pd_of(small, strange), pd_of(small, missing))


@pytest.mark.parametrize("kind", ["LGBMClassifier", "XGBClassifier"])
def test_arrays_go_by_place_and_give_what_frames_give(kind, rows):
    (X, y), (other, outcome) = rows
    plain, development = X.drop(columns="purpose").to_numpy(), other.drop(columns="purpose")
    model = fitted(kind, plain, y)
    by_place = prune_trees(model, development.to_numpy(), outcome, keep=0.4, method="trees")
    by_frame = prune_trees(model, development, outcome, keep=0.4, method="trees")
    np.testing.assert_array_equal(pd_of(by_place, development.to_numpy()), pd_of(by_frame, development.to_numpy()))


def test_labels_of_any_kind_keep_their_classes(rows):
    (X, y), (other, outcome) = rows
    words = np.array(["good", "lost"])
    model = fitted("LGBMClassifier", X, words[y])
    small = prune_trees(model, other, words[outcome], keep=0.3, method="prefix")
    assert small.classes_.tolist() == ["good", "lost"]
    assert set(small.predict(other)) <= {"good", "lost"}
    numbers = prune_trees(fitted("LGBMClassifier", X, y), other, outcome, keep=0.3, method="prefix")
    np.testing.assert_allclose(pd_of(small, other), pd_of(numbers, other))


@pytest.mark.parametrize("kind", ["LGBMClassifier", "XGBClassifier"])
def test_trees_after_an_early_stop_do_not_come_back(kind, rows):
    (X, y), (other, outcome) = rows
    if kind == "LGBMClassifier":
        stop = {"callbacks": [lightgbm.early_stopping(40, verbose=False)]}
        model = lightgbm.LGBMClassifier(verbose=-1, **QUICK | {"n_estimators": 200})
    else:
        stop = {"verbose": False}
        model = xgboost.XGBClassifier(
            enable_categorical=True, early_stopping_rounds=40, **QUICK | {"n_estimators": 200}
        )
    model.fit(X, y, eval_set=[(other, outcome)], **stop)
    same = prune_trees(model, other, outcome, keep=1.0, method="prefix")
    np.testing.assert_allclose(pd_of(same, other), pd_of(model, other), atol=1e-7)
    small = prune_trees(model, other, outcome, keep=0.5, method="prefix")
    best = model.best_iteration_ if kind == "LGBMClassifier" else model.best_iteration + 1
    count = small.booster_.num_trees() if kind == "LGBMClassifier" else small.get_booster().num_boosted_rounds()
    assert 0 < count <= best / 2 + 1


def test_a_row_with_weight_three_counts_as_three(rows):
    (X, y), (other, outcome) = rows
    model = fitted("LGBMClassifier", X, y)
    ones = prune_trees(model, other, outcome, keep=0.3, sample_weight=np.ones(len(other)))
    fives = prune_trees(model, other, outcome, keep=0.3, sample_weight=np.full(len(other), 0.5))
    tilted = prune_trees(model, other, outcome, keep=0.3, sample_weight=np.where(other["income"] > 0, 3.0, 1.0))
    np.testing.assert_array_equal(pd_of(ones, other), pd_of(fives, other))
    assert (pd_of(ones, other) != pd_of(tilted, other)).any()


def test_applications_without_outcome_are_learnt_from(rows):
    (X, y), given = rows[1], fitted("LGBMClassifier", *rows[0])
    small = [
        prune_trees(given, X[:300], y[:300], keep=0.5, unlabelled=more).predict_proba(X)[:, 1]
        for more in (None, X[300:])
    ]
    gaps = [np.abs(pd - given.predict_proba(X)[:, 1]).mean() for pd in small]
    assert gaps[1] < gaps[0]


@pytest.mark.parametrize("kind", ["lightgbm", "xgboost"])
def test_a_budget_is_kept_and_nearly_used(kind, rows):
    (X, y), (other, outcome) = rows
    model, tree = fitted(kind, X, y), {"lightgbm": "tree_index", "xgboost": "Tree"}[kind]
    size = {
        "nodes": lambda booster: len(booster.trees_to_dataframe()),
        "trees": lambda booster: booster.trees_to_dataframe()[tree].nunique(),
        "bytes": lambda booster: len(booster.model_to_string() if kind == "lightgbm" else booster.save_raw("json")),
    }
    for unit, count in size.items():
        most = int(count(model) * 0.4)
        result = count(prune_trees(model, other, outcome, method="collapse", **{unit: most}))
        assert 0.8 * most < result <= most, unit


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"keep": 0}, "keep must be in"),
        ({"keep": 1.5}, "keep must be in"),
        ({"keep": None}, "one of keep, leaves, nodes, trees, bytes must set the size"),
        ({"leaves": 9}, "keep and leaves each set the size"),
        ({"keep": None, "trees": 0}, "trees must be at least 1, however: 0"),
        ({"keep": None, "bytes": 99}, "the fewest that pruning reaches, however: 99"),
        ({"method": "features"}, "method must prune trees"),
        ({"y": np.zeros(900)}, "y must have at least 10 bads"),
        ({"y": np.full(900, 2)}, "y must be 0 or 1, however: 2"),
        ({"y": np.zeros(7)}, "must be of one length, however: 900, 7, 7"),
        ({"sample_weight": np.full(900, np.nan)}, "sample_weight must be finite"),
        ({"sample_weight": np.ones(3)}, "must be of one length, however: 900, 900, 3"),
        ({"X": np.zeros((900, 3))}, "X must be rows x 5, however: 900 x 3"),
        ({"model": AdaBoostClassifier()}, "however: AdaBoostClassifier"),
        ({"model": RandomForestRegressor()}, "however: RandomForestRegressor"),
        ({"model": "model.pkl"}, "must be a fitted object, however: str; `riskmodel prune` takes files"),
        ({"model": b"\x80\x04."}, "must be a fitted object, however: bytes"),
        ({"model": RandomForestClassifier()}, "must be fitted, however: this RandomForestClassifier is not"),
        ({"as_": "catboost"}, "as_ must be lightgbm or xgboost, however: 'catboost'"),
        ({"model": lightgbm.LGBMClassifier()}, "must be fitted"),
        ({"model": xgboost.XGBClassifier()}, "must be fitted"),
    ],
)
def test_bad_input_is_told(rows, changed, message):
    (X, y), (other, outcome) = rows
    given = {"model": None, "X": other, "y": outcome, "keep": 0.5, **changed}
    if given["model"] is None:
        given["model"] = fitted("LGBMClassifier", X, y)
    with pytest.raises(RiskModelError, match=message.replace("(", r"\(")):
        prune_trees(given.pop("model"), given.pop("X"), given.pop("y"), **given)


def test_an_outcome_turned_round_is_refused(rows):
    (X, y), (other, outcome) = rows
    with pytest.raises(DataError, match="the model: its PD must rise with the outcome, however: AUC 0"):
        prune_trees(fitted("lightgbm", X, y), other, 1 - outcome, keep=0.5)


def test_a_missing_column_and_a_third_class_are_told(rows):
    (X, y), (other, outcome) = rows
    with pytest.raises(DataError, match="X has no column 'months'"):
        prune_trees(fitted("lightgbm", X, y), other.drop(columns="months"), outcome, keep=0.5)
    three = lightgbm.LGBMClassifier(verbose=-1, **QUICK | {"n_estimators": 2}).fit(X, np.arange(len(y)) % 3)
    with pytest.raises(UnsupportedScorer, match="two classes, however: 3"):
        prune_trees(three, other, outcome, keep=0.5)


def test_a_number_for_missing_is_compared_in_single_precision(rows):
    """-9.9 in a float32 frame is -9.899999618530273, which XGBoost takes for -9.9."""
    (X, y), (other, outcome) = ((table.drop(columns="purpose").astype("float32"), default) for table, default in rows)
    gone = [np.arange(len(table)) % 3 == 0 for table in (X, other)]
    coded = [
        table.assign(income=table["income"].where(~at, np.float32(-9.9)))
        for table, at in zip((X, other), gone, strict=True)
    ]
    model = xgboost.XGBClassifier(max_depth=3, missing=-9.9, **QUICK).fit(coded[0], y)
    small = prune_trees(model, coded[1], outcome, keep=0.4, method="collapse")
    plain = prune_trees(
        model, coded[1].assign(income=other["income"].where(~gone[1])), outcome, keep=0.4, method="collapse"
    )
    np.testing.assert_allclose(pd_of(small, coded[1]), pd_of(plain, coded[1]), rtol=0, atol=1e-7)


def test_names_go_by_name_though_they_look_generated(rows):
    (X, y), (other, outcome) = ((table.drop(columns="purpose"), default) for table, default in rows)
    model = xgboost.XGBClassifier(max_depth=3, **QUICK).fit(X.set_axis([f"f{i}" for i in range(1, 5)], axis=1), y)
    with pytest.raises(DataError, match="X has no column 'f4'"):
        prune_trees(model, other.set_axis([f"f{i}" for i in range(4)], axis=1), outcome, keep=0.5)


@pytest.mark.parametrize("kind", ["LGBMClassifier", "XGBClassifier"])
@pytest.mark.parametrize("form", ["arrow", "csr", "csc", "sparse frame", "nullable"])
def test_every_kind_of_rows_gives_what_the_plain_ones_give(kind, form, rows):
    (X, y), (other, outcome) = ((table.drop(columns="purpose"), default) for table, default in rows)
    zeros = X.mask(X.abs() < 0.2, 0.0), other.mask(other.abs() < 0.2, 0.0)
    sparse = form in ("csr", "csc")
    made = {
        "arrow": lambda table: pa.Table.from_pandas(table[NAMES[:2] + NAMES[:2:-1]], preserve_index=False),
        "csr": lambda table: scipy.sparse.csr_matrix(table.to_numpy()),
        "csc": lambda table: scipy.sparse.csc_matrix(table.to_numpy()),
        "sparse frame": lambda table: table.astype(pd.SparseDtype(float, 0.0)),
        "nullable": lambda table: table.astype("Float64"),
    }[form]
    model = fitted(kind, made(zeros[0]) if sparse else zeros[0], y)
    plain = zeros[1].to_numpy() if sparse else zeros[1]
    if sparse and kind == "XGBClassifier":  # what is not stored is missing to it
        plain = np.where(plain == 0, np.nan, plain)
    one = prune_trees(model, made(zeros[1]), outcome, keep=0.5, method="collapse")
    two = prune_trees(model, plain, outcome, keep=0.5, method="collapse")
    np.testing.assert_allclose(pd_of(one, plain), pd_of(two, plain), rtol=0, atol=1e-7)


@pytest.mark.parametrize("levels", [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], list("ABCDE")])
def test_an_ordered_category_is_the_number_of_its_code_in_lightgbm(levels, rows):
    (X, y), (other, outcome) = rows
    draw = np.random.default_rng(1)
    codes = [draw.integers(0, 5, len(table)) for table in (X, other)]
    named = [
        t.assign(rating=pd.Categorical.from_codes(c, levels, ordered=True))
        for t, c in zip((X, other), codes, strict=True)
    ]
    plain = [t.assign(rating=c) for t, c in zip((X, other), codes, strict=True)]
    default = ((y + (codes[0] > 2) * (draw.random(len(y)) < 0.5)) > 0).astype(int)
    given = fitted("LGBMClassifier", named[0], default)
    small = prune_trees(given, named[1], outcome, keep=0.4, method="collapse")
    same = prune_trees(fitted("LGBMClassifier", plain[0], default), plain[1], outcome, keep=0.4, method="collapse")
    np.testing.assert_allclose(pd_of(small, named[1]), pd_of(same, plain[1]), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("group_lasso", "by the wrapper"),
        ("level_scaling", "by the wrapper"),
        ("collapse", "by the booster"),
        ("collapse", "by the caller"),
    ],
)
def test_monotone_directions_of_xgboost_hold_after_the_cut(way, message, rows):
    (X, y), (other, outcome) = ((table.drop(columns="purpose"), default) for table, default in rows)
    signs = {"income": -1, "utilisation": 1}
    model = xgboost.XGBClassifier(max_depth=4, monotone_constraints=signs, **QUICK).fit(X, y)
    if message == "by the booster":
        model = model.get_booster()
    elif message == "by the caller":
        model = xgboost.Booster(model_file=bytearray(model.get_booster().save_raw("json")))
    more = {"monotone": signs} if message == "by the caller" else {}
    small = prune_trees(model, other, outcome, keep=0.3, method=way, **more)
    for name, sign in signs.items():
        grid = [pd_of(small, other.assign(**{name: at})) for at in np.quantile(other[name], np.linspace(0, 1, 15))]
        assert (sign * np.diff(np.array(grid), axis=0)).min() >= -1e-6


def test_what_xgboost_cannot_take_either_is_told(rows):
    (X, y), (other, outcome) = rows
    model = fitted("XGBClassifier", X, y)
    strange = other.assign(purpose=other["purpose"].cat.rename_categories(str.upper))
    with pytest.raises(DataError, match=r"'purpose' has levels that the model does not know in 100.0% of the rows"):
        prune_trees(model, strange, outcome, keep=0.5)
    model.set_params(missing=None)
    with pytest.raises(UnsupportedScorer, match="missing=None is no number"):
        prune_trees(model, other, outcome, keep=0.5)


def test_importing_the_package_loads_no_library():
    code = "import sys, riskmodel; assert not {'numpy', 'lightgbm', 'xgboost', 'pandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
