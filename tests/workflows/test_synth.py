"""`riskmodel synth` from the user's side."""

import hashlib
import json

import pyarrow.parquet as pq
import pytest

from riskmodel import config, tables
from riskmodel.datasets import synthetic
from riskmodel.datasets.synthetic import BLOCK, World
from riskmodel.workflows import synth as job
from riskmodel.workflows.progress import Stages

ROWS = 2 * BLOCK + 500


@pytest.fixture
def riskmodel(riskmodel):
    """Runs `riskmodel synth`; gives back exit code, standard output and error output."""
    return lambda *arguments: riskmodel("--quiet", "synth", *arguments)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_portfolio_is_parts_a_toml_a_readme_and_facts(riskmodel, tmp_path):
    folder = tmp_path / "new" / "loans"
    code, out, err = riskmodel("--rows", "2e3", "--out", folder, "--features", 23, "--gap", 0.5, "--seed", 7, "--json")
    assert (code, err) == (0, "")
    assert sorted(contents(folder)) == ["README.md", "facts.json", "loans/part-00000.parquet", "run.toml"]
    world = World(23, gap=0.5)
    assert tables.read(folder / "loans").equals(synthetic.portfolio(2000, 7, world))
    facts = json.loads(out)
    assert facts == json.loads((folder / "facts.json").read_text())
    assert (facts["rows"], facts["seed"], facts["world"]) == (2000, 7, vars(world))
    assert [path.name for path in folder.parent.iterdir()] == ["loans"]


def test_its_toml_reads_the_table_beside_it(riskmodel, tmp_path):
    assert riskmodel("--rows", 500, "--out", tmp_path / "p", "--leak", "--noise", 0.1, "--returning", 0.2)[0] == 0
    run, _ = config.read(tmp_path / "p" / "run.toml")
    whole = tables.read(tmp_path / "p" / run.data.path, run.data.sha256)
    named = [run.data.target, run.data.id, run.data.time, run.data.borrower, run.data.amount]
    assert {*named, *run.data.ignore, *run.data.categorical, *run.data.protected} <= set(whole.column_names)


def test_the_same_command_gives_the_same_bytes_and_any_parts_the_same_rows(tmp_path, monkeypatch):
    world = World(23, duplicates=0.1, noise=0.05)
    for name in ("one", "two"):
        job.synth(ROWS, 3, world, tmp_path / name, Stages())
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    monkeypatch.setattr(job, "BLOCKS", 1)
    job.synth(ROWS, 3, world, tmp_path / "three", Stages())
    assert len(list((tmp_path / "three" / "loans").iterdir())) == 3
    whole, parts = (tables.read(tmp_path / name / "loans") for name in ("one", "three"))
    assert whole.equals(parts)


def test_one_part_at_a_time_is_drawn(tmp_path, monkeypatch):
    messages = []
    monkeypatch.setattr(job, "BLOCKS", 1)
    monkeypatch.setattr(
        pq, "write_table", lambda made, path, of=pq.write_table, **how: messages.append("w") or of(made, path, **how)
    )
    blocks = (messages.append("d") or block for block in synthetic.batches(ROWS, 0))
    monkeypatch.setattr(job, "batches", lambda *_: blocks)
    job.synth(ROWS, 0, World(), tmp_path / "p", Stages())
    assert "".join(messages) == "dwdwdw"


def test_a_target_rate_and_a_person_s_summary(riskmodel, tmp_path):
    code, out, _ = riskmodel("--rows", 20_000, "--out", tmp_path / "p", "--target-rate", 0.05)
    assert code == 0
    assert "20,000 loans" in out
    assert f"riskmodel train {tmp_path / 'p' / 'run.toml'}" in out
    assert json.loads((tmp_path / "p" / "facts.json").read_text())["mean_true_pd"] == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--rows", "0"], 2, "whole number of at least 1"),
        (["--rows", "1.5"], 2, "whole number of at least 1"),
        (["--rows", "many"], 2, "however: many"),
        (["--rows", "inf"], 2, "however: inf"),
        (["--rows", "10", "--features", "50"], 1, "features must be in [12, 40], however: 50"),
        (["--rows", "10", "--noise", "0.7"], 1, "noise must be in [0, 0.4], however: 0.7"),
        (["--rows", "10", "--target-rate", "1"], 1, "target rate must be in [0.0005, 0.9], however: 1"),
    ],
)
def test_bad_input_is_told_and_leaves_nothing(riskmodel, tmp_path, arguments, code, message):
    got, out, err = riskmodel(*arguments, "--out", tmp_path / "p")
    assert (got, out) == (code, "")
    assert message in " ".join(err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(riskmodel, tmp_path):
    (tmp_path / "p").mkdir()
    code, _, err = riskmodel("--rows", 10, "--out", tmp_path / "p")
    assert (code, err) == (1, f"riskmodel: {tmp_path / 'p'}: must not exist yet, however: it does\n")


def test_no_space_left_is_told_and_leaves_nothing(riskmodel, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    code, _, err = riskmodel("--rows", 10, "--out", tmp_path / "p")
    assert (code, err) == (1, f"riskmodel: {tmp_path / 'p'}: No space left on device\n")
    assert list(tmp_path.iterdir()) == []
