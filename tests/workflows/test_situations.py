"""Settings of the libraries, and ways in which tables come, that other tests do not have: the same PDs, or one line."""

import unicodedata

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xgboost

from riskmodel import prune_trees
from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError
from riskmodel.workflows import library_parity
from riskmodel.workflows.prune import in_memory, table

ROWS = 300
DRAW = np.random.default_rng(0)
CODE = DRAW.integers(0, 3, ROWS)
NUMBER = DRAW.normal(size=ROWS)
DEFAULT = (DRAW.random(ROWS) < 1 / (1 + np.exp(-(NUMBER + CODE - 1.5)))).astype(int)
LEVELS = ["äb", "car", "debt"]
NUMBERS = pd.DataFrame({"x": NUMBER, "c": CODE.astype(float)})
LEVELLED = pd.DataFrame({"x": NUMBER, "c": pd.Categorical.from_codes(CODE, LEVELS)})
START = DRAW.normal(size=ROWS)


def lgbm(rows=NUMBERS, default=DEFAULT, more=None, **settings):
    common = {"n_estimators": 6, "num_leaves": 5, "min_data_per_group": 5, "verbose": -1, "n_jobs": 1}
    return lightgbm.LGBMClassifier(**common | settings).fit(rows, default, **more or {})


def xgb(rows=NUMBERS, default=DEFAULT, more=None, **settings):
    common = {"n_estimators": 6, "max_depth": 3, "n_jobs": 1, "enable_categorical": True}
    return xgboost.XGBClassifier(**common | settings).fit(rows, default, **more or {})


def read(model, rows):
    """PDs as prune_trees reads them."""
    scorer, matrix = in_memory.read_with(model, rows)
    return scorer.pd(matrix)


def native(model, rows):
    return model.predict_proba(rows)[:, 1]


def agree(model, rows, known=None):
    np.testing.assert_allclose(read(model, rows), native(model, rows if known is None else known), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (lgbm, {"is_unbalance": True}),
        (lgbm, {"scale_pos_weight": 5.0}),
        (lgbm, {"more": {"init_score": START}}),
        (lgbm, {"boosting_type": "dart"}),
        (lgbm, {"objective": "cross_entropy"}),
        (lgbm, {"extra_trees": True, "max_bin": 3}),
        (lgbm, {"boost_from_average": False}),
        (lgbm, {"data_sample_strategy": "goss"}),
        (xgb, {"booster": "dart", "rate_drop": 0.5, "one_drop": 1}),
        (xgb, {"more": {"base_margin": START}}),
        (xgb, {"objective": "reg:logistic"}),
        (xgb, {"base_score": 0.9}),
        (xgb, {"max_leaves": 4, "grow_policy": "lossguide"}),
        (xgb, {"interaction_constraints": "[[0],[1]]", "tree_method": "approx"}),
    ],
)
def test_a_setting_of_the_library_gives_its_own_pds(make, settings):
    agree(make(**settings), NUMBERS)


@pytest.mark.parametrize(
    ("make", "settings", "line"),
    [
        (lgbm, {"boosting_type": "rf", "subsample": 0.6, "subsample_freq": 1}, "random forest"),
        (lgbm, {"linear_tree": True}, "linear trees are not supported"),
        (lgbm, {"sigmoid": 2.0}, "however: binary sigmoid:2"),
        (lgbm, {"objective": "cross_entropy_lambda"}, "however: cross_entropy_lambda"),
        (lgbm, {"default": np.zeros(ROWS, int)}, "must have two classes, however: 1"),
        (xgb, {"num_parallel_tree": 3}, "boosted random forest"),
        (xgb, {"booster": "gblinear"}, "however: gblinear"),
        (xgb, {"objective": "binary:logitraw"}, "however: binary:logitraw"),
        (xgb, {"objective": "binary:hinge"}, "however: binary:hinge"),
        (xgb, {"n_estimators": 0}, "has no trees"),
    ],
)
def test_another_arithmetic_is_refused_by_its_name(make, settings, line):
    with pytest.raises(RiskModelError, match=line):
        read(make(**settings), NUMBERS)


ODD = {
    "zeros of both signs, and below them": NUMBERS.assign(c=np.choose(CODE, [-0.0, 0.0, 1e-40])),
    "whole numbers beyond doubles": NUMBERS.assign(c=2**53 + 2 * CODE + 1),
    "codes of 8 bits": NUMBERS.assign(c=CODE.astype("uint8")),
    "half floats": NUMBERS.astype("float16"),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("make", [lgbm, xgb])
def test_odd_numbers_are_what_the_library_takes_them_for(make, kind):
    agree(make(ODD[kind]), ODD[kind])


def test_one_row_infinities_gaps_and_texts_are_what_lightgbm_takes_them_for():
    agree(lgbm(), NUMBERS[:1])
    agree(lgbm(), NUMBERS.assign(c=np.choose(CODE, [np.inf, -np.inf, 1.0])))
    flags = NUMBERS.assign(c=pd.array([True, None, False] * (ROWS // 3), dtype="boolean"))
    agree(lgbm(flags), flags)
    for kind in ("string[pyarrow]", object):
        agree(lgbm(LEVELLED), LEVELLED.assign(c=LEVELLED["c"].astype(str).astype(kind)), LEVELLED)


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (pd.concat([NUMBERS, NUMBERS[["x"]]], axis=1), "column 'x' once, however: 2 times"),
        (NUMBERS.set_axis(pd.MultiIndex.from_tuples([("a", "x"), ("a", "c")]), axis=1), "several levels of names"),
        (np.ma.masked_greater(NUMBERS.to_numpy(), 1.5), "must not be masked"),
        (np.array([(1.0, 2.0)], dtype=[("x", float), ("c", float)]), "must be a table or numbers"),
        (NUMBER, "must be rows x 2, however: 300"),
        ({"x": NUMBER, "c": CODE}, "must be a table or numbers, however: dict"),
    ],
)
def test_what_is_no_table_of_the_model_is_told_in_one_line(rows, line):
    with pytest.raises(RiskModelError, match=line) as error:
        read(lgbm(), rows)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("default", "line"),
    [
        (np.zeros(ROWS), "at least 10 bads with a weight, however: 0"),
        (np.where(CODE == 0, np.nan, DEFAULT), "must be 0 or 1, however: nan"),
        (DEFAULT[:-1], "must be of one length, however: 300, 299"),
    ],
)
def test_what_is_no_outcome_is_told_in_one_line(default, line):
    with pytest.raises(RiskModelError, match=line):
        prune_trees(lgbm(), NUMBERS, default, keep=0.5)


def cells(number=repr, code=str, parted=",", *, rows):
    return "\n".join(f"{number(x)}{parted}{code(c)}" for x, c in rows)


PAIRS = list(zip(NUMBER.tolist(), CODE.tolist(), strict=True))
TABLES = {
    "byte order mark": "\ufeffx,c\n" + cells(rows=PAIRS),
    "quoted": '"x","c"\n' + cells(lambda x: f'"{x!r}"', lambda c: f'"{c}"', rows=PAIRS),
    "semicolons": "x;c\n" + cells(parted=";", rows=PAIRS),
    "line ends of Windows": "x,c\r\n" + cells(rows=PAIRS).replace("\n", "\r\n") + "\r\n\r\n",
    "exponents": "x,c\n" + cells("{:.17e}".format, lambda c: f"{c}E0", rows=PAIRS),
}
NO_TABLES = {
    "decimal commas": "x;c\n" + cells(lambda x: str(x).replace(".", ","), parted=";", rows=PAIRS),
    "parted thousands": "x,c\n" + cells(code=lambda c: f'"{c + 1},000"', rows=PAIRS),
    "percent": "x,c\n" + cells(code=lambda c: f"{c}%", rows=PAIRS),
    "hexadecimal": "x,c\n" + cells(code=lambda c: f"0x{c}", rows=PAIRS),
    "minus of print": "x,c\n" + cells(rows=PAIRS).replace("-", "\u2212"),
}


def from_file(folder, model, text):
    """PDs of a file as prune and review read them."""
    model.booster_.save_model(folder / "model.txt")
    (folder / "rows.csv").write_bytes(text.encode())
    opened = library_parity.opened(folder / "model.txt")
    rows = table.opened(folder / "rows.csv", opened.scorer.features)
    table.check_levels(rows, opened.scorer.features, table.AS_USUAL)
    library_parity.hold_table(opened, rows, "rows.csv")
    return opened.scorer.pd(encode.matrix(rows, opened.scorer.features))


@pytest.mark.parametrize("kind", TABLES)
def test_a_csv_as_programs_write_it_is_read_as_it_is_meant(kind, tmp_path):
    model = lgbm()
    np.testing.assert_allclose(from_file(tmp_path, model, TABLES[kind]), native(model, NUMBERS), rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", NO_TABLES)
def test_a_number_that_is_written_for_people_is_told_with_its_line(kind, tmp_path):
    with pytest.raises(RiskModelError, match=r"line [23]: column '[xc]' must be a number"):
        from_file(tmp_path, lgbm(), NO_TABLES[kind])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_level_is_found_however_its_letters_are_put_together(form, tmp_path):
    model = lgbm(LEVELLED)
    levels = [unicodedata.normalize(form, level) + " " for level in LEVELS]
    text = "x,c\n" + cells(code=levels.__getitem__, rows=PAIRS)
    np.testing.assert_allclose(from_file(tmp_path, model, text), native(model, LEVELLED), rtol=0, atol=1e-9)


def test_rows_that_the_library_scores_otherwise_than_its_frame_are_refused_with_the_way_out():
    """To LightGBM a level in another spelling is no level."""
    model = lgbm(LEVELLED)
    decomposed = LEVELLED["c"].cat.rename_categories([unicodedata.normalize("NFD", level) for level in LEVELS])
    with pytest.raises(RiskModelError, match="in a pandas frame with the model's own levels lgbm scores them as we do"):
        read(model, LEVELLED.assign(c=decomposed))
    assert len(read(model, pa.Table.from_pandas(LEVELLED))) == ROWS
