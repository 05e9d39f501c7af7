"""What `riskmodel init` prints: the outcome, every guess with its reason, where the file lies."""

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from rich.console import Console

from riskmodel.cli.render import init
from riskmodel.core import Role
from riskmodel.datasets.profiling import profile


def table(extra=0):
    draw = np.random.default_rng(2)
    columns = {
        "app_id": np.arange(700),
        "[bold]": draw.normal(size=700),
        "region": draw.choice(["north", "south", "west"], 700),
        "limit": np.where(np.arange(700) % 9 == 0, 365243, draw.integers(100, 900, 700)),
        "default": draw.random(700) < 0.2,
    }
    for number in range(extra):
        columns[f"level_{number}"] = draw.choice(["a", "b"], 700)
    return pa.table(columns)


def printed(proposal):
    console = Console(width=110, record=True, file=io.StringIO())
    init.summary(proposal, Path("loans.toml"), console)
    return console.export_text()


def test_every_guess_has_its_reason_and_plain_numbers_are_left_out():
    text = printed(profile(table(), "default"))
    assert "700 rows" in text
    line = next(line for line in text.splitlines() if line.split()[:1] == ["limit"])
    assert "365243" in line
    assert "categorical" in next(line for line in text.splitlines() if line.split()[:1] == ["region"])
    assert "[bold]" not in text
    assert "Written: loans.toml" in text


def test_many_guesses_are_counted_not_printed():
    text = printed(profile(table(extra=45), "default"))
    assert "more columns, all in the file" in text
    assert text.count("level_") < 45


@pytest.mark.parametrize("name", ["app_id", "region", "limit"])
def test_a_program_reads_every_column(name):
    profiled = profile(table(), "default")
    answer = json.loads(init.as_json(profiled, Path("loans.toml")))
    [column] = [one for one in answer["columns"] if one["name"] == name]
    [known] = [one for one in profiled.columns if one.name == name]
    assert column["role"] == init.role_of(known)
    assert column["distinct"] == known.distinct
    assert answer["target"]["bads"] == int(np.asarray(table()["default"]).sum())


def test_a_column_without_a_role_is_ignored():
    roles = {"region": Role.TIME}
    assert init.role_of(next(one for one in profile(table(), "default").columns if one.name == "app_id")) == "id"
    assert (
        init.role_of(next(one for one in profile(table(), "default", roles).columns if one.name == "region")) == "time"
    )
