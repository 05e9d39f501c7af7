"""SIGKILL at random instants: what stands there is whole, and the next run ends with the same bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from batch.books import applications, packed

from riskmodel import bundle
from riskmodel.config import Scoring


def killed(fitted, tmp_path, trials, seed):
    (tmp_path / "book").mkdir()
    for i in range(15):
        pq.write_table(applications(100, i, first=100 * i), tmp_path / "book" / f"{i:02d}.parquet")
    bundle.save(packed(fitted("scorecard"), scoring=Scoring(out_of_range="quarantine")), tmp_path / "model")
    folder = Path(__file__).parent
    command = [sys.executable, folder / "killed.py", tmp_path / "model", tmp_path / "book", tmp_path / "out"]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder.parent}{os.pathsep}{folder.parents[1]}",
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [*command, str(trials), str(seed)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert len(data) == trials
    assert [fault for trial in data for fault in trial["faults"]] == []


def test_killed_at_any_instant_it_goes_on_to_the_same_bytes(fitted, tmp_path):
    killed(fitted, tmp_path, 10, seed=1)


@pytest.mark.slow
@pytest.mark.ci
def test_killed_at_many_more_instants_it_goes_on_to_the_same_bytes(fitted, tmp_path):
    killed(fitted, tmp_path, 50, seed=2)
