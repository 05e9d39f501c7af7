"""Values that models do not know, at every door that takes a table: an answer, or one line that names the column."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import riskmodel
from riskmodel import batch, bundle, scorers
from riskmodel.core import Policy, Role
from riskmodel.datasets.profiling import profile
from riskmodel.errors import RiskModelError
from riskmodel.workflows import export
from riskmodel.workflows.prune import table

ROWS = 300
DRAW = np.random.default_rng(0)
CODE = DRAW.integers(0, 3, ROWS)
NUMBER = DRAW.normal(size=ROWS)
DEFAULT = (DRAW.random(ROWS) < 1 / (1 + np.exp(-(NUMBER + CODE - 1.5)))).astype(int)
DAYS = [date(2020, 1, 1 + int(code)) for code in CODE]
KINDS = {
    "date": pa.array(DAYS),
    "timestamp": pa.array([datetime(day.year, day.month, day.day) for day in DAYS]).dictionary_encode(),
    "beyond year 9999": pa.array([2**59] * ROWS, pa.timestamp("ms")),
    "duration": pa.array([timedelta(days=int(code)) for code in CODE]),
    "time": pa.array([time(int(code)) for code in CODE]),
    "bytes": pa.array([b"\xff"] * ROWS),
    "fixed bytes": pa.array([b"abcd"] * ROWS, pa.binary(4)),
    "list": pa.array([[1, 2]] * ROWS),
    "record": pa.array([{"a": 1}] * ROWS),
    "map": pa.array([[("a", 1)]] * ROWS, pa.map_(pa.string(), pa.int64())),
    "decimal": pa.array([Decimal(int(code)) for code in CODE]),
    "beyond doubles": pa.array([2**63 + int(code) for code in CODE], pa.uint64()),
    "half": pa.array(CODE.astype("float16")),
    "truth": pa.array(CODE > 0),
    "nothing": pa.nulls(ROWS),
    "infinite": pa.array(np.where(CODE == 0, np.inf, CODE)),
    "decimal comma": pa.array([f"{code},5" for code in CODE]),
    "view": pa.array(["a", "b"] * (ROWS // 2), pa.string_view()),
    "zero byte": pa.array(["a\0b"] * ROWS),
}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Files and bundles of two models: of a number `c`, and of a category `c`."""
    folder = tmp_path_factory.mktemp("models")
    settings = {"n_estimators": 4, "num_leaves": 4, "min_data_per_group": 5, "verbose": -1, "n_jobs": 1}
    for name, c in (("number", CODE.astype(float)), ("level", pd.Categorical.from_codes(CODE, ["a", "b", "c"]))):
        model = lightgbm.LGBMClassifier(**settings).fit(pd.DataFrame({"x": NUMBER, "c": c}), DEFAULT)
        model.booster_.save_model(folder / f"{name}.txt")
        scorer = scorers.open_native(folder / f"{name}.txt")
        bundle.save(bundle.pack(scorer, Policy(0.5, 0.4, (0.1, 0.2)), {}, {}), folder / name)
    return folder


def ended(action):
    """None for an answer, or the one line."""
    try:
        action()
    except RiskModelError as error:
        return str(error)
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_of_another_kind_is_answered_or_told_in_one_line_at_every_door(kind, models, tmp_path):
    rows, path = pa.table({"x": NUMBER, "c": KINDS[kind], "default": DEFAULT}), tmp_path / "rows.parquet"
    pq.write_table(rows, path)
    lines = [
        ended(lambda: profile(rows, "default", {"x": Role.FEATURE})),
        *(
            ended(action)
            for name in ("number", "level")
            for action in (
                lambda name=name: batch.score(bundle.read(models / name), path, tmp_path / f"scored {name}"),
                lambda name=name: export.export(models / name, tmp_path / f"{name}.onnx", data=path),
                lambda name=name: table.samples(
                    path, scorers.open_native(models / f"{name}.txt").features, "default", None, 0
                ),
                lambda name=name: riskmodel.load(models / name).predict_proba(path),
            )
        ),
    ]
    assert all("'c'" in line and "\n" not in line for line in lines if line), lines


MIXED = {
    "text, number, float": ["a", 1, 2.5],
    "truth and text": [True, "True ", "x"],
    "a date": pd.to_datetime(["2020-01-01", "2020-02-01", "2020-03-01"]),
    "a pair": pd.Index([("a", 1), ("b", 2), ("c", 3)], tupleize_cols=False),
    "an interval": pd.interval_range(0, 3),
    "bytes": [b"a", b"b", b"c"],
}


@pytest.mark.parametrize("kind", MIXED)
def test_categories_of_a_frame_are_taken_or_told_in_one_line(kind):
    """A model that LightGBM itself cannot write is refused in its own words."""
    levels = pd.Index(MIXED[kind], dtype=object, tupleize_cols=False)
    rows = pd.DataFrame({"x": NUMBER, "c": pd.Categorical.from_codes(CODE, levels)})
    data = lightgbm.Dataset(rows, DEFAULT)
    settings = {"objective": "binary", "verbose": -1, "min_data_per_group": 5, "num_threads": 1}
    booster = lightgbm.train(settings, data, 4, keep_training_booster=True)  # else it fails where it was trained
    line = ended(lambda: riskmodel.prune_trees(booster, rows, DEFAULT, keep=0.5))
    assert (line is None) == (kind in ("text, number, float", "truth and text")), line


@pytest.mark.parametrize("column", [[1, "a"], [2**70, 1], [1j, 2j], [date(2020, 1, 1), "a"]])
def test_a_column_of_several_kinds_is_told_by_its_name_and_its_kinds(column):
    rows = pd.DataFrame({"x": NUMBER, "c": pd.Series(column * (ROWS // 2), dtype=object)})
    booster = lightgbm.train(
        {"verbose": -1, "objective": "binary"}, lightgbm.Dataset(rows[["x"]].assign(c=CODE), DEFAULT), 2
    )
    kinds = ", ".join(sorted({type(value).__name__ for value in column}))
    for action in (
        lambda: riskmodel.prune_trees(booster, rows, DEFAULT, keep=0.5),
        lambda: riskmodel.propose(rows.assign(default=DEFAULT), "default"),
    ):
        assert f"column 'c' must have one kind of value that tables have, however: {kinds}" in ended(action)


def test_a_sparse_frame_is_a_table_too():
    rows = pd.DataFrame({"x": NUMBER, "c": CODE, "default": DEFAULT}).astype({"c": pd.SparseDtype("int64", 0)})
    assert riskmodel.tables.of(rows).column("c").to_pylist() == CODE.tolist()
