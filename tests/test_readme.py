"""Every command and every example in the README is run."""

import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import lightgbm
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from riskmodel import compression, config, pruning
from riskmodel.datasets import synthetic

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [line.split("#")[0].strip() for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]


def example(kind: str) -> str:
    """The one block of a language."""
    [text] = [text for language, text in BLOCKS if language == kind]
    return text


def run(folder: Path, command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **more}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_every_command_is_one_that_is_run_here():
    assert [c.split()[:2] for c in COMMANDS] == [
        ["make", "run"], ["make", "test"], ["riskmodel", "init"], ["riskmodel", "check"], ["riskmodel", "train"],
        ["riskmodel", "synth"], ["riskmodel", "data"], ["riskmodel", "score"], ["riskmodel", "prune"],
        ["riskmodel", "review"], ["riskmodel", "sign"], ["riskmodel", "score"], ["riskmodel", "ui"],
        ["riskmodel", "promote"], ["riskmodel", "promote"], ["riskmodel", "promote"],
        ["riskmodel", "rollback"], ["riskmodel", "score"], ["riskmodel", "serve"],
    ]  # fmt: skip


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("make")])
def test_make_knows_its_targets(command):
    """CI runs both in full; here make tells what it would do."""
    told = run(ROOT, [*command.split(), "--dry-run"])
    assert told.returncode == 0, told.stderr
    assert "riskmodel train pipelines/taiwan.toml" in told.stdout or "pytest" in told.stdout


def test_every_step_of_a_recipe_is_one():
    found = re.findall(r"`(steps = \[.*?\])`", README, flags=re.DOTALL)
    assert len(found) == 2
    for text in found:
        for step in tomllib.loads(text.replace("\n", " "))["steps"]:
            entry = config.Step.model_validate(step)
            maker = pruning if entry.pruner else compression
            assert maker.make(entry.pruner or entry.compressor, entry.options)


@pytest.mark.slow
def test_training_scoring_and_the_pages_work_as_written(tmp_path):
    table = synthetic.portfolio(4000, seed=8)
    pq.write_table(table, tmp_path / "loans.parquet")
    pa_csv.write_csv(table.drop_columns(["default", "true_pd"]).slice(0, 300), tmp_path / "applications.csv")
    (tmp_path / "loans.toml").write_text(example("toml"))
    commands = [shlex.split(c) for c in COMMANDS if c.startswith("riskmodel")]
    ui, serve = (commands.pop([c[1] for c in commands].index(name)) for name in ("ui", "serve"))
    program = str(Path(sys.executable).parent / "riskmodel")
    _model(synthetic.portfolio(20_000, seed=9), tmp_path)
    for command in commands:
        done = run(tmp_path, [program, *command[1:]])
        assert done.returncode == 0, done.stderr
    assert "[data.protected]" in (tmp_path / "proposed.toml").read_text()
    assert (tmp_path / "portfolio/run.toml").is_file()
    assert (tmp_path / "reports/loans/review.html").stat().st_size > 1e5
    assert len(pq.read_table(tmp_path / "scored/part-00000.parquet")) == 300
    first = "part-00000.parquet"
    assert pq.read_table(tmp_path / "registered" / first).equals(pq.read_table(tmp_path / "scored" / first))
    assert (tmp_path / "change.html").stat().st_size > 1e5
    assert lightgbm.Booster(model_file=tmp_path / "small.txt").num_trees() > 0
    for command, page in (([*ui[1:], "--port", "5917"], ":5917"), ([*serve[1:-1], "5918"], ":5918/readyz")):
        pages = subprocess.Popen([program, *command], cwd=tmp_path, start_new_session=True)
        try:
            assert _answers(f"http://127.0.0.1{page}")
        finally:
            os.killpg(pages.pid, 9)


def _model(table, folder: Path) -> None:
    """A LightGBM file as somebody else would have trained it, and rows that it has not seen."""
    whole = table.to_pandas()
    known = whole[["income", "savings", "debt_to_income", "utilisation", "inquiries", "default"]]
    features = known.drop(columns="default")[:2000]
    data = lightgbm.Dataset(features, known["default"][:2000])
    booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, data, 40)
    booster.save_model(folder / "model.txt")
    known[2000:].to_parquet(folder / "labelled.parquet")


def _answers(address: str) -> bool:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
                return answer.status == 200
        except OSError:
            time.sleep(0.5)
    return False


def test_every_scorer_pruner_and_compressor_is_named():
    from riskmodel import compression, pruning, scorers

    for name in (*scorers.names(), *pruning.names(), *compression.names()):
        assert f"`{name}`" in README, name


def test_links_lead_somewhere():
    for link in re.findall(r"\]\(((?!http)[^)]+)\)", README):
        assert (ROOT / link).exists(), link
