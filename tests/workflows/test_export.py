"""A saved model for another system: one file, a certificate, and the same decisions, or nothing."""

import hashlib
import json
import sys
from dataclasses import replace

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xgboost
from samples import FEATURES

from riskmodel import bundle, cli, compression
from riskmodel.core import Calibration, Kind, Policy
from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer
from riskmodel.workflows.export import export, in_words

runtime = pytest.importorskip("onnxruntime")

POLICY = Policy(0.3, 0.25, (0.05, 0.1, 0.2))


@pytest.fixture
def saved(fitted, tmp_path):
    def of(kind, policy=POLICY):
        folder = tmp_path / kind
        bundle.save(bundle.pack(fitted(kind), policy, {}, {}), folder)
        return folder

    return of


@pytest.fixture(scope="module")
def applications(fresh, tmp_path_factory):
    """The fresh rows as a table with levels in words."""
    path = tmp_path_factory.mktemp("applications") / "new.parquet"
    columns = {c.name: fresh.matrix[:, i] for i, c in enumerate(FEATURES)}
    columns["purpose"] = [FEATURES[2].categories[int(code)] for code in fresh.matrix[:, 2]]
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "mlp", "scorecard", "blend", "onnx"])
def test_onnx_runtime_alone_reads_the_same_pds_off_the_file(kind, saved, fitted, fresh, applications):
    folder = saved(kind)
    tmp_path = folder.parent
    result = export(folder, tmp_path / "m.onnx", data=applications)
    session = runtime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    [probability] = session.run(["pd"], {"rows": fresh.matrix})
    np.testing.assert_allclose(probability.ravel(), fitted(kind).score(fresh), atol=1e-6, rtol=0)
    assert result["parity"]["rows"] == len(fresh)
    assert result["parity"]["flips"] == {"cutoff": 0, "refer_from": 0}
    assert result == json.loads((tmp_path / "m.onnx.json").read_bytes())
    assert result["file"]["sha256"] == hashlib.sha256((tmp_path / "m.onnx").read_bytes()).hexdigest()
    assert [column["name"] for column in result["input"]["columns"]] == [f.name for f in FEATURES]


NAMES = ("net income", "utilisation [%]", "purpose", "months", "noise")
IN_FILE = {
    "lgbm": ["net_income", "utilisation__%_", "purpose", "months", "noise"],
    "xgb": ["net income", "utilisation _%_", "purpose", "months", "noise"],
}
WITHIN = {"lgbm": 1e-9, "xgb": 1e-6}  # XGBoost adds up in single precision


def _predicted(kind, path, matrix):
    """What the library alone says, given nothing but the file and the names in it."""
    if kind == "lgbm":
        booster = lightgbm.Booster(model_file=path)
        assert booster.feature_name() == IN_FILE[kind]
        return booster.predict(pd.DataFrame(matrix, columns=IN_FILE[kind]), validate_features=True)
    booster = xgboost.Booster(model_file=path)
    kinds = ["c" if column.kind is Kind.CATEGORICAL else "q" for column in FEATURES]
    return booster.predict(xgboost.DMatrix(matrix, feature_names=IN_FILE[kind], feature_types=kinds))


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
@pytest.mark.parametrize("line", [Calibration(-0.2, 1.3), Calibration()])
def test_the_library_alone_predicts_the_bundles_pds_off_a_native_file(kind, line, fitted, fresh, tmp_path):
    columns = tuple(replace(column, name=name) for column, name in zip(FEATURES, NAMES, strict=True))
    scorer = replace(fitted(kind), features=columns, calibration=line)
    bundle.save(bundle.pack(scorer, POLICY, {}, {}), tmp_path / "bundle")
    certificate = export(tmp_path / "bundle", tmp_path / "m.json", "native")
    matrix = fresh.matrix.copy()
    matrix[::7, 2], matrix[3::11, 3], matrix[5::13, 2] = np.nan, np.nan, 5  # the last is a level that nobody knows
    predicted = _predicted(kind, tmp_path / "m.json", matrix)
    np.testing.assert_allclose(predicted, scorer.pd(matrix), atol=WITHIN[kind], rtol=0)
    assert certificate["output"] == {"name": "predict", "means": "calibrated probability of default"}
    names = [column.get("in_file", column["name"]) for column in certificate["input"]["columns"]]
    assert names == IN_FILE[kind]
    assert certificate["parity"]["largest_pd_change"] <= WITHIN[kind]
    assert certificate["parity"]["rows_from"] == "made up"


def test_the_certificate_says_what_becomes_of_codes_and_unlisted_levels_first(fitted, tmp_path):
    income, months = replace(FEATURES[0], codes=(-9.0,)), replace(FEATURES[3], source="term", codes=(-1.0, -2.0))
    columns = (income, FEATURES[1], replace(FEATURES[2], other=True), months, FEATURES[4])
    bundle.save(bundle.pack(replace(fitted("xgb"), features=columns), POLICY, {}, {}), tmp_path / "bundle")
    certificate = export(tmp_path / "bundle", tmp_path / "m.json", "native")
    first, _, purpose, indicator, last = certificate["input"]["columns"]
    assert first == {"name": "income", "missing": [-9.0]}
    assert (purpose["levels"][purpose["unlisted"]], last) == ("school", {"name": "noise"})
    assert indicator == {"name": "months", "one_where": "term", "has": [-1.0, -2.0]}
    assert "; first replace the special codes of 2 columns as m.json.json says" in in_words(
        certificate, tmp_path / "m.json"
    )


def test_columns_that_a_native_file_cannot_tell_apart_are_refused(fitted, tmp_path):
    names = ("a b", "a_b", "purpose", "months", "noise")
    columns = tuple(replace(column, name=name) for column, name in zip(FEATURES, names, strict=True))
    bundle.save(bundle.pack(replace(fitted("lgbm"), features=columns), POLICY, {}, {}), tmp_path / "bundle")
    with pytest.raises(
        RiskModelError, match="columns 'a b' and 'a_b' must differ, however: in the file both are 'a_b'"
    ):
        export(tmp_path / "bundle", tmp_path / "m.txt", "native")
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_decision_that_turns_leaves_no_file(saved, fitted, fresh, tmp_path, applications):
    """A cutoff that lies on a PD to the last bit: single precision does not reach it."""
    scorer = fitted("lgbm")
    short = compression.make("onnx", {"width": "float32"}).compress(scorer)
    exact, single = scorer.score(fresh), short.score(fresh)
    folder = saved("lgbm", Policy(float(exact[np.argmin(single - exact)]), 0.01, (0.1,)))
    with pytest.raises(RiskModelError, match=r"must decide as the bundle does, however: \d+ rows turn at cutoff"):
        export(folder, tmp_path / "m.onnx", data=applications, width="float32")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lgbm"]


def test_a_network_has_no_native_file(saved, tmp_path):
    with pytest.raises(UnsupportedScorer, match=r"a native file is LightGBM's or XGBoost's .*, however: mlp"):
        export(saved("mlp"), tmp_path / "m", "native")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mlp"]


def test_a_damaged_bundle_is_refused_before_it_is_opened(saved, tmp_path):
    folder = saved("lgbm")
    (folder / "model.txt").write_bytes((folder / "model.txt").read_bytes()[:-1])
    with pytest.raises(BundleError, match="is not what the manifest says"):
        export(folder, tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_on_the_command_line(saved, tmp_path, monkeypatch, capsys):
    folder = saved("scorecard")
    (tmp_path / "file").write_text("in the way")
    for output, expected in ((tmp_path / "new" / "m.onnx", 0), (tmp_path / "file" / "m.onnx", 1)):
        monkeypatch.setattr(sys, "argv", ["riskmodel", "--quiet", "export", str(folder), "--output", str(output)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        assert code == expected
        assert "no decision turns" in out or "file" in err
        assert (out + err).count("\n") == 1
