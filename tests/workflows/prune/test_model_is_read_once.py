"""A model that is opened, cut, folded and saved is read once, and what is written is written once."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest
import xgboost

from riskmodel import pruning, scorers
from riskmodel.core import Development
from riskmodel.scorers.lgbm import reader as lgbm_reader
from riskmodel.scorers.lgbm import writer as lgbm_writer
from riskmodel.scorers.xgb import reader as xgb_reader
from riskmodel.scorers.xgb import writer as xgb_writer
from riskmodel.workflows.prune import path, write

ROOMS = {"lgbm": (lgbm_reader, lgbm_writer), "xgb": (xgb_reader, xgb_writer)}


@pytest.fixture
def counted(monkeypatch):
    """How often the readers and writers of both libraries are called."""
    calls = {"read": 0, "write": 0}

    def counting(inner, name):
        def call(*arguments):
            calls[name] += 1
            return inner(*arguments)

        return call

    for reader, writer in ROOMS.values():
        monkeypatch.setattr(reader, "read", counting(reader.read, "read"))
        monkeypatch.setattr(writer, "write", counting(writer.write, "write"))
    return calls


@pytest.fixture
def given(kind, fitted, tmp_path):
    """A file of a library's own."""
    (tmp_path / "given").write_bytes(fitted(kind).model)
    return tmp_path / "given"


@pytest.mark.parametrize("kind", ROOMS)
@pytest.mark.parametrize("method", ["collapse", "trees", "prefix"])
def test_one_cut(kind, method, given, counted, development):
    scorer = scorers.open_native(given)
    opened = int(
        kind == "xgb"
    )  # LightGBM answers from the file itself; XGBoost is shown the document that plans are bound to
    assert counted == {"read": 1, "write": opened}
    samples = (replace(sample, features=scorer.features) for sample in (development.train, development.tune))
    development, pruner = Development(*samples), pruning.make(method)
    cut = pruner.apply(pruner.plan(scorer, development, 0.4), scorer, development)
    folded = path.native(scorer, cut, development)
    assert counted == {"read": 1, "write": opened}
    saved = write.model(folded)
    assert counted == {"read": 1, "write": opened + 1}
    matrix = development.tune.matrix
    if kind == "lgbm":
        own = lightgbm.Booster(model_str=saved.decode()).predict(matrix, raw_score=True)
    else:
        own = xgboost.Booster(model_file=bytearray(saved)).inplace_predict(matrix, predict_type="margin")
    np.testing.assert_allclose(folded.margin(matrix), own, rtol=0, atol=1e-5)
    assert counted == {"read": 1, "write": opened + 1}
