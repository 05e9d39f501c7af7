"""Models that somebody else trained with the plain libraries, in their own formats, and a table to prune them on."""

from pathlib import Path

import lightgbm
import pandas as pd
import xgboost
from samples import FEATURES, drawn

NAMES = [column.name for column in FEATURES]
LEVELS = FEATURES[2].categories
FILES = ["model.txt", "model.json", "model.ubj"]


def frame(rows, seed):
    """A pandas table whose purposes are categories, with the outcome and an id."""
    sample = drawn(rows, seed)
    table = pd.DataFrame(sample.matrix, columns=NAMES)
    table["purpose"] = pd.Categorical.from_codes(table["purpose"].astype(int), list(LEVELS))
    return table.assign(default=sample.default, loan_id=[f"L{i}" for i in range(rows)])


def plain(table):
    """The same without pandas' categories, as a table comes from somewhere else."""
    return table.assign(purpose=table["purpose"].astype(str))


def written(folder: Path) -> Path:
    """model.txt, model.json, model.ubj and rows.parquet."""
    train = frame(2000, 11)
    data = lightgbm.Dataset(train[NAMES], train["default"])
    parameters = {"objective": "binary", "num_leaves": 7, "learning_rate": 0.15, "verbose": -1, "num_threads": 1}
    lightgbm.train(parameters, data, 40).save_model(folder / "model.txt")
    rows = xgboost.DMatrix(train[NAMES], train["default"], enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "eta": 0.2, "nthread": 1}, rows, 25)
    for name in FILES[1:]:
        booster.save_model(folder / name)
    plain(frame(2600, 12)).to_parquet(folder / "rows.parquet")
    return folder
