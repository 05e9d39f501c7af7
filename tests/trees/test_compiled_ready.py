"""Kernels where nothing may be kept on disk, where several processes start at once, and on a lesser processor."""

import os
import subprocess
import sys

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.trees.compiled import compile_trees, kernel_cache, machine_code

SCORES = """
import sys
sys.path.insert(0, "tests")
from random_trees import random_ensemble, trying
from riskmodel.trees.compiled import compile_trees
ensemble = random_ensemble(11, "lightgbm", trees=8)
rows, compiled = trying(ensemble, 300), compile_trees(ensemble)
sys.stdout.buffer.write(compiled.margins(rows).tobytes() + compiled.margins(rows[:9]).tobytes())
sys.stderr.write(str("numba" in sys.modules))
"""


def started(folder, **environment):
    settings = {**os.environ, "NUMBA_CACHE_DIR": str(folder), **environment}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", SCORES], env=settings, stdout=pipe, stderr=pipe)


def assert_right(process):
    """Scores as the plain walk does; returns whether numba was loaded."""
    ensemble = random_ensemble(11, "lightgbm", trees=8)
    wanted = ensemble.margins(trying(ensemble, 300))
    out, err = process.communicate(timeout=120)
    assert out == wanted.tobytes() + wanted[:9].tobytes()
    return err == b"True"


@pytest.mark.slow
def test_processes_that_start_at_once_share_a_folder_and_a_later_one_needs_no_numba(tmp_path):
    for process in [started(tmp_path) for _ in range(2)]:
        assert_right(process)
    assert {path.name.split("-")[0] for path in (tmp_path / "riskmodel").iterdir()} == {"blocks", "one_by_one"}
    assert not assert_right(started(tmp_path))


@pytest.mark.slow
def test_a_processor_without_wide_vectors_gives_the_same(tmp_path):
    assert assert_right(started(tmp_path, NUMBA_CPU_NAME="generic"))


@pytest.fixture(scope="module")
def code():
    """The object file of the shorter kernel."""
    return machine_code.code("one_by_one")


@pytest.fixture
def folder(tmp_path, monkeypatch, code):
    """An empty cache; to compile is told in `compiled`, and done only once for all tests."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(kernel_cache, "compiled", [], raising=False)
    monkeypatch.setattr(machine_code, "code", lambda name: kernel_cache.compiled.append(name) or code)
    return tmp_path / "riskmodel"


def scores(kernel):
    ensemble = random_ensemble(12, "xgboost")
    rows, compiled, margins = trying(ensemble, 20), compile_trees(ensemble), np.empty(20)
    kernel(compiled.form, compiled.bounds, compiled.intercept, rows, np.empty(compiled._scratch, np.uint8), margins)
    np.testing.assert_array_equal(margins, ensemble.margins(rows))


def test_a_kernel_is_compiled_once_and_kept_for_its_user_alone(folder):
    for _ in range(2):
        scores(kernel_cache._ready("one_by_one"))
    assert kernel_cache.compiled == ["one_by_one"]
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.suffix for path in folder.iterdir()] == [".o"]


@pytest.mark.parametrize("at", [0, 40, -1])
@pytest.mark.parametrize("cut", [True, False])
def test_a_file_that_is_damaged_is_not_believed_and_is_made_anew(folder, at, cut):
    kernel_cache._ready("one_by_one")
    [path] = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:at] if cut else whole[:at] + bytes([whole[at] ^ 1]) + (whole[at:][1:]))
    scores(kernel_cache._ready("one_by_one"))
    assert kernel_cache.compiled == ["one_by_one"] * 2
    assert path.read_bytes() == whole


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_not_believed(folder, mode):
    kernel_cache._ready("one_by_one")
    [kept] = folder.iterdir()
    kept.chmod(mode)
    scores(kernel_cache._ready("one_by_one"))
    assert kernel_cache.compiled == ["one_by_one"] * 2
    assert kept.stat().st_mode & 0o777 == 0o600


def test_where_no_folder_may_be_written_it_is_compiled_for_the_process(folder, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/dev/null/nowhere")
    scores(kernel_cache._ready("one_by_one"))
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("pathlib.Path.home", no_home)
    scores(kernel_cache._ready("one_by_one"))
    assert not folder.exists()


def no_home():
    raise RuntimeError("Could not determine home directory.")


def test_a_full_disk_leaves_nothing_behind(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    scores(kernel_cache._ready("one_by_one"))
    assert list(folder.iterdir()) == []


def test_code_that_would_call_other_code_is_left_to_numba(folder, monkeypatch):
    def calls(name):
        raise machine_code.NotAlone(name)

    monkeypatch.setattr(machine_code, "code", calls)
    monkeypatch.setattr(machine_code, "here", lambda name: f"numba's own {name}")
    assert kernel_cache._ready("blocks") == "numba's own blocks"
    assert not folder.exists()


@pytest.mark.parametrize("what", ["text", "version", "processor"])
def test_another_text_version_or_processor_is_another_file(monkeypatch, what):
    before = kernel_cache._made_from.__wrapped__()
    assert kernel_cache._made_from.__wrapped__() == before
    if what == "text":
        monkeypatch.setattr(kernel_cache, "_SOURCES", kernel_cache._SOURCES[:-1])
    elif what == "version":
        monkeypatch.setattr(kernel_cache, "version", lambda library: f"{library} 99")
    else:
        monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert kernel_cache._made_from.__wrapped__() != before


def test_kernels_that_are_carried_to_another_processor_are_compiled_anew_there(folder, monkeypatch):
    kernel_cache._ready("one_by_one")
    [kept] = folder.iterdir()
    monkeypatch.setattr(kernel_cache, "_made_from", kernel_cache._made_from.__wrapped__)  # of this test alone
    monkeypatch.setattr(kernel_cache.binding, "get_host_cpu_name", lambda: "znver3")
    for _ in range(2):
        scores(kernel_cache._ready("one_by_one"))
    assert kernel_cache.compiled == ["one_by_one"] * 2
    assert kept in folder.iterdir()
    assert len(list(folder.iterdir())) == 2
