"""`riskmodel prune` from the user's side: bad input is one line, and nothing half-written remains."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from riskmodel.errors import RiskModelError
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import pruning
from riskmodel.workflows.prune.pruning import Size, Source

pytestmark = pytest.mark.usefixtures("few_sizes")


def source(folder):
    return Source(folder / "model.txt", folder / "rows.parquet", "default")


@pytest.fixture
def riskmodel(riskmodel, folder):
    """Runs `riskmodel prune` on the LightGBM file; gives back exit code, standard output and error output."""

    def run(*arguments, model=None, data=None, output="small.txt"):
        files = (model or folder / "model.txt", "--data", data or folder / "rows.parquet", "--output", output)
        return riskmodel("--quiet", "prune", *files, *arguments)

    return run


def test_json_tells_the_verdict(riskmodel, tmp_path):
    code, out, err = riskmodel(
        "--target",
        "default",
        "--id",
        "loan_id",
        "--keep",
        0.5,
        "--method",
        "prefix",
        "--json",
        "--anyway",
        output=tmp_path / "s",
    )
    answer = json.loads(out)
    assert (code, err) == (0 if answer["confirmed"] else 3, "")
    assert set(answer["change"]["auc"]) >= {"verdict", "delta", "lower", "margin"}
    assert answer["change"]["auc"]["margin"] == 0.005
    assert answer["leaves"] == {"before": 280, "after": 140}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s", "s.html", "s.plan.json"]


def test_a_person_sees_every_size_and_one_line(riskmodel, tmp_path):
    code, out, _ = riskmodel("--target", "default", "--leaves", 100, "--method", "prefix", output=tmp_path / "s.txt")
    assert code in (0, 3)  # so few rows may not confirm it; what is seen is the same
    assert all(name in out for name in ("prefix@0.357143", "retrain@0.357143", "given", "of 280 leaves", "s.txt.html"))
    assert "…" not in out


def test_an_outcome_whose_one_is_a_good_is_refused(riskmodel, folder, tmp_path):
    rows = pd.read_parquet(folder / "rows.parquet")
    rows.assign(default=1 - rows["default"]).to_parquet(tmp_path / "turned.parquet")
    asked = ("--target", "default", "--keep", 0.5)
    code, out, err = riskmodel(*asked, data=tmp_path / "turned.parquet", output=tmp_path / "s.txt")
    assert (code, out) == (1, "")
    assert "model.txt: its PD must rise with the outcome, however: AUC 0." in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["turned.parquet"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--target", "defalt"], "no column 'defalt' for target; did you mean 'default'?"),
        (["--target", "income"], "target must not be a feature of the model"),
        (["--target", "default", "--id", "name"], "no column 'name' for id"),
        (["--target", "default", "--keep", "0"], "keep must be in (0, 1], however: 0"),
        (["--target", "default", "--keep", "1.5"], "keep must be in (0, 1], however: 1.5"),
        (["--target", "default", "--keep", "nan"], "keep must be in (0, 1], however: nan"),
        (["--target", "default", "--leaves", "281"], "leaves must be in 1 to 280, which the model has, however: 281"),
        (["--target", "default", "--leaves", "0"], "leaves must be at least 1, however: 0"),
        (["--target", "default", "--trees", "0"], "trees must be at least 1, however: 0"),
        (
            ["--target", "default", "--bytes", "50", "--method", "prefix"],
            "the fewest that pruning reaches, however: 50",
        ),
        (["--target", "default", "--weight", "wait"], "no column 'wait' for weight"),
        (["--target", "default", "--weight", "loan_id"], "'loan_id' must be a number"),
        (["--target", "default", "--margin", "0"], "margin must be in (0, 1), however: 0"),
        (["--target", "default", "--method", "features"], "method must prune trees, however: 'features'"),
        (["--target", "default", "--method", "shears"], "pruner must be among"),
    ],
)
def test_bad_options_are_one_line(riskmodel, tmp_path, arguments, message):
    code, out, err = riskmodel(*arguments, output=tmp_path / "s.txt")
    assert (code, out, err.count("\n")) == (1, "", 1), err
    assert message in err
    assert list(tmp_path.iterdir()) == []


def test_all_that_is_wrong_is_told_at_once(riskmodel, tmp_path):
    wrong = ("--keep", 2.5, "--margin", 7, "--cutoff", 0.2, "--criterion", "obs", "--monotone", "a")
    code, _, err = riskmodel("--target", "default", *wrong, data="none.csv", output=f"{__file__}/s.txt")
    assert (code, err.count("\n")) == (1, 1)
    for part in (
        "by --keep and --margin",
        "keep must be in (0, 1], however: 2.5",
        "margin must be in (0, 1), however: 7",
        "--cutoff is of --same-decisions",
        "--criterion and --inputs",
        "--monotone must be",
        "none.csv: no such file",
        "must be in a folder, however",
    ):
        assert part in err, part


def test_where_nothing_is_confirmed_it_exits_with_3_and_anyway_writes(riskmodel, folder, tmp_path):
    asked = ("--target", "default", "--margin", 1e-9, "--method", "prefix")
    code, out, _ = riskmodel(*asked, model=folder / "model.ubj", output=tmp_path / "s.ubj")
    assert code == 3
    assert "No model is written; --anyway writes it." in out
    assert [path.name for path in tmp_path.iterdir()] == ["s.ubj.html"]
    code, out, _ = riskmodel(*asked, "--anyway", model=folder / "model.ubj", output=tmp_path / "s.ubj")
    assert code == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.ubj", "s.ubj.html", "s.ubj.plan.json"]


@pytest.mark.parametrize(("budget", "most"), [("nodes", 200), ("trees", 12), ("bytes", 12_000)])
def test_a_budget_is_kept_and_no_larger_tree_would_do(riskmodel, tmp_path, budget, most):
    place = tmp_path / "s.txt"
    options = ("--target", "default", "--id", "loan_id", f"--{budget}", most, "--method", "prefix", "--json")
    code, out, _ = riskmodel(*options, "--anyway", output=place)
    small = json.loads(out)
    assert code == (0 if small["confirmed"] else 3)
    trees, leaves = small["trees"]["after"], small["leaves"]["after"]
    used = {"nodes": 2 * leaves - trees, "trees": trees, "bytes": place.stat().st_size}[budget]
    assert most * (1 - 1.5 / trees) < used <= most


def test_a_weight_moves_what_is_fitted_and_is_recorded(riskmodel, folder, tmp_path):
    table = pd.read_parquet(folder / "rows.parquet")
    table.assign(one=7.0, w=1.0 + 2 * (table["income"] > 0)).to_parquet(tmp_path / "rows.parquet")
    models = {}
    for weight in (None, "one", "w"):
        place = tmp_path / f"{weight}.txt"
        more = ["--weight", weight] if weight else []
        options = ["--target", "default", "--keep", 0.5, "--method", "prefix", *more]
        assert riskmodel(*options, "--anyway", data=tmp_path / "rows.parquet", output=place)[0] in (0, 3)
        models[weight] = place.read_bytes()
    assert models[None] == models["one"] != models["w"]
    record = json.loads((tmp_path / "w.txt.plan.json").read_text())["record"]
    assert record["data"]["weight"] == "w"
    assert sum(sample["rows"] for sample in record["samples"].values()) == len(table)


def test_applications_without_outcome_are_learnt_from_and_recorded(riskmodel, folder, tmp_path):
    declined = pd.read_parquet(folder / "rows.parquet").drop(columns="default")
    declined.to_parquet(tmp_path / "declined.parquet")
    models = []
    for more in ([], ["--unlabelled", tmp_path / "declined.parquet"]):
        place = tmp_path / f"small{len(more)}.txt"
        options = ["--target", "default", "--id", "loan_id", "--keep", 0.5, "--method", "collapse", *more]
        assert riskmodel(*options, "--anyway", output=place)[0] in (0, 3)
        models.append(place.read_bytes())
    assert models[0] != models[1]
    record = json.loads((tmp_path / "small2.txt.plan.json").read_text())
    assert "declined.parquet" in json.dumps(record)


def test_applications_that_lack_a_feature_are_refused(riskmodel, folder, tmp_path):
    pd.read_parquet(folder / "rows.parquet").drop(columns="income").to_parquet(tmp_path / "declined.parquet")
    code, _, err = riskmodel(
        "--target", "default", "--keep", 0.5, "--unlabelled", tmp_path / "declined.parquet", output=tmp_path / "s"
    )
    assert (code, err.count("\n")) == (1, 1)
    assert "declined.parquet: no column 'income'" in err


def test_two_sizes_are_one_line(riskmodel, tmp_path):
    code, _, err = riskmodel("--target", "default", "--keep", 0.5, "--leaves", 9, output=tmp_path / "s.txt")
    assert (code, err.count("\n")) == (1, 1)
    assert "by one of --keep" in err


def test_bad_files_are_one_line(riskmodel, folder, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    table = pd.read_parquet(folder / "rows.parquet")
    table.drop(columns=["income", "months"]).to_parquet(tmp_path / "in" / "short.parquet")
    table.assign(default=0).to_parquet(tmp_path / "in" / "good.parquet")
    table.assign(loan_id="L7").to_parquet(tmp_path / "in" / "twice.parquet")
    table.assign(noise="loud").to_parquet(tmp_path / "in" / "text.parquet")
    table.head(12).to_parquet(tmp_path / "in" / "few.parquet")
    (tmp_path / "in" / "noise.txt").write_bytes(b"tree\nnot really")
    (tmp_path / "in" / "model.pkl").write_bytes(b"\x80\x04...")
    there = tmp_path / "out" / "s.txt"
    for given, message in (
        ({"data": "short.parquet"}, "no column 'income' and 1 more of the model's 5 features"),
        ({"data": "good.parquet"}, "must have both 0 and 1"),
        ({"data": "twice.parquet"}, "'loan_id' must name each row once"),
        ({"data": "text.parquet"}, "'noise' must be a number"),
        ({"data": "few.parquet"}, "sample must have at least"),
        ({"data": "nowhere.parquet"}, "nowhere.parquet"),
        ({"model": "noise.txt"}, "noise.txt"),
        ({"model": "model.pkl"}, "pickle"),
        ({"model": "nowhere.txt"}, "no such file"),
        ({"output": tmp_path / "in" / "noise.txt" / "s.txt"}, "must be in a folder, however"),
        ({"output": tmp_path / "out"}, "a folder has this name"),
        ({"output": folder / "model.txt"}, "it is the input"),
    ):
        places = {key: path if key == "output" else tmp_path / "in" / path for key, path in given.items()}
        code, out, err = riskmodel("--target", "default", "--id", "loan_id", **{"output": there, **places})
        assert (code, out, err.count("\n")) == (1, "", 1), err
        assert message in err
        assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), RiskModelError("x")])
def test_what_ends_it_early_leaves_all_as_it_was(folder, tmp_path, monkeypatch, error):
    def ended(*_, **__):
        raise error

    (tmp_path / "s.txt").write_text("mine")
    monkeypatch.setattr(pruning.write, "write", ended)
    with pytest.raises((KeyboardInterrupt, OSError, RiskModelError)):
        pruning.prune(source(folder), tmp_path / "s.txt", Size(keep=0.5), Stages(), "prefix")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"s.txt": "mine"}


def test_a_model_that_would_score_otherwise_than_it_was_judged_is_not_written(folder, tmp_path, monkeypatch):
    whole = (folder / "model.txt").read_bytes()
    monkeypatch.setattr(pruning.write, "model", lambda *_, **__: whole)
    with pytest.raises(RiskModelError, match="must score as it was judged"):
        pruning.prune(source(folder), tmp_path / "s.txt", Size(keep=0.5), Stages(), "prefix")
    assert list(tmp_path.iterdir()) == []


def test_blanks_in_a_name_are_found_under_lightgbms_underscores(folder, tmp_path):
    text = (folder / "model.txt").read_text().replace("utilisation", "share_used")
    (tmp_path / "m.txt").write_text(text)
    table = pd.read_parquet(folder / "rows.parquet").rename(columns={"utilisation": "share used"})
    table.to_csv(tmp_path / "rows.csv", index=False)
    there = Source(tmp_path / "m.txt", tmp_path / "rows.csv", "default", "loan_id")
    assert pruning.prune(there, tmp_path / "s.txt", Size(keep=0.5), Stages(), "prefix").written.leaves == 140


def test_neither_mlflow_nor_torch_is_needed(folder, tmp_path):
    code = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("mlflow", "torch", "onnx", "pyspark"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
sys.argv = ["riskmodel", "--quiet", "prune", r"{folder / "model.json"}", "--data", r"{folder / "rows.parquet"}",
            "--target", "default", "--margin", "0.5", "--method", "trees", "--output", r"{tmp_path / "s.json"}"]
from riskmodel.cli import main
main()
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=300)
    assert (tmp_path / "s.json").exists()
