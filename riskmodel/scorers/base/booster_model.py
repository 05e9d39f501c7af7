"""A booster's trees and its library's own text: each is made from the other when it is first asked for, and held."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from riskmodel.scorers.base import native_names
from riskmodel.scorers.base.narrowing import renumbered
from riskmodel.trees import TreeEnsemble
from riskmodel.trees.compiled import CompiledTrees, compile_trees


class NamingFrame(Protocol):
    """What stands in the text around the trees, the names of the features among it."""

    def with_names(self, names: Sequence[str]) -> Self:
        """The frame with these names for its features, in their order."""

    def with_features(self, places: Sequence[int]) -> Self:
        """The frame of these features alone, in this order, with their levels.

        Raises: UnsupportedScorer where it does not tell whose its levels are.
        """


Frame = TypeVar("Frame", bound=NamingFrame)


class BoosterModel(ABC, Generic[Frame]):
    """One model, which never changes; scorers that differ in calibration alone share it."""

    forbidden: ClassVar[str]  # characters that its library takes in no name of a feature, as a pattern

    def __init__(self, content: bytes | None = None, trees: tuple[TreeEnsemble, Frame] | None = None) -> None:
        if content is not None:
            self.content = content
        if trees is not None:
            self.trees = trees

    @classmethod
    def of_trees(cls, ensemble: TreeEnsemble, frame: Frame) -> Self:
        """The model of these trees, as its text will say them: a library's format rounds, and orders nodes."""
        return cls(trees=cls._as_written(ensemble, frame))

    def with_ensemble(self, ensemble: TreeEnsemble) -> Self:
        """Other trees in the frame of this model."""
        return self.of_trees(ensemble, self.trees[1])

    def with_names(self, names: Sequence[str]) -> Self:
        """The same trees with these names for their features, in their order.

        Raises: RiskModelError where two would have one name.
        """
        ensemble, frame = self.trees
        return type(self)(trees=(ensemble, frame.with_names(native_names.spelt(names, self.forbidden))))

    def narrowed(self, places: Sequence[int]) -> Self:
        """The same trees of a table that has these columns alone, in this order. Raises: UnsupportedScorer."""
        ensemble, frame = self.trees
        return self.of_trees(renumbered(ensemble, places), frame.with_features(places))

    @property
    def ensemble(self) -> TreeEnsemble:
        """Its trees."""
        return self.trees[0]

    @cached_property
    def trees(self) -> tuple[TreeEnsemble, Frame]:
        """Its trees and their frame, read from the text. Raises: BundleError, UnsupportedScorer."""
        return self._read(self.content)

    @cached_property
    def content(self) -> bytes:
        """Its library's own file, written from the trees."""
        return self._write(*self.trees)

    @cached_property
    def compiled(self) -> CompiledTrees:
        """Its trees compiled: LightGBM's own margins to the last bit, XGBoost's but for its single precision."""
        return compile_trees(self.ensemble)

    @cached_property
    def booster(self) -> Any:
        """The library's own object."""
        return self._load(self.content)

    @staticmethod
    @abstractmethod
    def _read(content: bytes) -> tuple[TreeEnsemble, Frame]: ...

    @staticmethod
    @abstractmethod
    def _write(ensemble: TreeEnsemble, frame: Frame) -> bytes: ...

    @staticmethod
    @abstractmethod
    def _as_written(ensemble: TreeEnsemble, frame: Frame) -> tuple[TreeEnsemble, Frame]:
        """What `_read` would make of what `_write` makes of them. Raises: BundleError for what could not be read."""

    @staticmethod
    @abstractmethod
    def _load(content: bytes) -> Any: ...
