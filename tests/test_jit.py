"""Compiled functions where numba would rather not compile at all."""

import os
import subprocess
import sys

import numba

from riskmodel.jit import jitted


def twice(number):
    return 2 * number


def test_without_a_place_on_disk_a_function_is_compiled_for_the_process(monkeypatch):
    monkeypatch.setattr(numba.core.caching.CacheImpl, "_locator_classes", [])
    assert jitted(nogil=True)(twice)(4) == 8


def test_with_a_place_it_is_kept_there(monkeypatch, tmp_path):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert jitted()(twice)(1.5) == 3.0
    assert list(tmp_path.rglob("*.nbc"))


COMPILED = """
from riskmodel.trees.traversal import is_listed
import numpy as np
is_listed(3.0, np.array([8], np.uint32), False)
print(sum(is_listed.stats.cache_misses.values()))
"""


def test_what_is_kept_for_one_processor_is_compiled_anew_on_another(tmp_path):
    for cpu, compiled in (("", True), ("", False), ("nehalem", True), ("nehalem", False), ("", False)):
        settings = {"NUMBA_CACHE_DIR": str(tmp_path)}
        if cpu:
            settings |= {"NUMBA_CPU_NAME": cpu, "NUMBA_CPU_FEATURES": ""}
        command = [sys.executable, "-c", COMPILED]
        done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
        assert (int(done.stdout) > 0) == compiled, cpu
