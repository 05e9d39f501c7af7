import json

import foreign
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from riskmodel.cli import cli
from riskmodel.errors import RiskModelError


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two foreign models, one the first trees of the other, an XGBoost one, and rows with all that can be asked for."""
    import lightgbm

    folder = foreign.written(tmp_path_factory.mktemp("foreign"))
    lightgbm.Booster(model_file=folder / "model.txt").save_model(folder / "small.txt", num_iteration=20)
    rows, draw = pd.read_parquet(folder / "rows.parquet"), np.random.default_rng(0)
    rows["sex"] = draw.choice(["f", "m"], len(rows))
    rows["amount"] = draw.lognormal(9, 1, len(rows)).round(2)
    rows["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 300, len(rows)), "D")
    rows.to_parquet(folder / "rows.parquet")
    return folder


def run(place, output, *options, champion="model.txt", challenger="small.txt"):
    models = ["--champion", str(place / champion), "--challenger", str(place / challenger)]
    data = ["--data", str(place / "rows.parquet"), "--output", str(output)]
    return CliRunner().invoke(cli, ["--quiet", "review", *models, *data, *options])


def test_two_foreign_files_give_a_page_and_its_data(place, tmp_path):
    done = run(place, tmp_path / "a.html", "--target", "default", "--protected", "sex", "--amount", "amount", "--json")
    assert done.exit_code == 0, done.output
    data = json.loads((tmp_path / "a.json").read_bytes())
    assert json.loads(done.stdout)["change"] == data["change"]
    assert data["change"]["auc"]["verdict"] in ("non-inferior", "inferior", "inconclusive")
    parity = next(entry for entry in data["evidence"] if entry["id"] == "change.parity")
    assert (parity["verdict"], parity["value"], parity["rows"]) == ("pass", 0, min(2000, data["subject"]["rows"]))
    assert [row[0] for row in parity["tables"][0]["rows"] if row[1] == 0] == [
        "plain walk of the trees", "as scored here", "ONNX"
    ]  # fmt: skip
    assert "amount" in next(e for e in data["evidence"] if e["id"] == "change.swap_set")["tables"][0]["columns"]


def test_the_same_input_gives_the_same_bytes(place, tmp_path):
    for name in ("a.html", "b.html"):
        assert run(place, tmp_path / name, "--target", "default").exit_code == 0
    for suffix in (".html", ".json"):
        one, other = ((tmp_path / name).with_suffix(suffix).read_bytes() for name in ("a.html", "b.html"))
        assert one == other


def test_a_later_period_without_outcomes_is_monitored(place, tmp_path):
    done = run(place, tmp_path / "a.html", "--time", "when", "--since", "2024-06-01")
    assert done.exit_code == 0, done.output
    data = json.loads((tmp_path / "a.json").read_bytes())
    assert data["verdict"] == "NOT EVALUATED"
    judged = {entry["id"] for entry in data["evidence"] if entry["verdict"] != "NOT EVALUATED"}
    assert {"stability.psi", "stability.csi", "drift.missing"} <= judged
    assert data["subject"]["earlier"]["name"] == "rows before 2024-06-01"
    drift = data["monitoring"]["drift"]
    assert [row["period"] for row in drift["periods"]] == ["2024-06", "2024-07", "2024-08", "2024-09", "2024-10"]
    assert {row["bad_rate"] for row in drift["periods"]} == {None}


def test_a_later_period_with_outcomes_shows_calibration_before_it_too(place, tmp_path):
    asked = ("--target", "default", "--time", "when", "--since", "2024-09-01")
    assert run(place, tmp_path / "a.html", *asked).exit_code == 0
    rows = json.loads((tmp_path / "a.json").read_bytes())["monitoring"]["drift"]["periods"]
    assert [row["period"] for row in rows if row["role"] == "reference"] == [f"2024-0{i}" for i in range(1, 9)]
    assert [row["period"] for row in rows if row["role"] == "new"] == ["2024-09", "2024-10"]
    assert all(set(row["mean_pd"]) == {"champion", "challenger"} for row in rows)
    assert "2024-10: bad rate" in (tmp_path / "a.html").read_text()


def test_a_bundle_stands_beside_a_foreign_file_of_other_columns_in_one_line(done, place, tmp_path):
    _, folder = done
    refused = run(place, tmp_path / "a.html", champion=folder / "champion")
    assert isinstance(refused.exception, RiskModelError)
    assert "no column" in str(refused.exception)
    assert not list(tmp_path.iterdir())


def test_two_bundles_of_a_run_are_reviewed_by_the_champions_own_policy(done, tmp_path):
    _, folder = done
    bundles = folder / "bundles"
    asked = ["--target", "default", "--protected", "group", "--amount", "loan_amount"]
    (tmp_path / "rows.parquet").write_bytes((folder.parent / "portfolio.parquet").read_bytes())
    result = run(
        tmp_path, tmp_path / "a.html", *asked, champion=folder / "champion", challenger=bundles / "lgbm__trees@0.5"
    )
    assert result.exit_code == 0, result.output
    data = json.loads((tmp_path / "a.json").read_bytes())
    policy = json.loads((folder / "champion" / "manifest.json").read_bytes())["policy"]
    assert data["subject"]["cutoff"] == policy["cutoff"]
    assert data["record"]["policy"]["cutoff"] == "the champion's policy"
    assert data["change"]["margins_fixed_before"] is True
    assert "were developed on" in data["findings"][0]["statement"]  # most rows of the portfolio trained both
    parity = [entry for entry in data["evidence"] if entry["id"] == "change.parity"]
    assert [(entry["verdict"], entry["value"]) for entry in parity] == [("pass", 0)]
    assert [row[0] for row in parity[0]["tables"][0]["rows"]][-3:] == ["ONNX", "batch file", "pyfunc"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--target", "defualt"), "no column 'defualt' for target"),
        (("--protected", "sexx"), "no column 'sexx' for protected"),
        (("--since", "2024-06-01"), "since needs time"),
        (("--time", "when", "--since", "2030-01-01"), "there must be rows before and from 2030-01-01"),
        (("--target", "income"), "target must not be a feature"),
        (("--target", "amount"), "must be 0 or 1"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(place, tmp_path, options, said):
    refused = run(place, tmp_path / "a.html", *options)
    assert isinstance(refused.exception, RiskModelError)
    assert said in str(refused.exception)
    assert not list(tmp_path.iterdir())


def test_a_month_that_has_shifted_rings_with_its_own_exit_code_and_a_calm_one_does_not(place, tmp_path):
    rows = pd.read_parquet(place / "rows.parquet")
    later = rows["when"] >= "2024-06-01"
    first = next(c for c in rows.columns if rows[c].dtype == float and c not in ("amount", "default"))
    rows.loc[later, first] = rows.loc[later, first] + 10 * rows[first].std()
    rows.to_parquet(tmp_path / "rows.parquet")
    asked = ["--time", "when", "--since", "2024-06-01"]
    models = {"champion": place / "model.txt", "challenger": place / "model.txt"}
    assert run(tmp_path, tmp_path / "month.html", *asked, **models).exit_code == 5
    answer = json.loads((tmp_path / "month.alarms.json").read_bytes())
    assert answer["rings"] is True
    assert first in {alarm["about"] for alarm in answer["alarms"]}
    assert run(place, tmp_path / "calm.html", *asked, **models).exit_code == 0
    assert json.loads((tmp_path / "calm.alarms.json").read_bytes())["rings"] is False


def test_a_job_file_sets_the_options_and_the_line_rules(place, tmp_path):
    (tmp_path / "job.toml").write_text(
        f"""[review]
champion = "{place / "model.txt"}"
challenger = "{place / "small.txt"}"
data = "{place / "rows.parquet"}"
protected = ["sex"]
time = "when"
since = "2024-06-01"
output = "pages-{{since}}.html"
"""
    )
    run_job = ["--quiet", "review", "--job", str(tmp_path / "job.toml")]
    done = CliRunner().invoke(cli, run_job)
    assert done.exit_code in (0, 5), done.output
    answer = json.loads((tmp_path / "pages-2024-06-01.alarms.json").read_bytes())
    assert answer["since"] == "2024-06-01"
    assert CliRunner().invoke(cli, [*run_job, "--output", str(tmp_path / "own.html")]).exit_code in (0, 5)
    assert (tmp_path / "own.json").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[review]\nchampoin = 'a'", "champoin is not an option of review"),
        ("[other]\na = 1", "must have the table"),
        ("[review", "must be a TOML"),
    ],
)
def test_a_job_file_that_is_none_is_refused_in_one_line(tmp_path, text, said):
    (tmp_path / "job.toml").write_text(text)
    refused = CliRunner().invoke(cli, ["review", "--job", str(tmp_path / "job.toml")])
    assert isinstance(refused.exception, RiskModelError)
    assert said in str(refused.exception)


def test_the_shipped_job_sets_options_that_there_are():
    import tomllib
    from pathlib import Path

    from riskmodel.cli.commands.review import review

    names = {option.opts[0] for option in review.params}
    assert {f"--{key}" for key in tomllib.loads(Path("pipelines/monitor.toml").read_text())["review"]} <= names


def test_the_worst_case_is_replayed_and_further_applications_are_recorded(place, tmp_path):
    asked = ["--target", "default", "--worst-case", "--unlabelled", str(place / "rows.parquet")]
    done = run(place, tmp_path / "a.html", *asked)
    assert done.exit_code == 0, done.output
    answer = json.loads((tmp_path / "a.json").read_bytes())
    assert answer["record"]["unlabelled"]["file"] == "rows.parquet"
    worst = next(entry for entry in answer["evidence"] if entry["id"] == "change.worst_case")
    lines = {row[0]: row[1] for row in worst["tables"][0]["rows"]}
    assert worst["value"] <= worst["high"] == lines["bound on the change of a margin"]
    assert lines["the same, by the native libraries"] == pytest.approx(lines["change of the witness"], abs=1e-5)
