"""A whole set of synthetic loans, and samples of it as banks draw them: every bad, one good in ten with weight ten."""

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pyarrow as pa

from riskmodel.config import Data
from riskmodel.core import Development, Sample
from riskmodel.datasets import encode, schema, synthetic
from riskmodel.datasets.outcome import outcome

IGNORED = ["true_pd", "loan_id", "vintage", "group"]
ONE_IN = 10


@dataclass(frozen=True)
class Whole:
    """Train, tune and test of the whole set, each row counting once; `pd` is a scorer's on test, wrong on purpose."""

    train: Sample
    tune: Sample
    test: Sample
    pd: np.ndarray


def whole(rows, seed=0):
    blocks = list(islice(synthetic.batches(rows, seed, synthetic.PLAIN), -(-rows // synthetic.BLOCK)))
    table = pa.Table.from_batches(blocks).slice(0, rows)
    data = Data(path="x", target="default", ignore=IGNORED, categorical=["employment", "purpose"])
    default = outcome(table, "default")
    columns = schema.learn(table, data, default)
    matrix = encode.matrix(table, columns.features)
    everything = Sample("whole", columns.features, matrix, default, np.arange(rows))
    parts = np.split(np.random.default_rng(seed).permutation(rows), [int(0.5 * rows), int(0.7 * rows)])
    named = zip(("train", "tune", "test"), parts, strict=True)
    train, tune, test = (everything.take(np.sort(part), name) for name, part in named)
    true = table["true_pd"].to_numpy()[test.rows]
    margin = 0.3 + 0.8 * np.log(true / (1 - true))
    return Whole(train, tune, test, 1 / (1 + np.exp(-margin)))


def drawn(sample, random):
    """Every bad once, and a good with a chance of one in ten, for ten."""
    stays = (sample.default == 1) | (random.random(len(sample)) < 1 / ONE_IN)
    rows = np.flatnonzero(stays)
    return replace(sample.take(rows), weight=np.where(sample.default[rows] == 1, 1.0, float(ONE_IN)))


def development(set_, random=None):
    if random is None:
        return Development(set_.train, set_.tune)
    return Development(drawn(set_.train, random), drawn(set_.tune, random))


def covered(set_, rows, draws, seed=0):
    """How often the intervals of samples of so many rows, of which goods are drawn, hold the whole set's values."""
    from riskmodel.evaluation import auc, brier
    from riskmodel.evaluation.metrics.calibration import slope_and_intercept
    from riskmodel.stats.interval import of_mean

    def figures(default, pd, weight=None):
        slope, _ = slope_and_intercept(default, pd, weight=weight)
        return {
            "AUC": auc(default, pd, weight=weight),
            "Brier": brier(default, pd, weight=weight),
            "bad rate": of_mean(default.astype(float), weight=weight),
            "mean PD": of_mean(pd, weight=weight),
            "calibration slope": slope,
        }

    truth = {name: figure.value for name, figure in figures(set_.test.default, set_.pd).items()}
    random, hits = np.random.default_rng(seed), dict.fromkeys(truth, 0)
    for _ in range(draws):
        own = random.choice(len(set_.test), rows, replace=False)
        sample = replace(set_.test.take(own), attributes={"pd": set_.pd[own]})
        sample = drawn(sample, random)
        result = figures(sample.default, sample.attributes["pd"], sample.weight)
        for name, figure in result.items():
            hits[name] += figure.low <= truth[name] <= figure.high
    return {name: count / draws for name, count in hits.items()}


def unweighted(drawing):
    return Development(replace(drawing.train, weight=None), replace(drawing.tune, weight=None))


def as_the_library(lgbm, xgb, drawing):
    """Whether both boosters have the bytes that their library gives, fitted plainly with the same weights."""
    import lightgbm
    import xgboost

    train, tune, features = drawing.train, drawing.tune, drawing.train.features
    settings = {"objective": "binary", "metric": "binary_logloss", **lgbm._parameters(features, 0)}
    kinds = [i for i, column in enumerate(features) if column.categories]
    names = [f"f{i}" for i in range(len(features))]
    plain = lightgbm.Dataset(
        train.matrix, train.default.astype(float), weight=train.weight, feature_name=names, categorical_feature=kinds
    )
    held = lightgbm.Dataset(tune.matrix, tune.default.astype(float), weight=tune.weight, reference=plain)
    stop = lightgbm.early_stopping(lgbm.patience, verbose=False)
    booster = lightgbm.train(settings, plain, lgbm.rounds, valid_sets=[held], callbacks=[stop])
    theirs = booster.predict(drawing.tune.matrix, raw_score=True)
    first = np.array_equal(lgbm.train(drawing, features, 0).native_margin(tune.matrix), theirs)

    types = ["c" if column.categories else "q" for column in features]
    rows = [
        xgboost.DMatrix(s.matrix, s.default, weight=s.weight, feature_types=types, enable_categorical=True)
        for s in (train, tune)
    ]
    stop = xgboost.callback.EarlyStopping(rounds=xgb.patience, save_best=True)
    settings = xgb._parameters(features, drawing, 0)
    booster = xgboost.train(
        settings, rows[0], xgb.rounds, evals=[(rows[1], "tune")], callbacks=[stop], verbose_eval=False
    )
    theirs = booster.predict(rows[1], output_margin=True)
    second = np.array_equal(xgb.train(drawing, features, 0).native_margin(tune.matrix), theirs)
    return bool(first), bool(second)
