"""Run by test_versions.py with an older library: trains models and tells their margins, or loads ours and tells theirs.

It knows nothing of riskmodel, only one of the two libraries, numpy and pandas.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

LEVELS = ["debt", "boat", "car", "tools"]  # not in alphabetical order: their codes are not their rank
GRADES = [7, 3, 1, 5]
ROUNDS = 8


def table(rows, seed):
    draw = np.random.default_rng(seed)
    result = pd.DataFrame(
        {
            "a b": draw.normal(size=rows).round(3),
            "purpose": pd.Categorical(draw.choice(LEVELS, rows), categories=LEVELS),
            "grade": pd.Categorical(draw.choice(GRADES, rows), categories=GRADES),
            "months": draw.integers(0, 60, rows).astype(float),
            "balance": np.where(draw.random(rows) < 0.4, 0.0, draw.normal(size=rows)),
        }
    )
    margin = result["a b"] + (result["purpose"] == "car") - (result["grade"] == 3) * (result["balance"] == 0)
    margin -= 0.03 * result["months"]
    for column, share in {"a b": 0.1, "purpose": 0.05, "grade": 0.05, "balance": 0.2}.items():
        result.loc[draw.random(rows) < share, column] = None
    return result, (draw.random(rows) < 1 / (1 + np.exp(-margin))).astype(int)


def other_order(sample):
    """The same values, with the levels in another order, as another day's table has them."""
    return sample.assign(
        purpose=sample["purpose"].cat.set_categories(sorted(LEVELS)),
        grade=sample["grade"].cat.set_categories(sorted(GRADES)),
    )


def coded(sample):
    return (
        sample.assign(purpose=sample["purpose"].cat.codes, grade=sample["grade"].cat.codes)
        .replace(-1, np.nan)
        .to_numpy(float)
    )


class LightGbm:
    name = "lightgbm"
    suffixes = (".txt",)
    cases: ClassVar = {
        "plain": {},
        "zeros are missing": {"zero_as_missing": True},
        "nothing is missing": {"use_missing": False},
        "one-hot categories": {"max_cat_to_onehot": 100},
        "monotone": {"monotone_constraints": [1, 0, 0, -1, 0]},
        "stumps": {"num_leaves": 2},
        "one leaf": {"min_data_in_leaf": 10_000},
        "dart": {"boosting": "dart", "drop_rate": 0.5},
    }

    def __init__(self):
        import lightgbm

        self.native = lightgbm
        self.settings = {
            "objective": "binary",
            "verbose": -1,
            "min_data_per_group": 5,
            "num_leaves": 7,
            "num_threads": 1,
        }

    def data(self, sample, outcome):
        return self.native.Dataset(sample, outcome)

    def train(self, sample, outcome, settings, start=None):
        data = self.data(sample, outcome)
        return self.native.train({**self.settings, **settings}, data, ROUNDS, init_model=start)

    def margins(self, booster, sample):
        return booster.predict(sample, raw_score=True)

    def contributions(self, booster, sample):
        return booster.predict(sample, pred_contrib=True)

    def load(self, path):
        return self.native.Booster(model_file=str(path))

    def trees(self, booster):
        return booster.num_trees()

    def reordered(self, sample):
        """With a level that no model has seen, too."""
        sample = other_order(sample)
        sample["purpose"] = sample["purpose"].cat.add_categories(["plane"])
        sample.loc[::17, "purpose"] = "plane"
        return sample


class XgBoost:
    name = "xgboost"
    suffixes = (".json", ".ubj")
    cases: ClassVar = {
        "plain": {},
        "one-hot categories": {"max_cat_to_onehot": 100},
        "monotone": {"monotone_constraints": "(1,0,0,-1,0)"},
        "stumps": {"max_depth": 1},
        "one leaf": {"gamma": 1e9},
        "dart": {"booster": "dart", "rate_drop": 0.5},
        "base score": {"base_score": 0.3},
        "leaf-wise": {"max_depth": 0, "max_leaves": 9, "grow_policy": "lossguide"},
    }

    def __init__(self):
        import xgboost

        self.native = xgboost
        self.settings = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1, "tree_method": "hist"}

    def data(self, sample, outcome=None):
        return self.native.DMatrix(sample, outcome, enable_categorical=True)

    def train(self, sample, outcome, settings, start=None):
        return self.native.train({**self.settings, **settings}, self.data(sample, outcome), ROUNDS, xgb_model=start)

    def margins(self, booster, sample):
        return booster.predict(self.data(sample), output_margin=True)

    def contributions(self, booster, sample):
        return booster.predict(self.data(sample), pred_contribs=True)

    def load(self, path):
        return self.native.Booster(model_file=str(path))

    def trees(self, booster):
        return booster.num_boosted_rounds()

    def reordered(self, sample):
        """Before 3.1 XGBoost takes the codes of whatever frame it is given."""
        new = tuple(map(int, self.native.__version__.split(".")[:2])) >= (3, 1)
        return other_order(sample) if new else sample


def train(library, folder):
    """Each case's model in each format, the rows as CSV, and the margins of the library."""
    (folder / "models").mkdir()
    result, outcome = table(900, 0)
    rows = library.reordered(table(400, 1)[0])
    rows.to_csv(folder / "rows.csv", index=False)
    margins = {}
    for case, settings in library.cases.items():
        booster = library.train(result, outcome, settings)
        margins[case] = library.margins(booster, rows).tolist()
        for suffix in library.suffixes:
            booster.save_model(str(folder / "models" / f"{case}{suffix}"))
    (folder / "margins.json").write_text(json.dumps(margins))


def check(library, folder):
    """What the library makes of each file in `cut`: margins, the sum of contributions, and whether it can go on."""
    rows = library.reordered(table(400, 1)[0])
    result, outcome = table(300, 2)
    answers = {}
    for path in sorted((folder / "cut").iterdir()):
        booster = library.load(path)
        margins = library.margins(booster, rows)
        copied = library.margins(pickle.loads(pickle.dumps(booster)), rows)  # noqa: S301
        answers[path.name] = {
            "margins": margins.tolist(),
            "contributions": library.contributions(booster, rows).sum(axis=1).tolist(),
            "pickled alike": bool(np.array_equal(margins, copied)),
            "trees": library.trees(booster),
            "trees when continued": library.trees(library.train(result, outcome, {}, booster)),
        }
    (folder / "told.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    steps = {"train": train, "check": check}
    steps[sys.argv[1]](XgBoost() if sys.argv[2].startswith("xgboost") else LightGbm(), Path(sys.argv[3]))
