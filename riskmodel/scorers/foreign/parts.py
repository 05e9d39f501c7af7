"""A model in memory as its parts: a native file, the way back to its class, and its own answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from riskmodel.scorers.foreign.native_answer import Answer

if TYPE_CHECKING:
    from riskmodel.scorers.foreign.sklearn_forests import Forest


@dataclass(frozen=True)
class ModelParts:
    """A model in memory.

    Parameters
    ----------
    content
        Its native file.
    rebuilt
        Makes the same class from the bytes of another native file.
    answer
        Its own PDs of rows, as its user gets them.
    names
        Of its features, in their order.
    has_names
        Whether it knows its features by name, or by place alone.
    classes
        The good and the bad.
    all_trees
        Whether it scores with all trees, though it stopped early.
    missing
        The number that it takes for missing, beside NaN.
    monotone
        The directions that it was trained with and its file does not keep.
    maker
        The library whose native file it is.
    categories
        The features of which the file keeps no levels.
    forest
        Where it is a mean of trees: `content` is then no more than what a booster starts from.
    """

    content: bytes
    rebuilt: Callable[[bytes], Any]
    answer: Answer
    names: tuple[str, ...]
    has_names: bool
    classes: tuple[Any, Any] = (0, 1)
    all_trees: bool = True
    missing: float = float("nan")
    monotone: Mapping[str, int] = field(default_factory=dict)
    maker: Literal["lightgbm", "xgboost", "catboost"] = "lightgbm"
    categories: tuple[str, ...] = ()
    forest: Forest | None = None

    @property
    def is_xgboost(self) -> bool:
        return self.maker == "xgboost"
