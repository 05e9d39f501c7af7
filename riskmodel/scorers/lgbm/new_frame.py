"""The frame of a LightGBM text for trees that LightGBM did not grow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from riskmodel.scorers.lgbm.reader import TextFrame

NUMBER = "[-1e308:1e308]"


def new_frame(
    names: Sequence[str],
    levels: Mapping[int, Sequence[Any]] | None = None,
    codes: Mapping[int, int] | None = None,
) -> TextFrame:
    """A frame of a binary model with these features, by their place: numbers, but for two kinds of categories.

    Of some the levels are given, and kept as those of pandas; of others how many codes they have.
    """
    levels = dict(sorted((levels or {}).items()))
    counts = {place: len(of) for place, of in levels.items()} | dict(codes or {})
    infos = [_info(counts[place]) if place in counts else NUMBER for place in range(len(names))]
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
    asked = [f"[categorical_feature: {','.join(map(str, sorted(counts)))}]"] if counts else []
    kept = json.dumps(list(map(list, levels.values()))) if levels else "null"
    tail = ("", "parameters:", "[objective: binary]", *asked, "end of parameters", "", f"pandas_categorical:{kept}", "")
    return TextFrame(head, tail)


def _info(count: int) -> str:
    """As LightGBM lists the codes of a category; of none it says that the column says nothing."""
    return ":".join(map(str, range(count))) or "none"
