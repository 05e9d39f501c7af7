"""A run's TOML as a whole: its sections, and what must agree between them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from riskmodel.config._strict import Name, Strict
from riskmodel.config.cascade import CascadeRule
from riskmodel.config.choice import ChoiceRule, LatencyRule
from riskmodel.config.data import Data
from riskmodel.config.margins import MarginRule
from riskmodel.config.model import ModelFacts
from riskmodel.config.policy import Points, PolicyRule
from riskmodel.config.recipes import RecipeEntry, ScorerEntry
from riskmodel.config.split import SplitShares


class Tracking(Strict):
    """What MLflow is told."""

    ids: bool = False  # the rows' ids as they are; else hashes of them


class Run(Strict):
    """One run: the governed artefact."""

    name: Name
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    threads: Annotated[int, Field(ge=1, le=256)] = 2
    data: Data
    split: SplitShares = SplitShares()
    margins: MarginRule = MarginRule()
    policy: PolicyRule
    points: Points = Points()
    model: ModelFacts = ModelFacts()
    choice: ChoiceRule = ChoiceRule()
    latency: LatencyRule = LatencyRule()
    tracking: Tracking = Tracking()
    scorers: Annotated[list[ScorerEntry], Field(min_length=1)]
    recipes: list[RecipeEntry] = []
    cascade: CascadeRule | None = None

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [scorer.name for scorer in self.scorers]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"scorers must have different names, however: {twice[0]} twice")
        for i, recipe in enumerate(self.recipes):
            if unknown := sorted(set(recipe.scorers) - set(names)):
                raise ValueError(f"recipes.{i}.scorers must be among {', '.join(names)}, however: {unknown[0]}")
            for j, step in enumerate(recipe.steps):
                if unknown := sorted(set(step.teacher) - set(names)):
                    where = f"recipes.{i}.steps.{j}.teacher"
                    raise ValueError(f"{where} must be among {', '.join(names)}, however: {unknown[0]}")
        return self

    @model_validator(mode="after")
    def _cascade_agrees(self) -> Self:
        if self.cascade is None:
            return self
        names = [scorer.name for scorer in self.scorers]
        if "cascade" in names:
            raise ValueError("scorers must not be named 'cascade' where there is a cascade, however: one is")
        if self.cascade.full is not None and self.cascade.full not in names:
            raise ValueError(f"cascade.full must be among {', '.join(names)}, however: {self.cascade.full}")
        charged = [name for name, vendor in self.data.vendors.items() if vendor.price]
        charged += [name for name, price in self.data.costs.items() if price]
        if not charged:
            raise ValueError("cascade needs a price, however: neither data.vendors nor data.costs charges one")
        if unknown := sorted(set(self.cascade.buy) - set(charged)):
            raise ValueError(f"cascade.buy must be among {', '.join(charged)}, however: {unknown[0]}")
        return self
