"""Logistic regression on standardised numbers and levels: the champion of many a bank."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field
from scipy.special import expit

from riskmodel.core import Calibration, Complexity, Kind, Recipe, Targets, canonical
from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers import Convertible

FILE = "linear.json"


@dataclass(frozen=True)
class LinearRecipe(Recipe):
    ridge: Annotated[float, Field(gt=0)] = 1.0

    def fit(self, development, features, seed=0, tick=lambda: None, *, targets=None):
        """Newton's steps on the log-loss, each row by its weight, with half the ridge times the squared weights."""
        matrix, learnt = development.train.columns(features), (targets or Targets.outcomes(development)).train
        levels = [len(c.categories) if c.kind is Kind.CATEGORICAL else 0 for c in features]
        mean, spread = np.nan_to_num(np.nanmean(matrix, axis=0)), np.nan_to_num(np.nanstd(matrix, axis=0)) + 1e-9
        design = np.column_stack([np.ones(len(matrix)), inputs(matrix, levels, mean, spread)])
        row = np.ones(len(matrix)) if development.train.weight is None else development.train.weight
        row = row / row.mean()
        weights, penalty = np.zeros(design.shape[1]), np.array([0.0, *[self.ridge] * (design.shape[1] - 1)])
        for _ in range(25):
            pd = expit(design @ weights)
            slope = design.T @ (row * (pd - learnt)) + penalty * weights
            bend = (design.T * (row * pd * (1 - pd))) @ design + np.diag(penalty + 1e-9)
            weights = weights - np.linalg.solve(bend, slope)
        numbers = (mean.tolist(), spread.tolist(), weights.tolist())
        return LinearScorer(tuple(features), Calibration(), *map(tuple, numbers), self)


def inputs(matrix, levels: Sequence[int], mean, spread):
    """Numbers by their distance from the mean, missing at it; then one column a level."""
    parts = []
    for i, count in enumerate(levels):
        if count:
            parts += [(matrix[:, i] == level).astype(float) for level in range(count)]
        else:
            parts.append(np.nan_to_num((matrix[:, i] - mean[i]) / spread[i], posinf=0, neginf=0))
    return np.column_stack(parts)


@dataclass(frozen=True, eq=False)
class LinearScorer(Convertible):
    kind = "linear"

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[float, ...]  # of the intercept, then of the inputs
    recipe: Any

    @property
    def levels(self):
        return [len(c.categories) if c.kind is Kind.CATEGORICAL else 0 for c in self.features]

    def raw_margin(self, matrix):
        return self.weights[0] + inputs(matrix, self.levels, self.mean, self.spread) @ np.array(self.weights[1:])

    def files(self):
        numbers = {"mean": self.mean, "spread": self.spread, "weights": self.weights}
        return {FILE: canonical({**numbers, "recipe": asdict(self.recipe)})}

    @classmethod
    def from_files(cls, features, calibration, files):
        try:
            data = json.loads(files[FILE])
            numbers = (tuple(map(float, data[name])) for name in ("mean", "spread", "weights"))
            return cls(tuple(features), calibration, *numbers, LinearRecipe(**data["recipe"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{FILE} is damaged: {error!r}") from error

    def complexity(self):
        count = len(self.weights)
        return Complexity(
            features=len(self.features),
            parameters=count,
            connections=sum(weight != 0 for weight in self.weights),
            work=count,
            bytes=sum(map(len, self.files().values())),
        )

    def refit(self, development, features, size=1.0):
        if size < 1:
            raise UnsupportedScorer(f"a linear scorer has no size: it must be 1, however: {size:g}")
        return self.recipe.fit(development, features)

    def split_points(self):
        return {i: [mean, mean + spread] for i, (mean, spread) in enumerate(zip(self.mean, self.spread, strict=True))}

    def draw(self, drawing, rows):
        exact, parts = drawing.cast(rows, np.float64), []
        for i, count in enumerate(self.levels):
            column = drawing.columns_of(exact, np.array([i]))
            if count:
                same = drawing.add("Equal", column, drawing.constant(np.arange(count, dtype=float)))
                parts.append(drawing.cast(same, np.float64))
            else:
                apart = drawing.add("Sub", column, drawing.number(self.mean[i]))
                scaled = drawing.add("Div", apart, drawing.number(self.spread[i]))
                gap = drawing.add("Or", drawing.add("IsNaN", column), drawing.add("IsInf", column))
                parts.append(drawing.add("Where", gap, drawing.number(0.0), scaled))
        joined = drawing.add("Concat", *parts, axis=1)
        total = drawing.add("MatMul", joined, drawing.constant(np.array(self.weights[1:])[:, None]))
        return drawing.add("Add", total, drawing.number(self.weights[0]))
