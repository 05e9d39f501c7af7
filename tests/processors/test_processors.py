"""What is equal on every processor: bits where sums have a fixed order, PDs within rounding elsewhere, decisions."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from processors.settings import HASWELL, environment, why_no_haswell, why_not
from samples import drawn

WORKER = str(Path(__file__).with_name("worker.py"))
FIXED = ("lgbm", "xgb", "scorecard", "simple", "blend")
INT8 = ("int8_dynamic-wide", "int8_static-wide")
CUTOFFS = (0.25, 0.3)
LAST_BIT = 2.0**-52  # of a PD: the C library's exponential has another last bit where it cannot fuse

another = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
emulated = pytest.mark.skipif(why_no_haswell() is not None, reason=str(why_no_haswell()))


def run(task, folder, setting, before=()):
    command = [*before, sys.executable, WORKER, task, str(folder), setting.replace(" ", "_")]
    done = subprocess.run(command, env=environment(setting), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(np.load(folder / f"{setting.replace(' ', '_')}.npz"))


@pytest.fixture(scope="module")
def maker(tmp_path_factory):
    """Folders of bundles by the setting that they were made in; each is made once."""
    done = {}

    def of(setting):
        if setting not in done:
            folder = tmp_path_factory.mktemp("bundles")
            np.save(folder / "rows.npy", drawn(3000, 11).matrix)
            done[setting] = folder, run("make", folder, setting)
        return done[setting]

    return of


@another
@pytest.mark.parametrize(("there", "here"), [("as it is", "weakest"), ("weakest", "AVX2")])
def test_a_bundle_says_the_same_where_it_was_made_and_elsewhere(maker, there, here):
    folder, before = maker(there)
    after = run("open", folder, here)
    assert before.keys() == after.keys()
    for name in (key.removesuffix(" pd") for key in before if key.endswith(" pd")):
        apart = np.abs(after[f"{name} pd"] - before[f"{name} pd"])
        assert apart.max() <= before[f"{name} tolerance"], name
        if name not in INT8:
            for cutoff in CUTOFFS:
                np.testing.assert_array_equal(after[f"{name} pd"] >= cutoff, before[f"{name} pd"] >= cutoff, name)
    for name in FIXED:
        assert after[f"{name} margin"].tobytes() == before[f"{name} margin"].tobytes(), name
        assert np.abs(after[f"{name} pd"] - before[f"{name} pd"]).max() <= LAST_BIT, name
    for name in ("lgbm shap", "xgb shap"):
        assert after[name].tobytes() == before[name].tobytes(), name


@emulated
def test_eight_bits_mean_the_same_without_instructions_for_them(maker, tmp_path):
    folder, _ = maker("as it is")
    np.save(tmp_path / "rows.npy", drawn(400, 12).matrix)
    for name in INT8:
        shutil.copytree(folder / name, tmp_path / name)
    before, after = run("open", tmp_path, "as it is"), run("open", tmp_path, "as it is", HASWELL)
    for name in INT8:
        apart = np.abs(after[f"{name} pd"] - before[f"{name} pd"])
        assert apart.max() <= 1e-3, name  # a step of one sum, where rounding turns


def test_the_settings_leave_nothing_of_their_own_in_this_process():
    assert "GLIBC_TUNABLES" in environment("weakest")
    assert environment("as it is")["PATH"] == os.environ["PATH"]
