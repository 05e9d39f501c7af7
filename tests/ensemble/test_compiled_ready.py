"""Kernels where nothing may be kept on disk, where several processes start at once, and on a lesser processor."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.ensemble.compiled import compile_trees, kernels, ready, vectors

SCORES = """
import sys
sys.path.insert(0, "tests")
from random_trees import random_ensemble, trying
from riskmodel.ensemble.compiled import compile_trees
ensemble = random_ensemble(11, "lightgbm", trees=8)
rows, compiled = trying(ensemble, 300), compile_trees(ensemble)
sys.stdout.buffer.write(compiled.margins(rows).tobytes() + compiled.margins(rows[:9]).tobytes())
"""


def started(folder, **environment):
    settings = {**os.environ, "NUMBA_CACHE_DIR": str(folder), **environment}
    return subprocess.Popen([sys.executable, "-c", SCORES], env=settings, stdout=subprocess.PIPE)


def assert_right(process):
    ensemble = random_ensemble(11, "lightgbm", trees=8)
    wanted = ensemble.margins(trying(ensemble, 300))
    assert process.communicate(timeout=120)[0] == wanted.tobytes() + wanted[:9].tobytes()


@pytest.mark.slow
def test_processes_that_start_at_once_share_a_folder_and_later_ones_find_it_full(tmp_path):
    for process in [started(tmp_path) for _ in range(2)]:
        assert_right(process)
    kept = {path.name for path in tmp_path.rglob("kernels.*.nbc")}
    assert {name.split("-")[0] for name in kept} == {"kernels.blocks", "kernels.one_by_one"}
    assert not list(tmp_path.rglob("*.tmp*"))


@pytest.mark.slow
def test_a_processor_without_wide_vectors_gives_the_same(tmp_path):
    assert_right(started(tmp_path, NUMBA_CPU_NAME="generic"))


def no_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(numba.core.caching.CacheImpl, "_locator_classes", [])


def full_disk(monkeypatch, tmp_path):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(numba.core.caching.IndexDataCacheFile, "save", full)


def cut_short(monkeypatch, tmp_path):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    numba.njit(numba.int64(numba.int64), cache=True)(one_more)
    monkeypatch.setattr(ready.kernels, "one_by_one", one_more)
    monkeypatch.setattr(ready.kernels, "SIGNATURE", numba.int64(numba.int64))
    for path in tmp_path.rglob("*.nbi"):
        path.write_bytes(path.read_bytes()[:-20])


def one_more(number):
    return number + 1


@pytest.mark.parametrize("spoil", [no_folder, full_disk])
def test_without_a_place_on_disk_kernels_are_compiled_for_the_process(spoil, monkeypatch, tmp_path):
    spoil(monkeypatch, tmp_path)
    ensemble = random_ensemble(12, "xgboost")
    rows, compiled = trying(ensemble, 20), compile_trees(ensemble)
    kernel, margins = ready._compiled(kernels.one_by_one), np.empty(20)
    kernel(compiled.form, compiled.bounds, compiled.intercept, rows, np.empty(compiled._scratch, np.uint8), margins)
    np.testing.assert_array_equal(margins, ensemble.margins(rows))


def test_a_file_cut_short_is_not_believed(monkeypatch, tmp_path):
    cut_short(monkeypatch, tmp_path)
    assert ready._compiled(one_more)(4) == 5


def test_kernels_are_compiled_anew_when_their_vectors_change():
    content = Path(vectors.__file__).read_bytes()
    assert hashlib.sha256(content).hexdigest()[:16] == kernels.VECTORS, "write the new hash into kernels.py"
