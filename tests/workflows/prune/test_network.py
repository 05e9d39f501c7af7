"""`riskmodel prune` on ONNX networks from the user's side: the same plan, page, margins and exit codes as for trees."""

import json

import numpy as np
import onnx
import pandas as pd
import pytest
from drawn_onnx import Sketch, rows_for
from drawn_sequences import COLUMNS, DRAWN
from scipy.special import expit

from riskmodel.evaluation import auc

runtime = pytest.importorskip("onnxruntime")


def network(copies=4, spread=3.0):
    """Neurons of which each stands there several times: most can go without a trace."""
    sketch = Sketch(3)
    few = sketch.random.normal(size=(6, 4)).astype(np.float32)
    hidden = sketch.add("Gemm", "x", sketch.array(np.vstack([few] * copies)), transB=1)
    last = sketch.gemm(sketch.activation(hidden, "Tanh"), 6 * copies, 1)
    return sketch.finished(sketch.add("Mul", last, sketch.array(np.float32(spread / copies))))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    content = network()
    (folder / "net.onnx").write_bytes(content)
    matrix = rows_for(4, 9000, 5).astype(np.float32)
    (margin,) = runtime.InferenceSession(content).run(None, {"x": matrix})
    bad = np.random.default_rng(6).random(9000) < expit(margin[:, 0] - 1)
    table = pd.DataFrame(matrix, columns=list("abcd")).assign(loan=np.arange(9000), bad=bad.astype(int))
    table.to_parquet(folder / "rows.parquet")
    table.assign(bad=1 - table["bad"]).to_parquet(folder / "turned.parquet")
    table.assign(more=1.0).to_parquet(folder / "wider.parquet")
    table.assign(a=table["a"].where(table["loan"] % 50 > 0)).to_parquet(folder / "holes.parquet")
    table.assign(a="high").to_parquet(folder / "text.parquet")
    return folder


@pytest.fixture
def prune(riskmodel, place, tmp_path):
    def run(*arguments, model="net.onnx", data="rows.parquet"):
        common = ("--target", "bad", "--id", "loan", "--output", tmp_path / "small.onnx")
        return riskmodel("--quiet", "prune", place / model, "--data", place / data, *common, *arguments)

    return run


def test_a_smaller_network_is_confirmed_and_written(prune, place, tmp_path):
    code, out, err = prune("--keep", 0.25, "--json")
    answer = json.loads(out)
    assert (code, err, answer["confirmed"]) == (0, "", True)
    assert answer["neurons"] == {"before": 24, "after": 6}
    assert answer["weights"] == {"before": 120, "after": 30}
    plan = json.loads((tmp_path / "small.onnx.plan.json").read_text())
    assert plan["plan"]["unit"] == "neuron"
    assert plan["record"]["model"]["inputs"] == list("abcd")
    assert [row["name"] for row in plan["test"]] == ["given", "neurons@0.25", "random@0.25", "magnitude@0.25"]
    page = (tmp_path / "small.onnx.html").read_text()
    assert all(word in page for word in ("AUC against weights", "Parity with ONNX Runtime", "NOT EVALUATED"))
    both = [onnx.load(path).graph for path in (place / "net.onnx", tmp_path / "small.onnx")]
    assert both[0].input == both[1].input
    assert both[0].output == both[1].output
    rows = {"x": rows_for(4).astype(np.float32)}
    before, after = (
        runtime.InferenceSession(p).run(None, rows)[0] for p in (place / "net.onnx", tmp_path / "small.onnx")
    )
    assert np.abs(expit(before) - expit(after)).max() < 0.02


def test_the_margin_finds_the_size(prune):
    code, out, _ = prune("--margin", 0.01)
    assert code == 0
    assert "neurons@" in out
    assert "of 24 neurons" in out


def test_what_is_not_confirmed_is_written_only_when_told(prune, tmp_path):
    arguments = ("--keep", 0.05, "--method", "weights", "--criterion", "magnitude")
    code, out, _ = prune(*arguments)
    assert code == 3
    assert "No model is written" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.onnx.html"]
    assert prune(*arguments, "--anyway")[0] == 3
    assert json.loads((tmp_path / "small.onnx.plan.json").read_text())["confirmed"] is False
    onnx.checker.check_model(onnx.load(tmp_path / "small.onnx"))


def test_columns_are_named_by_place(prune):
    assert "5 columns are left beside target, id and weight" in prune("--keep", 0.5, data="wider.parquet")[2]
    assert prune("--keep", 0.5, "--inputs", "a,b,c,d", data="wider.parquet")[0] == 0


def test_what_is_taken_by_place_is_said(riskmodel, place, tmp_path):
    asked = ("--data", place / "rows.parquet", "--target", "bad", "--id", "loan", "--output", tmp_path / "small.onnx")
    _, _, err = riskmodel("prune", place / "net.onnx", *asked, "--keep", 0.001)
    assert "The network's columns, by place: a, b, c, d." in err
    _, _, err = riskmodel("prune", place / "net.onnx", *asked, "--keep", 0.001, "--inputs", "a,b,c,d")
    assert "by place" not in err


@pytest.mark.parametrize(
    ("arguments", "files", "message"),
    [
        (("--method", "trees"), {}, "method must be neurons or weights for a network, however: 'trees'"),
        (("--criterion", "best"), {}, "criterion"),
        (("--trees", 5), {}, "the size of a network must be set by keep or margin, however: by trees"),
        (("--keep", 0.001), {}, "keep must leave a neuron of each of 1 layers"),
        (("--inputs", "a,b"), {}, "the network takes 4 numbers a row, however: 2 columns are named"),
        (("--inputs", "a,b,c,z"), {}, "no column 'z'"),
        ((), {"data": "turned.parquet"}, "net.onnx: its PD must rise with the outcome, however: AUC 0."),
        ((), {"data": "holes.parquet"}, "column 'a' is missing there, and the network has no place for that"),
        ((), {"data": "text.parquet"}, "'a'"),
        ((), {"model": "none.onnx"}, "none.onnx: no such file"),
    ],
)
def test_bad_input_is_one_line(prune, tmp_path, arguments, files, message):
    code, out, err = prune(*arguments, **files)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_criteria_are_of_networks_alone(riskmodel, folder, tmp_path):
    files = (folder / "model.txt", "--data", folder / "rows.parquet", "--target", "default", "--output", tmp_path / "s")
    code, _, err = riskmodel("--quiet", "prune", *files, "--criterion", "obs")
    assert code == 1
    assert "--criterion and --inputs are of networks alone" in err


@pytest.mark.parametrize("name", ["convolutions", "LSTM"])
def test_channels_and_hidden_units_go_too(name, riskmodel, tmp_path):
    content = DRAWN[name]()
    (tmp_path / "net.onnx").write_bytes(content)
    matrix = np.random.default_rng(7).normal(size=(1200, COLUMNS)).astype(np.float32)
    session = runtime.InferenceSession(content)
    (pd_,) = session.run(None, {"x": matrix})
    margin = np.log(pd_[:, 0] / (1 - pd_[:, 0]))
    bad = np.random.default_rng(6).random(1200) < expit(3 * (margin - np.median(margin)) / margin.std() - 1)
    table = pd.DataFrame(matrix).add_prefix("m").assign(bad=bad.astype(int))
    table.to_parquet(tmp_path / "rows.parquet")
    asked = ("--data", tmp_path / "rows.parquet", "--target", "bad", "--output", tmp_path / "small.onnx")
    how = ("--method", "neurons", "--criterion", "obs", "--keep", 0.5, "--anyway", "--json")
    code, out, err = riskmodel("--quiet", "prune", tmp_path / "net.onnx", *asked, *how)
    assert (code in (0, 3), err) == (True, "")  # made-up weights are not to spare
    counted = json.loads(out)["neurons"]
    assert counted["after"] <= counted["before"] / 2
    page = (tmp_path / "small.onnx.html").read_text()
    assert "Parity with ONNX Runtime" in page
    (small,) = runtime.InferenceSession(tmp_path / "small.onnx").run(None, {"x": matrix})
    assert auc(bad, small[:, 0]).value > 0.9 * auc(bad, pd_[:, 0]).value
    kinds = {node.op_type for node in onnx.load(tmp_path / "small.onnx").graph.node}
    assert ("Conv" if name == "convolutions" else "LSTM") in kinds
