"""What `riskmodel check` prints: columns, samples, suspects with what they wait for, and the lines to paste."""

import io
import json
import tomllib

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from riskmodel.cli.render import check as render
from riskmodel.datasets import synthetic
from riskmodel.workflows import check
from riskmodel.workflows.progress import Stages

TOML = """
name = "run"
[data]
path = "loans.parquet"
target = "default"
id = "loan_id"
time = "vintage"
ignore = ["true_pd"]
categorical = ["group", "employment", "purpose"]
{kept}
[policy]
approval_rate = 0.8
grade_edges = [0.05, 0.2]
[[scorers]]
name = "scorecard"
kind = "scorecard"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Loans with a copy of the outcome among the features."""
    place = tmp_path_factory.mktemp("check")
    loans = synthetic.portfolio(2500, seed=4)
    loans = loans.append_column("paid [back]", loans["default"].cast("float64"))
    pq.write_table(loans, place / "loans.parquet")
    return place


def checked(folder, kept=""):
    (folder / "run.toml").write_text(TOML.format(kept=kept))
    return check.check(folder / "run.toml", Stages())


def printed(result):
    console = Console(width=100, record=True, file=io.StringIO())
    render.summary(result, console)
    return console.export_text()


def test_what_waits_is_told_with_the_lines_to_paste(folder):
    text = printed(checked(folder))
    assert "blocks paid [back]: " in text
    assert "Training waits for an answer" in text
    assert "Training would go on." not in text
    line = next(line for line in text.splitlines() if line.startswith("  ignore = "))
    assert tomllib.loads(line)["ignore"] == ["true_pd", "paid [back]"]
    kept = next(line for line in text.splitlines() if '= "why it stays"' in line)
    assert tomllib.loads(kept) == {"paid [back]": "why it stays"}


def test_a_reason_lets_it_go_on_and_stands_beside_the_suspect(folder):
    text = printed(checked(folder, '[data.kept]\n"paid [back]" = "known at application"'))
    assert "; kept: known at application" in text
    assert "Training would go on." in text


def test_samples_and_columns_stand_with_their_numbers(folder):
    result = checked(folder)
    lines = printed(result).splitlines()
    for name, sizes in result.facts["samples"].items():
        row = next(line.split() for line in lines if line.split()[:1] == [name])
        assert row[1:3] == [f"{sizes['rows']:,}", f"{sizes['bads']:,}"]
    assert any(line.split()[0] == "categorical" and line.split()[1] == "3:" for line in lines if line.strip())


def test_a_program_reads_whether_training_would_go_on(folder):
    answer = json.loads(render.as_json(checked(folder)))
    assert answer["goes_on"] is False
    assert answer["unanswered"] == ["paid [back]"]
    assert answer["rows"] == 2500
    assert {column["name"] for column in answer["columns"]} >= {"loan_id", "vintage", "default"}
