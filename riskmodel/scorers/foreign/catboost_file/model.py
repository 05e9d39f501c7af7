"""CatBoost's file and trees, held together."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from riskmodel.scorers.base.booster_model import BoosterModel
from riskmodel.scorers.foreign.catboost_file import document, library, writer
from riskmodel.scorers.foreign.catboost_file.frame import CatboostFrame, HashedLevel
from riskmodel.trees import Tree, TreeEnsemble
from riskmodel.trees.compiled.split_edges import last_left


class CatboostModel(BoosterModel[CatboostFrame]):
    """CatBoost's JSON."""

    forbidden = r"(?!)"  # it takes every character

    @staticmethod
    def _read(content: bytes) -> tuple[TreeEnsemble, CatboostFrame]:
        return document.read(json.loads(content), {})

    @staticmethod
    def _write(ensemble: TreeEnsemble, frame: CatboostFrame) -> bytes:
        return writer.written(ensemble, frame)

    @staticmethod
    def _as_written(ensemble: TreeEnsemble, frame: CatboostFrame) -> tuple[TreeEnsemble, CatboostFrame]:
        return replace(ensemble, trees=tuple(map(_in_single, ensemble.trees))), frame

    @cached_property
    def booster(self) -> Any:
        """The library's own object; a hash without a text is that of its name, so that rows can have it."""
        ensemble, frame = self.trees
        unread = [level for levels in frame.levels.values() for level in levels if level.text is None]
        if not unread:
            return self._load(self.content)
        hashed = library.hashes([level.spelling for level in unread])
        named = {
            place: tuple(HashedLevel(one.spelling, hashed.get(one.spelling, one.hashed)) for one in levels)
            for place, levels in frame.levels.items()
        }
        return self._load(self._write(ensemble, replace(frame, levels=named)))

    @staticmethod
    def _load(content: bytes) -> Any:
        return library.loaded(content)


def _in_single(tree: Tree) -> Tree:
    """The same tree with thresholds that numbers in single precision can have."""
    numeric = ~tree.is_leaf & np.isfinite(tree.threshold) & np.array([listed is None for listed in tree.sets])
    threshold = tree.threshold.copy()
    with np.errstate(over="ignore"):
        beyond = np.nextafter(writer.borders(threshold[numeric]), np.float32(np.inf))
    threshold[numeric] = last_left(beyond.astype(np.float64), "xgboost")
    return replace(tree, threshold=threshold)
