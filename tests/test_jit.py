"""Compiled functions where numba would rather not compile at all."""

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
