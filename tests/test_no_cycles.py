"""No module imports, by any detour, what imports it: imports for types alone and inside functions count."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def order(imports):
    """Modules, each after those that it imports. Raises: CycleError."""
    return list(TopologicalSorter(imports).static_order())


def test_no_module_imports_what_imports_it():
    graph = grimp.build_graph("riskmodel", exclude_type_checking_imports=False, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(order(imports)) == len(imports) > 300


@pytest.mark.parametrize(
    "statement",
    [
        "import toy.a",
        "def late():\n    from toy import a",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from toy.a import A",
    ],
)
def test_a_cycle_is_seen_however_it_is_imported(statement, tmp_path, monkeypatch):
    (tmp_path / "toy").mkdir()
    files = {"__init__": "", "a": "from toy.b import B\nclass A: ...", "b": f"{statement}\nclass B: ..."}
    for name, text in files.items():
        (tmp_path / "toy" / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    graph = grimp.build_graph("toy", exclude_type_checking_imports=False, cache_dir=None)
    with pytest.raises(CycleError, match=r"toy\.[ab]"):
        order({module: graph.find_modules_directly_imported_by(module) for module in graph.modules})
