"""Brings a document of XGBoost 1.0 to 1.5 up to the layout of 1.6, which every later version loads.

Versions before 1.6 left out what they did not have yet: types of splits and sets of categories (1.0 to 1.4), the number
of trees that grow side by side. They spelt a direction as true or false.
"""

from __future__ import annotations

from typing import Any

FIRST = (1, 6, 0)  # whose layout is what is written here
_SETS = ("categories", "categories_nodes", "categories_segments", "categories_sizes")


def bring_up(document: dict[str, Any]) -> None:
    """Fills in what is missing, in place; a document of 1.6 or later stays as it is."""
    version = document.get("version", list(FIRST))
    if tuple(version) >= FIRST:
        return
    learner = document["learner"]
    booster = learner["gradient_booster"]
    model = (booster["gbtree"] if booster["name"] == "dart" else booster)["model"]
    model["gbtree_model_param"].setdefault("num_parallel_tree", "1")
    for tree in model["trees"]:
        _bring_up(tree)
    learner.setdefault("attributes", {})
    document["version"] = list(FIRST)


def _bring_up(tree: dict[str, Any]) -> None:
    nodes = len(tree["left_children"])
    tree.setdefault("split_type", [0] * nodes)
    for name in _SETS:
        tree.setdefault(name, [])
    tree["default_left"] = [int(side) for side in tree["default_left"]]
