"""Commands of a few lines hand on what they are told and print what came of it; exit codes say what was shown."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from cli.commands.recorder import recorded

from riskmodel import config
from riskmodel.bundle import signature

W = "riskmodel.workflows"


def test_narrow(monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.narrow.narrow_bundle", "facts")
    recorded(monkeypatch, f"{W}.narrow.in_words", lambda facts, output: f"{facts} in {output}")
    assert riskmodel("narrow", "bundle", "--output", "new")[:2] == (0, "facts in new\n")
    assert made.arguments == ("bundle", Path("new"), "sqlite:///mlflow.db")


@pytest.mark.parametrize("as_json", [True, False])
def test_promote(as_json, monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.promote.promote", ("3", {"alias": "champion"}))
    recorded(monkeypatch, f"{W}.promote.as_json", lambda version, entry: json.dumps([version, entry]))
    recorded(monkeypatch, f"{W}.promote.in_words", lambda version, alias, _: f"{version} is {alias}")
    line = ["promote", "report", "--as", "champion", "--because", "it won", "--name", "loans", "--audit", "log"]
    out = riskmodel(*line, *(["--json"] if as_json else []))[1]
    assert out == ('["3", {"alias": "champion"}]\n' if as_json else "3 is champion\n")
    assert made.arguments == ("report", "champion")
    assert (made.named["because"], made.named["name"], made.named["audit"]) == ("it won", "loans", Path("log"))


def test_promote_knows_two_aliases(monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.promote.promote")
    assert riskmodel("promote", "report", "--as", "winner")[0] == 2
    assert riskmodel("promote", "report")[0] == 2
    assert made.calls == []


def test_rollback(monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.promote.rollback", ("2", {}))
    recorded(monkeypatch, f"{W}.promote.in_words", lambda version, alias, _: f"{version} is {alias}")
    assert riskmodel("rollback", "loans", "--because", "it lost")[:2] == (0, "2 is champion\n")
    assert made.arguments == ("loans",)
    assert made.named["because"] == "it lost"


@pytest.mark.parametrize(("policy", "code"), [("a band", 0), (None, 3)])
def test_refer(policy, code, monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.refer.refer", SimpleNamespace(policy=policy))
    recorded(monkeypatch, f"{W}.refer.as_json", "{}\n")
    line = ["refer", "bundle", "--data", "rows.csv", "--target", "bad", "--bad-rate", "0.02", "--json"]
    assert riskmodel(*line, "--protected", "sex", "--protected", "age")[:2] == (code, "{}\n")
    model, data, columns, rate, alpha, output, _ = made.arguments
    assert (model, str(data), columns.target, columns.protected) == ("bundle", "rows.csv", "bad", ("sex", "age"))
    assert (rate, alpha, output) == (0.02, 0.05, None)


def test_rows(monkeypatch, riskmodel, tmp_path):
    curve = SimpleNamespace(as_json=lambda: b"{}\n")
    made = recorded(monkeypatch, f"{W}.rows.rows", curve)
    saved = recorded(monkeypatch, f"{W}.rows.save")
    output = tmp_path / "curve.svg"
    line = ["--scorer", "lgbm", "--method", "el2n", "--share", "0.25", "--share", "1", "--repeats", "5", "--json"]
    assert riskmodel("rows", "run.toml", *line, "--output", output)[:2] == (0, "{}\n")
    run, asked, _ = made.arguments
    assert (str(run), asked.scorer, asked.methods, asked.shares, asked.repeats) == (
        "run.toml",
        "lgbm",
        ("el2n",),
        (0.25, 1.0),
        5,
    )
    assert saved.arguments == (curve, output)


def test_rows_refuses_its_output_before_it_fits_anything(monkeypatch, riskmodel, tmp_path):
    made = recorded(monkeypatch, f"{W}.rows.rows")
    code, _, err = riskmodel("rows", "run.toml", "--output", tmp_path / "curve.png")
    assert (code, err.count("\n")) == (1, 1)
    assert made.calls == []


@pytest.mark.parametrize(("drops", "looks"), [([], 1), (["leak"], 2)])
def test_check_looks_again_where_it_dropped_something(drops, looks, monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.check.check", "checked")
    recorded(monkeypatch, f"{W}.answers.drop", drops)
    recorded(monkeypatch, f"{W}.check.go_on")
    recorded(monkeypatch, "riskmodel.cli.render.check.as_json", "{}\n")
    code, out, err = riskmodel("check", "run.toml", "--json", "--fix")
    assert (code, out, len(made.calls)) == (0, "{}\n", looks)
    assert ("run.toml: data.ignore has leak now" in err) is bool(drops)


def test_schema_is_that_of_the_toml(riskmodel, tmp_path):
    code, out, _ = riskmodel("schema")
    assert (code, json.loads(out)) == (0, config.schema())
    assert riskmodel("schema", "--output", tmp_path / "schema.json")[:2] == (0, "")
    assert (tmp_path / "schema.json").read_text() == out


def test_data_lists_sets_and_fetches_one(monkeypatch, riskmodel):
    recorded(monkeypatch, "riskmodel.datasets.public_sets.listed", ["one", "two"])
    assert riskmodel("data", "list")[:2] == (0, "one\ntwo\n")
    made = recorded(monkeypatch, f"{W}.fetch.fetch", {})
    recorded(monkeypatch, f"{W}.fetch.in_words", "fetched")
    assert riskmodel("--quiet", "data", "fetch", "german")[:2] == (0, "fetched\n")
    assert made.arguments[:2] == ("german", Path("german.parquet"))


def test_sign_makes_a_key_or_signs_or_both(monkeypatch, riskmodel, tmp_path):
    code, _, err = riskmodel("sign", "--key", tmp_path / "k")
    assert code == 2
    assert "BUNDLE is missing; with --new alone a key is made" in err
    code, out, _ = riskmodel("sign", "--new", "--key", tmp_path / "k")
    assert (code, out) == (0, f"{tmp_path / 'k'} is the private key; give {tmp_path / 'k.pub'} to those who score\n")
    recorded(monkeypatch, "riskmodel.bundle.read", "a bundle")
    made = recorded(monkeypatch, "riskmodel.bundle.signature.sign")
    assert riskmodel("sign", tmp_path, "--key", tmp_path / "k")[:2] == (0, f"{tmp_path} is signed\n")
    assert made.arguments == ("a bundle", tmp_path, tmp_path / "k")
    assert signature.new_keys


def test_sync(monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.sync.sync", "run-1")
    assert riskmodel("sync", "report", "--store", "sqlite:///x.db")[:2] == (0, "report is in MLflow as run run-1\n")
    assert made.arguments[:2] == (Path("report"), "sqlite:///x.db")


def test_train(monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.train.training.train", ("study", Path("folder")))
    recorded(monkeypatch, "riskmodel.cli.render.train.as_json", lambda study, folder: f"{study} in {folder}\n")
    assert riskmodel("train", "run.toml", "--resume", "--json")[:2] == (0, "study in folder\n")
    assert made.arguments[:3] == (Path("run.toml"), None, "sqlite:///mlflow.db")
    assert made.named == {"resume": True}


@pytest.mark.parametrize("served", [True, False])
def test_ui(served, monkeypatch, riskmodel):
    opened = SimpleNamespace(address="http://runs.localhost:5000/x", plain="http://127.0.0.1:5000/x", served=served)
    asked = recorded(monkeypatch, "riskmodel.tracking.pages", opened)
    shown = recorded(monkeypatch, "riskmodel.tracking.ui")
    code, out, _ = riskmodel("ui", "--port", "6000", "--no-browser")
    assert (code, asked.arguments) == (0, ("sqlite:///mlflow.db", 6000))
    assert shown.named == {"browser": False}
    assert ("Ctrl-C ends it." in out) is not served


def test_widen(monkeypatch, riskmodel):
    made = recorded(monkeypatch, f"{W}.widen.widen", "facts")
    recorded(monkeypatch, f"{W}.widen.in_words", lambda facts, output: f"{facts} in {output}")
    assert riskmodel("widen", "run.toml", "--input", "a.csv", "--output", "b.parquet")[:2] == (
        0,
        "facts in b.parquet\n",
    )
    assert made.arguments == (Path("run.toml"), Path("a.csv"), Path("b.parquet"), None)
