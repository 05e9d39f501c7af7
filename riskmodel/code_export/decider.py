"""All that a decision follows from, as plain numbers and rules: what every writer says in its own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from riskmodel.code_export import terms
from riskmodel.code_export.attributions import Attributed, Gate
from riskmodel.config import Scoring
from riskmodel.core import Calibration, Column, Kind, Policy, Scale, Scorer
from riskmodel.tables import spellings_of, value_of
from riskmodel.trees.conditions import Rule
from riskmodel.trees.parts import TreePart, parts_of


@dataclass(frozen=True, eq=False)
class Effect:
    """What can be a reason: its text, and the rules that add up to what it adds to the margin."""

    text: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, eq=False)
class ShortEffect(Effect):
    """What can be a reason, by rules and by `sums`, texts in the gates of a tree each."""

    sums: Mapping[int, str]


@dataclass(frozen=True, eq=False)
class Decider:
    """A scorer as a sum of rules, and what its PDs lead to. Raises: UnsupportedScorer if it is no sum of trees.

    nulls: how missing is spelt, where that is not as the model has it. spelt: codes of further spellings of a column's
    levels, by the column; None is missing.
    """

    scorer: Scorer
    policy: Policy
    scale: Scale
    scoring: Scoring
    texts: Mapping[str, str]  # what is told of a column, in place of its name
    model_sha256: str
    nulls: tuple[str, ...] = ()
    spelt: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)

    @property
    def features(self) -> tuple[Column, ...]:
        columns = self.scorer.features
        return tuple(replace(column, nulls=self.nulls) for column in columns) if self.nulls else columns

    def spellings(self, feature: Column) -> Mapping[str, int | None]:
        """The code of each way that a level of a feature is written; None is missing."""
        return {**self.spelt.get(feature.read_from, {}), **spellings(feature)}

    @cached_property
    def _parts(self) -> tuple[TreePart, ...]:
        return parts_of(self.scorer)

    @cached_property
    def margin(self) -> terms.Terms:
        """The calibrated log-odds: a number, and the rules whose numbers are added to it."""
        return self.margin_of(self.scorer.calibration)

    def margin_of(self, calibration: Calibration) -> terms.Terms:
        """The log-odds on another line."""
        return terms.of_margin(self._parts, calibration)

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """What can be a reason, in the order of the columns. Raises: UnsupportedScorer where it is too much."""
        by_feature = terms.of_features(self._parts, self.scorer.calibration)
        rules = {
            text: [rule for f in places for rule in by_feature.get(f, ())]
            for text, places in self._features_by_text.items()
        }
        return tuple(Effect(text, tuple(some)) for text, some in rules.items() if some)

    @property
    def _features_by_text(self) -> dict[str, list[int]]:
        """The features that are told of in the same words, in the order of the columns."""
        together: dict[str, list[int]] = {}
        for place, feature in enumerate(self.features):
            together.setdefault(self.texts.get(feature.read_from, feature.read_from), []).append(place)
        return together

    @cached_property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        """The splits of each tree that `short_effects` name."""
        return tuple(tree.gates for tree in self._trees[1])

    @cached_property
    def short_effects(self) -> tuple[ShortEffect, ...]:
        """What can be a reason, as sums and products of gates. Raises: UnsupportedScorer where it is too much."""
        rules, trees = self._trees
        made = []
        for text, places in self._features_by_text.items():
            own = tuple(rule for place in places for rule in rules.get(place, ()))
            sums = {i: "+".join(tree.effects[f] for f in places if f in tree.effects) for i, tree in enumerate(trees)}
            made.append(ShortEffect(text, own, {i: words for i, words in sums.items() if words}))
        return tuple(effect for effect in made if effect.rules or effect.sums)

    @cached_property
    def _trees(self) -> tuple[dict[int, list[Rule]], list[Attributed]]:
        return terms.of_trees(self._parts, self.scorer.calibration)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a table must have, in the order of the features."""
        return tuple(dict.fromkeys(feature.read_from for feature in self.features))


def spellings(feature: Column) -> dict[str, int | None]:
    """The code of each way that a level is written; None is missing. A level's own spelling goes first.

    By value, whole numbers have a second spelling with .0, true and false several; a level that shares its value with
    another has its own spelling alone.
    """
    own = len(feature.categories) - feature.other
    codes: dict[str, int | None] = {level: code for code, level in enumerate(feature.categories)}
    values = [value_of(level) for level in feature.categories[:own]]
    for null in spellings_of(feature.nulls):
        codes.setdefault(null, None)
    for code, value in enumerate(values):
        if values.count(value) == 1:
            for spelling in _same_value(value):
                codes.setdefault(spelling, code)
    return codes


def _same_value(value: str) -> tuple[str, ...]:
    truth = {"1": ("true", "True", "TRUE"), "0": ("false", "False", "FALSE")}.get(value, ())
    whole = (f"{value}.0",) if value.lstrip("-").isdigit() else ()
    return value, *whole, *truth


def is_category(feature: Column) -> bool:
    return feature.kind is Kind.CATEGORICAL
