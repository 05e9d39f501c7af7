"""The command line from the user's side: bad input is one line and exit code 1, and nothing half-written remains."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from small_run import toml, written

from riskmodel import cli


def test_without_a_command_it_says_what_there_is(riskmodel):
    code, out, err = riskmodel("--help")
    assert code == 0
    assert all(name in out + err for name in ("train", "score", "ui"))


@pytest.mark.parametrize("command", sorted(cli.cli.commands))
def test_every_command_has_help(riskmodel, command):
    code, out, _ = riskmodel(command, "--help")
    assert code == 0
    assert len(out.splitlines()) > 4
    assert cli.cli.commands[command].help


def test_wrong_usage_is_exit_code_2(riskmodel):
    assert riskmodel("train")[0] == 2
    assert riskmodel("trian")[0] == 2


def refused(riskmodel, folder, run):
    """The one line that a run is refused with; nothing but its own files may stand in the folder then."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, out, err = riskmodel("--quiet", "train", run, "--output", folder / "report", "--store", "sqlite:///none/x.db")
    assert code == 1
    assert out == ""
    assert err.count("\n") == 1, err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return err


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"path": '"absent.parquet"'}, "absent.parquet"),
        ({"target": '"defalt"'}, "no column 'defalt'"),
        ({"seed": "1\ncolour = 3"}, "colour: unknown key; allowed are"),
        ({"keep": "0"}, "keep must be in (0, 1], however: 0"),
        ({"keep": "[0.5, 1.5]"}, "keep must be in (0, 1], however: 1.5"),
        ({"keep": '"half"'}, "recipes.0.steps.0.keep"),
        ({"seed": '"one"'}, "seed: must be a whole number"),
    ],
)
def test_a_wrong_toml_is_told_by_its_key(riskmodel, tmp_path, changed, message):
    assert message in refused(riskmodel, tmp_path, written(tmp_path, **changed))


def test_an_unknown_pruner_kind_or_option_is_told_before_anything_is_fitted(riskmodel, tmp_path):
    run = written(tmp_path)
    for old, new, message in (
        ('pruner = "trees"', 'pruner = "leaves"', "pruner must be among"),
        ('kind = "xgb"', 'kind = "forest"', "kind must be among"),
        ("search = 2", "serach = 2", "scorers.0.options.serach: unknown key"),
        ("search = 2", "rate = 7.5", "scorers.0.options.rate: must be less than or equal to 1, however: 7.5"),
    ):
        run.write_text(toml().replace(old, new))
        assert message in refused(riskmodel, tmp_path, run)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("default", 0, "must have both 0 and 1"),
        ("default", 1, "must have both 0 and 1"),
        ("default", None, "is missing in"),
        ("default", 2, "must be 0 or 1"),
        ("income", "a lot", "'income' must be a number"),
        ("income", np.inf, "must be finite or missing"),
    ],
)
def test_a_table_that_cannot_be_used_is_told(riskmodel, tmp_path, column, value, message):
    run = written(tmp_path)
    table = pd.read_parquet(tmp_path / "portfolio.parquet")
    table[column] = value
    table.to_parquet(tmp_path / "portfolio.parquet")
    assert message in refused(riskmodel, tmp_path, run)


def test_columns_of_one_name_are_told(riskmodel, tmp_path):
    run = written(tmp_path, path='"twice.csv"')
    (tmp_path / "twice.csv").write_text("income,income,default\n1,2,0\n")
    assert "income" in refused(riskmodel, tmp_path, run)


def left(folder):
    """What stands there, but for what a training can go on from."""
    return sorted(path for path in folder.rglob("*") if "riskmodel-checkpoints" not in str(path))


def test_no_space_left_is_told_and_leaves_nothing(riskmodel, tmp_path, store, monkeypatch):
    from riskmodel.workflows.train import training

    def full(*_, **__):
        raise OSError(28, "No space left on device", str(tmp_path / "report"))

    run = written(tmp_path, keep="[0.5]")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(training, "save", full)
    code, _, err = riskmodel("--quiet", "train", run, "--output", tmp_path / "report", "--store", store)
    assert (code, err.count("\n")) == (1, 1)
    assert "No space left on device" in err
    assert left(tmp_path) == before


def test_an_interrupted_run_says_what_is_kept(riskmodel, tmp_path, store, monkeypatch):
    from riskmodel.workflows.train import training

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    run = written(tmp_path, keep="[0.5]")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(training.develop, "challengers", interrupted)
    code, _, err = riskmodel("--quiet", "train", run, "--output", tmp_path / "report", "--store", store)
    assert code == 130
    assert "interrupted" in err
    assert "as it was" in err
    assert "train --resume goes on" in err
    assert left(tmp_path) == before


# ------------------------------------------------------------------------------------------------- score


def test_scored_applications_agree_with_the_model(riskmodel, done, tmp_path):
    study, folder = done
    source = folder.parent / "portfolio.parquet"
    code, out, _ = riskmodel(
        "--quiet", "score", "--model", folder / "chosen", "--input", source, "--output", tmp_path / "scored", "--json"
    )
    assert code == 0
    counts = json.loads(out)
    scored = pq.read_table(tmp_path / "scored" / "part-00000.parquet").to_pandas()
    table = pq.read_table(source).to_pandas()
    assert counts["rows"] == {"read": len(table), "scored": len(scored), "quarantined": 0}
    assert scored["id"].tolist() == table["loan_id"].tolist()
    assert counts["decisions"] == scored["decision"].value_counts().sort_index().to_dict()
    selection = study.run["policy"]["cutoff"]
    assert ((scored["pd"] >= selection) == (scored["decision"] == "decline")).all()


def test_a_bundle_with_one_byte_changed_is_refused(riskmodel, done, tmp_path):
    import shutil

    _, folder = done
    shutil.copytree(folder / "chosen", tmp_path / "model")
    draw = np.random.default_rng(0)
    for path in sorted((tmp_path / "model").iterdir()):
        whole = path.read_bytes()
        for at in draw.integers(len(whole), size=5):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            code, _, err = riskmodel(
                "score",
                "--model",
                tmp_path / "model",
                "--input",
                folder.parent / "portfolio.parquet",
                "--output",
                tmp_path / "x",
            )
            assert (code, err.count("\n")) == (1, 1)
            assert path.name in err
        path.write_bytes(whole)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("missing", ["model", "input"])
def test_what_is_not_there_is_told(riskmodel, done, tmp_path, missing):
    _, folder = done
    places = {"model": folder / "chosen", "input": folder.parent / "portfolio.parquet", missing: tmp_path / "nowhere"}
    code, _, err = riskmodel(
        "--quiet", "score", "--model", places["model"], "--input", places["input"], "--output", tmp_path / "scored"
    )
    assert (code, err.count("\n")) == (1, 1)
    assert "nowhere" in err
    assert list(tmp_path.iterdir()) == []
