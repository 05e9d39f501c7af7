"""A job's TOML makes defaults of its keys: paths beside it, months by the calendar; the command line rules."""

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from riskmodel.cli.job_file import JOB
from riskmodel.cli.options import MODEL_PLACE, PLACE
from riskmodel.errors import ConfigError


@click.command("review")
@JOB
@click.option("--data", type=PLACE)
@click.option("--model", type=MODEL_PLACE)
@click.option("--output", type=PLACE)
@click.option("--since")
@click.option("--columns")
@click.option("--null", "nulls", multiple=True)
@click.option("--least", type=int, default=7)
def command(**given):
    """Prints what it is given, a line each."""
    for name, value in given.items():
        click.echo(f"{name}={value}")


def run(folder, text, *arguments):
    (folder / "job.toml").write_text(text)
    outcome = CliRunner().invoke(command, ["--job", str(folder / "job.toml"), *arguments])
    if outcome.exception and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return dict(line.split("=", 1) for line in outcome.output.splitlines())


def test_paths_lie_beside_the_toml_and_addresses_stay(tmp_path):
    given = run(tmp_path, '[review]\ndata = "a.csv"\nmodel = "models:/pd/3"\nleast = 9\n')
    assert (given["data"], given["model"], given["least"]) == (str(tmp_path / "a.csv"), "models:/pd/3", "9")
    assert run(tmp_path, '[review]\nmodel = "bundle"\n')["model"] == str(tmp_path / "bundle")
    assert run(tmp_path, '[review]\ndata = "/abs/a.csv"\n')["data"] == "/abs/a.csv"


def test_what_the_line_says_rules(tmp_path):
    given = run(tmp_path, "[review]\nleast = 9\n", "--least", "3")
    assert given["least"] == "3"
    assert run(tmp_path, "[review]\n")["least"] == "7"


def test_lists_are_several_options_or_one_text(tmp_path):
    given = run(tmp_path, '[review]\nnull = ["NA", "-"]\ncolumns = ["a", "b"]\n')
    assert (given["nulls"], given["columns"]) == ("('NA', '-')", "a,b")


def test_this_month_is_its_first_day_also_in_the_name_of_the_output(tmp_path):
    before = datetime.now(UTC).date()
    given = run(tmp_path, '[review]\nsince = "this month"\noutput = "review-{since}"\n')
    assert given["since"] in {day.replace(day=1).isoformat() for day in (before, datetime.now(UTC).date())}
    assert Path(given["output"]) == tmp_path / f"review-{given['since']}"
    given = run(tmp_path, '[review]\nsince = 2025-03-02\noutput = "review-{since}"\n')
    assert given["output"] == str(tmp_path / "review-2025-03-02")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[review]\nspeed = 1\n", "speed is not an option of review, however: it is set"),
        ('[review]\njob = "b.toml"\n', "job is not an option of review"),
        ("[other]\n", r"must have the table \[review\] alone, however: other"),
        ("", r"must have the table \[review\] alone, however: nothing"),
        ("review = 1\n", r"must have the table \[review\] alone"),
        ("[review]\n[more]\n", r"must have the table \[review\] alone"),
        ("[review", "must be a TOML that can be read"),
    ],
)
def test_what_is_no_job_is_refused(text, message, tmp_path):
    with pytest.raises(ConfigError, match=message):
        run(tmp_path, text)
    with pytest.raises(ConfigError, match="must be a TOML that can be read, however"):
        CliRunner().invoke(command, ["--job", str(tmp_path / "none.toml")], catch_exceptions=False)
