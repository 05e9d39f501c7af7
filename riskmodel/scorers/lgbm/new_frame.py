"""The frame of a LightGBM text for trees that LightGBM did not grow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from riskmodel.scorers.lgbm.reader import TextFrame

NUMBER = "[-1e308:1e308]"


def new_frame(names: Sequence[str], levels: Mapping[int, Sequence[str]] | None = None) -> TextFrame:
    """A frame of a binary model with these features: numbers, but for those whose levels are given, by their place."""
    levels = dict(sorted((levels or {}).items()))
    infos = [_info(levels[place]) if place in levels else NUMBER for place in range(len(names))]
    head = (
        "tree",
        "version=v4",
        "num_class=1",
        "num_tree_per_iteration=1",
        "label_index=0",
        f"max_feature_idx={len(names) - 1}",
        "objective=binary sigmoid:1",
        f"feature_names={' '.join(names)}",
        f"feature_infos={' '.join(infos)}",
    )
    asked = [f"[categorical_feature: {','.join(map(str, levels))}]"] if levels else []
    kept = json.dumps(list(map(list, levels.values()))) if levels else "null"
    tail = ("", "parameters:", "[objective: binary]", *asked, "end of parameters", "", f"pandas_categorical:{kept}", "")
    return TextFrame(head, tail)


def _info(levels: Sequence[str]) -> str:
    """As LightGBM lists the codes of a category; of none it says that the column says nothing."""
    return ":".join(map(str, range(len(levels)))) or "none"
