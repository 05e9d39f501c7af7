"""Trees as CatBoost's JSON; every feature then has missing values below all numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.catboost_file.document import LEVEL, NUMBER
from riskmodel.scorers.foreign.catboost_file.frame import CatboostFrame, Json
from riskmodel.trees import TreeEnsemble
from riskmodel.trees.conditions import Case, Rule, of_tree

LOWEST = float(np.finfo(np.float32).min)  # a border that only a missing value lies below


def written(ensemble: TreeEnsemble, frame: CatboostFrame) -> bytes:
    """The document of these trees. Raises: UnsupportedScorer for a split that CatBoost does not have."""
    rules = [of_tree(tree, ensemble.rules) for tree in ensemble.trees]
    asked: dict[int, set[float]] = {}
    for rule in rules:
        _collect(rule, frame, asked)
    splits = _Splits.of(frame, asked)
    made = {
        **frame.document,
        "features_info": splits.info(),
        "trees": [splits.nested(rule) for rule in rules or [0.0]],
        "scale_and_bias": [1, [ensemble.intercept]],
    }
    return json.dumps(made, separators=(",", ":")).encode()


def borders(edges: Vector) -> NDArray[np.float32]:
    """The single numbers up to which all that is not above the edges goes left."""
    single = edges.astype(np.float32)
    with np.errstate(over="ignore"):  # below the least there is none
        return np.where(single > edges, np.nextafter(single, np.float32(-np.inf)), single)


def _border(edge: float) -> float:
    return float(borders(np.array([edge]))[0])


def _collect(rule: Rule, frame: CatboostFrame, asked: dict[int, set[float]]) -> None:
    """The borders, or hashes, that each feature is asked for."""
    if not isinstance(rule, Case):
        return
    condition = rule.condition
    if condition.kind == "zero":
        raise UnsupportedScorer("a model that takes 0 for missing has no place in CatBoost")
    if condition.kind == "in":
        levels = frame.levels[condition.feature]
        asked.setdefault(condition.feature, set()).update(levels[code].hashed for code in condition.codes)
    else:
        known = asked.setdefault(condition.feature, {LOWEST})
        known.update([] if condition.kind == "missing" else [_border(condition.edge)])
    _collect(rule.yes, frame, asked)
    _collect(rule.no, frame, asked)


@dataclass(frozen=True)
class _Splits:
    """The splits that the trees may have: CatBoost numbers all borders, then all levels.

    Parameters
    ----------
    frame
        The document around the trees.
    asked
        By the place of a feature, the borders or hashes in their order.
    own
        The place of each feature among its kind.
    start
        The number of its first split.
    """

    frame: CatboostFrame
    asked: Mapping[int, Sequence[float]]
    own: Mapping[int, int]
    start: Mapping[int, int]

    @classmethod
    def of(cls, frame: CatboostFrame, asked: Mapping[int, set[float]]) -> _Splits:
        places = [[int(one["flat_feature_index"]) for one in _listed(frame, key)] for key in ("float", "categorical")]
        ordered = {place: sorted(asked.get(place, ())) for place in (*places[0], *places[1])}
        starts = accumulate((len(splits) for splits in ordered.values()), initial=0)
        own = {place: i for kind in places for i, place in enumerate(kind)}
        return cls(frame, ordered, own, dict(zip(ordered, starts, strict=False)))

    def info(self) -> Json:
        """What the document says of the features."""
        frame = self.frame
        numbers = [
            {**self._named(one), "borders": self._of(one), "has_nans": True, "nan_value_treatment": "AsFalse"}
            for one in _listed(frame, "float")
        ]
        categories = [{**self._named(one), "values": self._of(one)} for one in _listed(frame, "categorical")]
        texts = {level.text: level.hashed for levels in frame.levels.values() for level in levels if level.text}
        hashed = [{"hash": number % (1 << 32), "value": text} for text, number in texts.items()]
        made: dict[str, Any] = {"float_features": numbers} if numbers else {}
        return made | ({"categorical_features": categories, "cat_features_hash": hashed} if categories else {})

    def _named(self, feature: Json) -> Json:
        name, place = self.frame.names[feature["flat_feature_index"]], feature["flat_feature_index"]
        return {**feature, "feature_id": "" if name == str(place) else name}

    def _of(self, feature: Json) -> Sequence[float]:
        return self.asked[feature["flat_feature_index"]]

    def number(self, feature: int, at: float) -> Json:
        """The split above a border."""
        index = self.start[feature] + self.asked[feature].index(at)
        return {"border": at, "float_feature_index": self.own[feature], "split_index": index, "split_type": NUMBER}

    def level(self, feature: int, hashed: int) -> Json:
        """The split by a level."""
        index = self.start[feature] + self.asked[feature].index(hashed)
        return {"cat_feature_index": self.own[feature], "split_index": index, "split_type": LEVEL, "value": hashed}

    def nested(self, rule: Rule) -> Json:
        """Left is no to "above the border", and holds what is missing, which a rule may ask for first."""
        if not isinstance(rule, Case):
            return {"value": rule, "weight": 1}
        yes, no = self.nested(rule.yes), self.nested(rule.no)
        feature, kind = rule.condition.feature, rule.condition.kind
        if kind == "in":
            return self._any_of(feature, rule.condition.codes, yes, no)
        lowest = self.number(feature, LOWEST)
        if kind == "missing":
            return {"split": lowest, "left": yes, "right": no}
        above = self.number(feature, _border(rule.condition.edge))
        if kind == "above":
            return {"split": above, "left": no, "right": yes}
        return {"split": lowest, "left": no, "right": {"split": above, "left": yes, "right": no}}

    def _any_of(self, feature: int, codes: Sequence[int], yes: Json, no: Json) -> Json:
        """One level after the other, since CatBoost asks for one at a time."""
        for hashed in sorted({self.frame.levels[feature][code].hashed for code in codes}):
            no = {"split": self.level(feature, hashed), "left": no, "right": yes}
        return no


def _listed(frame: CatboostFrame, kind: str) -> Sequence[Json]:
    listed: Sequence[Json] = frame.document["features_info"].get(f"{kind}_features", ())
    return listed
