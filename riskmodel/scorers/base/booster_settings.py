"""The settings of a booster: of one fit, of a search around it, and of a model with so many leaves in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field

from riskmodel.core import Recipe

Share = Annotated[float, Field(gt=0, le=1)]
FEW_TREES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)  # rates to try where there are few: the best lie high, but below 1


@dataclass(frozen=True)
class BoosterSettings(Recipe):
    """What all libraries ask for, by one name; `search` > 0 tries so many settings and keeps the best on tune."""

    search: Annotated[int, Field(ge=0, le=1000)] = 12
    rounds: Annotated[int, Field(ge=1, le=100_000)] = 3000
    patience: Annotated[int, Field(ge=1)] = 100
    leaves: Annotated[int, Field(ge=2, le=4096)] = 15
    rate: Annotated[float, Field(gt=0, le=1)] = 0.05
    l2: Annotated[float, Field(ge=0)] = 10.0
    feature_share: Share = 0.5
    row_share: Share = 0.8
    min_rows: Annotated[int, Field(ge=1)] = 50

    def drawn(self, seed: int) -> list[Self]:
        """Settings of the search; the first is the recipe's own, the rest are drawn around what credit data likes."""
        draws = np.random.default_rng(seed)
        options = {
            "leaves": (4, 6, 8, 12, 16, 24, 31),
            "rate": (0.02, 0.03, 0.05, 0.08),
            "l2": (0.0, 1.0, 10.0, 30.0, 100.0),
            "feature_share": (0.2, 0.3, 0.5, 0.7),
            "row_share": (0.5, 0.7, 0.9),
            "min_rows": (20, 50, 100, 200),
        }
        drawn: list[dict[str, Any]] = [
            {name: values[draws.integers(len(values))] for name, values in options.items()}
            for _ in range(self.search - 1)
        ]
        return [replace(self, search=0, **settings) for settings in [{}, *drawn]]

    def small(self, leaves: int) -> list[Self]:
        """Settings for a model of so many leaves in all: the same budget, spent on small or on large trees."""
        shapes = product((4, 8, 16), FEW_TREES)
        return [
            replace(self, search=0, leaves=size, rate=rate, rounds=max(1, leaves // size))
            for size, rate in shapes
            if size <= max(leaves, 4)
        ]

    def taught(self, leaves: int, sizes: Sequence[int]) -> list[Self]:
        """Settings for a student of so many leaves in all, in trees of one of the sizes, or in one tree of fewer."""
        fitting = [size for size in sizes if size <= leaves] or [max(2, leaves)]
        shapes = product(fitting, FEW_TREES, (0.5, 1.0))
        return [
            replace(self, search=0, leaves=size, rate=rate, feature_share=share, rounds=max(1, leaves // size))
            for size, rate, share in shapes
        ]
