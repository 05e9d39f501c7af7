import gzip

import pytest
from samples import FEATURES, QUICK

from riskmodel import scorers
from riskmodel.core import Calibration
from riskmodel.errors import BundleError, ConfigError, UnsupportedScorer
from riskmodel.scorers.onnx import OnnxRecipe

pytest.importorskip("onnxruntime")


def test_it_stands_for_the_scorer_it_was_made_from(fitted, development, fresh):
    made = OnnxRecipe("mlp", QUICK["mlp"], threads=2).fit(development, FEATURES, seed=5)
    inner = scorers.recipe("mlp", QUICK["mlp"]).fit(development, FEATURES, seed=5)
    assert made.complexity().neurons == inner.complexity().neurons
    assert abs(made.score(fresh) - inner.score(fresh)).max() < 1e-6
    assert scorers.load("onnx", FEATURES, Calibration(), made.files()).threads == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.onnx.gz", gzip.compress(b"not a model", mtime=0)),
        ("model.onnx.gz", b"not even packed"),
        ("origin.json", b"{}"),
        ("origin.json", b"["),
    ],
)
def test_damaged_files_are_told(fitted, name, content):
    files = {**fitted("onnx").files(), name: content}
    with pytest.raises(BundleError):
        scorers.load("onnx", FEATURES, Calibration(), files)


def test_an_unknown_kind_is_told():
    with pytest.raises(ConfigError, match="kind must be among"):
        OnnxRecipe("shears").inner()


def test_a_converted_scorer_is_refitted_where_it_came_from(fitted, development):
    made = fitted("scorecard").run_by_onnx(fitted("scorecard").as_onnx("float64"))
    with pytest.raises(UnsupportedScorer, match="refit the scorer that it was made from"):
        made.refit(development, FEATURES)
