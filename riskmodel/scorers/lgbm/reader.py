"""LightGBM's model text (v4, which is LightGBM 4) to a TreeEnsemble.

A damaged text aborts the process inside LightGBM, where nothing can catch it, so all of it is checked here first. What
is not a sum of constant-leaf trees for one log-odds is refused: multiclass, linear trees, random forests. So is a text
with Windows line ends, because the sizes in it count bytes. A dart model needs nothing: its weights are in the leaves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from riskmodel.errors import BundleError, UnsupportedScorer, cause
from riskmodel.scorers.lgbm import many_trees
from riskmodel.scorers.lgbm._tree import fields, whole
from riskmodel.trees import TreeEnsemble

OBJECTIVES = ("binary sigmoid:1", "cross_entropy")
MOST_FEATURES = 1_000_000
OF_COLUMNS = tuple(  # parameters that go by the place of a column, and that no prediction reads
    f"[{name}: "
    for name in ("monotone_constraints", "categorical_feature", "feature_contri", "max_bin_by_feature", "ignore_column")
)
_LISTED = re.compile(r"-?\d{1,9}(:-?\d{1,9})*")  # the info of a category: the codes that it had
_PARAMETER = re.compile(r"\[(\w+): (.*)\]")


@dataclass(frozen=True)
class TextFrame:
    """What stands around the trees: the header without tree_sizes, and the parameters after them.

    sized: whether the header had tree_sizes; LightGBM reads the trees one after another where it has not.
    """

    head: tuple[str, ...]
    tail: tuple[str, ...]
    sized: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """LightGBM has put underscores for blanks in them."""
        return tuple(fields(self.head)["feature_names"].split(" "))

    def with_names(self, names: Sequence[str]) -> Self:
        """The frame with these names for its features, in their order."""
        line = f"feature_names={' '.join(names)}"
        return replace(self, head=tuple(line if old.startswith("feature_names=") else old for old in self.head))

    def with_features(self, places: Sequence[int]) -> Self:
        """The frame of these features alone, in this order.

        The levels of pandas stand in the order of their columns, and go with them.

        Raises: UnsupportedScorer where it has other levels than of the columns that it split by category.
        """
        listed = [place for place, info in enumerate(self.infos) if _LISTED.fullmatch(info)]
        known = self.pandas_categorical
        if known and len(known) != len(listed):
            raise UnsupportedScorer("a model that does not tell whose its levels of pandas are keeps its features")
        lists = {"feature_names": self.names, "feature_infos": self.infos, "monotone_constraints": self.monotone}
        lines = {"max_feature_idx": str(len(places) - 1)}
        lines |= {name: " ".join(str(values[place]) for place in places) for name, values in lists.items() if values}
        head = tuple(f"{name}={lines[name]}" if (name := old.partition("=")[0]) in lines else old for old in self.head)
        levels = dict(zip(listed, known, strict=False))  # none where it has no levels, but codes alone
        left = [levels[place] for place in places if place in levels]
        line = f"pandas_categorical:{json.dumps(left or None)}"
        tail = tuple(
            line if known and old.startswith("pandas_categorical:") else old
            for old in self.tail
            if not old.startswith(OF_COLUMNS)
        )
        return replace(self, head=head, tail=tail)

    @property
    def infos(self) -> tuple[str, ...]:
        """What the values of each feature were: [low:high], 0:1:4 for categories, none where it was of no use."""
        return tuple(fields(self.head)["feature_infos"].split(" "))

    @property
    def monotone(self) -> tuple[int, ...]:
        """The direction asked for each feature; empty where none was."""
        return tuple(whole(text, -1, 2) for text in fields(self.head).get("monotone_constraints", "").split())

    @property
    def parameters(self) -> dict[str, str]:
        """What it was trained with."""
        matches = [_PARAMETER.fullmatch(line) for line in self.tail]
        return {parts[1]: parts[2] for parts in matches if parts}

    @property
    def pandas_categorical(self) -> list[list[Any]]:
        """The levels of each pandas category in the order of their codes; empty without any."""
        [text] = [line.partition(":")[2] for line in self.tail if line.startswith("pandas_categorical:")] or ["null"]
        return json.loads(text) or []


def read(text: str) -> tuple[TreeEnsemble, TextFrame]:
    """The trees of a model text, and its frame.

    Raises: BundleError if the text is damaged, UnsupportedScorer if it is not one log-odds of plain trees.
    """
    if "\r" in text:
        raise BundleError(r"the LightGBM text must end its lines with \n, however: it has \r, so it was changed")
    try:
        frame, blocks = _parts(text)
        columns = _check(frame)
        trees = many_trees.trees(blocks, columns)
    except (KeyError, ValueError, IndexError, OverflowError, RecursionError) as error:
        raise BundleError(f"the LightGBM text is damaged: {cause(error)}") from error
    ensemble = TreeEnsemble(trees, 0.0, columns, "lightgbm")
    ensemble.check_margins()
    return ensemble, frame


def _parts(text: str) -> tuple[TextFrame, list[str]]:
    start, end = text.index("\nTree=0\n"), text.index("\nend of trees\n")
    header = text[:start].rstrip("\n").split("\n")
    blocks = re.split(r"(?m)^(?=Tree=)", text[start + 1 : end + 1])[1:]
    for i, block in enumerate(blocks):
        if not block.startswith(f"Tree={i}\n"):
            raise ValueError(f"tree {i} must follow, however: {block[:20]!r}")
    sizes = fields(header).get("tree_sizes")
    if sizes is not None and [int(size) for size in sizes.split()] != [len(block.encode()) for block in blocks]:
        raise ValueError("tree_sizes are not the sizes of the trees")
    tail = text[end + 1 :].split("\n")
    if "end of parameters" not in tail or "\0" in text:
        raise ValueError("the text ends early")
    head = tuple(line for line in header if not line.startswith("tree_sizes="))
    return TextFrame(head, tuple(tail[tail.index("parameters:") - 1 :]), sizes is not None), blocks


def _check(frame: TextFrame) -> int:
    """What kind of model it is; gives the number of features."""
    given = fields(frame.head)
    if frame.head[0] != "tree" or given["version"] != "v4":
        raise BundleError(f"the LightGBM text must have version v4, however: {given['version'][:40]}")
    if given["num_class"] != "1" or given["num_tree_per_iteration"] != "1":
        raise UnsupportedScorer(f"a model must have one output, however: num_class={given['num_class'][:40]}")
    if "average_output" in frame.head:
        raise UnsupportedScorer("a random forest (average_output) is not a sum of trees")
    objective = given.get("objective", "one of its user's own")
    if objective not in OBJECTIVES:
        raise UnsupportedScorer(f"the objective must be binary or cross_entropy, however: {objective[:40]}")
    columns = whole(given["max_feature_idx"], 0, MOST_FEATURES) + 1
    for name, values in {"feature_names": frame.names, "feature_infos": frame.infos}.items():
        if len(values) != columns or not all(values):
            raise ValueError(f"{name} must be {columns}, however: {len(values)}")
    if len(frame.monotone) not in (0, columns):
        raise ValueError(f"monotone_constraints must be {columns}, however: {len(frame.monotone)}")
    _check_tail(frame.tail, frame.pandas_categorical)
    return columns


def _check_tail(tail: Sequence[str], levels: Any) -> None:
    """LightGBM and its Python package parse these lines too."""
    lines = tail[tail.index("parameters:") + 1 : tail.index("end of parameters")]
    for line in lines:
        if line and not _PARAMETER.fullmatch(line):
            raise ValueError(f"a parameter must stand as [name: value], however: {line[:40]!r}")
    scalar = (str, int, float)
    if not isinstance(levels, list) or not all(
        isinstance(one, list) and all(isinstance(level, scalar) for level in one) for one in levels
    ):
        raise ValueError("pandas_categorical must be lists of levels")
