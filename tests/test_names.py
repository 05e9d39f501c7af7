"""One name, one meaning: no public class of the package is called as another one is."""

import ast
from collections import Counter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "riskmodel"


def test_no_public_class_name_stands_twice():
    trees = [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")]
    names = Counter(node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
    assert sum(names.values()) > 100
    assert not sorted(name for name, times in names.items() if times > 1 and not name.startswith("_"))
