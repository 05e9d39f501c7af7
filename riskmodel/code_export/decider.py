"""All that a decision follows from, as plain numbers and rules: what every writer says in its own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from riskmodel.code_export import terms
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
        together: dict[str, list[Rule]] = {}
        for place, feature in enumerate(self.features):
            text = self.texts.get(feature.read_from, feature.read_from)
            together.setdefault(text, []).extend(by_feature.get(place, ()))
        return tuple(Effect(text, tuple(rules)) for text, rules in together.items() if rules)

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
