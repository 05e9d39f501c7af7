"""Files that LightGBM 2 and 3 and XGBoost 1.0 to 1.5 wrote, with the PDs that those versions themselves gave."""

import json
from functools import cache
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa
import pytest
import xgboost

from riskmodel.datasets import encode
from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers import open_native
from riskmodel.scorers.foreign.opening import open_model
from riskmodel.workflows import library_parity

OLD = Path(__file__).with_name("old")
EXPECTED = json.loads((OLD / "expected.json").read_text())
GIVEN = EXPECTED["rows"]
ROWS = pa.table({**GIVEN, "f0": GIVEN["income"], "f1": GIVEN["util"]})  # before 1.3 XGBoost kept no names
FILES = sorted(path.name for path in OLD.iterdir() if path.name != "expected.json")


@pytest.fixture(scope="module")
def old():
    """Each file opened once: a process reads a text."""
    return cache(lambda name: library_parity.opened(OLD / name))


@pytest.mark.parametrize("name", FILES)
def test_an_old_file_scores_as_its_own_version_did(name, old):
    model = old(name)
    rows = encode.matrix(ROWS, model.scorer.features)
    theirs = EXPECTED["pd"][name.rpartition(".")[0]]
    np.testing.assert_allclose(model.scorer.pd(rows), theirs, rtol=0, atol=1e-6)
    np.testing.assert_allclose(model.scorer.native_margin(rows), model.scorer.ensemble.margins(rows), atol=1e-6)


@pytest.mark.parametrize("name", FILES)
def test_what_is_cut_from_it_is_todays_format(name, old, tmp_path):
    scorer = old(name).scorer
    cut = scorer.with_ensemble(scorer.ensemble.keep_trees([0, 2]))
    path = tmp_path / name
    path.write_bytes(cut.model)
    rows = encode.matrix(ROWS, scorer.features)
    np.testing.assert_allclose(open_native(path).pd(rows), cut.pd(rows), rtol=0, atol=1e-7)
    if name.startswith("lightgbm"):
        assert lightgbm.Booster(model_file=str(path)).num_trees() == 2
    else:
        assert xgboost.Booster(model_file=str(path)).num_boosted_rounds() == 2


def test_an_old_text_is_told_and_its_stale_sizes_do_not_matter(tmp_path):
    path = tmp_path / "model.txt"
    text = (OLD / "lightgbm-3.3.5.txt").read_text()
    path.write_text(text.replace("tree_sizes=774", "tree_sizes=9774"))
    model = open_model(path)
    assert model.notes == ("a LightGBM text of format v3, converted to v4",)
    assert len(model.scorer.ensemble.trees) == 3


@pytest.mark.parametrize("name", ["lightgbm-2.2.3.txt", "lightgbm-3.3.5.txt"])
def test_a_damaged_old_text_ends_nothing_but_the_reading(name, tmp_path):
    """LightGBM aborts the process that reads it."""
    path = tmp_path / "model.txt"
    path.write_text((OLD / name).read_text().replace("num_leaves=6", "num_leaves=600000", 1))
    with pytest.raises(BundleError, match=r"of format v\d is damaged: LightGBM \S+ does not load it either"):
        open_native(path)


@pytest.mark.parametrize("start", [b"binf\x00", b"\x00\x00\x00\x3f\x03\x00"])
def test_an_old_binary_file_is_told_how_to_convert(start, tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(start)
    with pytest.raises(BundleError, match=r"old binary format, of 1.* pip install 'xgboost==1.7.6' .*save_model"):
        open_native(path)


def test_an_objective_that_is_no_pd_is_refused_by_its_name(tmp_path):
    document = json.loads((OLD / "xgboost-1.5.2.json").read_text())
    document["learner"]["objective"]["name"] = "reg:squarederror"
    (tmp_path / "model.json").write_text(json.dumps(document))
    with pytest.raises(UnsupportedScorer, match="reg:squarederror"):
        open_native(tmp_path / "model.json")
    text = (OLD / "lightgbm-3.3.5.txt").read_text().replace("objective=binary sigmoid:1", "objective=regression")
    (tmp_path / "model.txt").write_text(text)
    with pytest.raises(UnsupportedScorer, match="regression"):
        open_native(tmp_path / "model.txt")
