"""The frame of a LightGBM text for trees that LightGBM did not grow."""

from __future__ import annotations

from collections.abc import Sequence

from riskmodel.scorers.lgbm.reader import TextFrame


def new_frame(names: Sequence[str]) -> TextFrame:
    """A frame of a binary model with these features, all of them numbers."""
    head = (
        "tree",
        "version=v4",
        "num_class=1",
        "num_tree_per_iteration=1",
        "label_index=0",
        f"max_feature_idx={len(names) - 1}",
        "objective=binary sigmoid:1",
        f"feature_names={' '.join(names)}",
        f"feature_infos={' '.join(['[-1e308:1e308]'] * len(names))}",
    )
    tail = ("", "parameters:", "[objective: binary]", "end of parameters", "", "pandas_categorical:null", "")
    return TextFrame(head, tail)
