"""Every block of the README is run as it stands, in order, in one folder."""

import re
import subprocess

import lightgbm
import pyarrow.parquet as pq
import pytest
from documented import ROOT, blocks, commands, run

README = (ROOT / "README.md").read_text()


def test_it_is_short():
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("command", [c for c in commands("README.md") if c.startswith("make")])
def test_make_knows_its_targets(command):
    """CI runs both in full; here make tells what it would do."""
    output = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert output.returncode == 0, output.stderr
    assert "riskmodel train pipelines/taiwan.toml" in output.stdout or "pytest" in output.stdout


@pytest.mark.slow
def test_every_block_runs_in_order(tmp_path):
    for block in blocks("README.md"):
        run(tmp_path, block)
    assert (tmp_path / "reports/synthetic/review.html").stat().st_size > 1e5
    assert len(pq.read_table(tmp_path / "scored/part-00000.parquet")) == 12_000
    assert lightgbm.Booster(model_file=tmp_path / "small.txt").num_trees() > 0
    assert (tmp_path / "change.html").stat().st_size > 1e5


def test_links_lead_somewhere():
    for link in re.findall(r"\]\(((?!http)[^)#]+)\)", README):
        assert (ROOT / link).exists(), link
