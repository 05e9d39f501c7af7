"""A saved model for another system: one file, a certificate, and the same decisions, or nothing."""

import hashlib
import json
import sys

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from samples import FEATURES
from scipy.special import expit

from riskmodel import bundle, cli, compression
from riskmodel.core import Policy
from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer
from riskmodel.workflows.export import export

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
    told = export(folder, tmp_path / "m.onnx", data=applications)
    session = runtime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    [pd] = session.run(["pd"], {"rows": fresh.matrix})
    np.testing.assert_allclose(pd.ravel(), fitted(kind).score(fresh), atol=1e-6, rtol=0)
    assert told["parity"]["rows"] == len(fresh)
    assert told["parity"]["flips"] == {"cutoff": 0, "refer_from": 0}
    assert told == json.loads((tmp_path / "m.onnx.json").read_bytes())
    assert told["file"]["sha256"] == hashlib.sha256((tmp_path / "m.onnx").read_bytes()).hexdigest()
    assert [column["name"] for column in told["input"]["columns"]] == [f.name for f in FEATURES]


def test_a_native_file_is_the_librarys_own_and_the_certificate_has_the_line(saved, fitted, fresh, tmp_path):
    told = export(saved("lgbm"), tmp_path / "m.txt", "native")
    margin = lightgbm.Booster(model_file=tmp_path / "m.txt").predict(fresh.matrix, raw_score=True)
    scorer = fitted("lgbm")
    np.testing.assert_allclose(expit(scorer.calibration(margin)), scorer.score(fresh), atol=1e-12)
    assert repr(scorer.calibration.slope) in told["output"]["means"]
    assert told["parity"]["rows_from"] == "made up"


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
