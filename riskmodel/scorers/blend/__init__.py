"""Several scorers as one: the weighted sum of their log-odds, with weights that are never negative.

The members are fitted like any scorer, and the weights then on tune. A blend has exact SHAP values where all of its
members have them; with a network among them they are sampled, as for the network alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from pydantic import Field

from riskmodel import registry
from riskmodel.core import (
    Calibration,
    Column,
    Complexity,
    Development,
    Files,
    Matrix,
    Recipe,
    Scorer,
    Targets,
    Tick,
    Vector,
    canonical,
)
from riskmodel.core.work import PRICES
from riskmodel.errors import BundleError, ConfigError, UnsupportedScorer, cause
from riskmodel.explanation.attributions import HasContributions
from riskmodel.scorers.base.convertible import Convertible
from riskmodel.scorers.base.narrowing import CanNarrow
from riskmodel.stats.forward import Forward, forward
from riskmodel.stats.log_odds import weights_of
from riskmodel.trees import TreeEnsemble, TreePart
from riskmodel.trees.parts import parts_of

if TYPE_CHECKING:
    from riskmodel.onnx_export import Drawing
    from riskmodel.scorers.base.synthetic_inputs import Points

FILE = "blend.json"


@dataclass(frozen=True)
class BlendRecipe(Recipe):
    """Fits the scorers in `of`, each a table with `kind` and `options`, on the same rows and with the same seed."""

    of: Annotated[Sequence[Mapping[str, Any]], Field(min_length=1)] = ({"kind": "lgbm"}, {"kind": "mlp"})

    def __post_init__(self) -> None:
        for i, entry in enumerate(self.of):
            if "kind" not in entry or (odd := sorted(set(entry) - {"kind", "options"})):
                reason = "kind is missing" if "kind" not in entry else f"{odd[0]} is unknown"
                raise ConfigError(f"of.{i}: a member has a kind and options, however: {reason}")
        self.recipes()  # what is wrong is told before anything is fitted

    def recipes(self) -> list[Recipe]:
        """How each member is fitted. Raises: ConfigError."""
        return [
            registry.SCORERS.make(entry["kind"], Recipe, entry.get("options", {}), f"of.{i}.options")
            for i, entry in enumerate(self.of)
        ]

    @property
    def ticks(self) -> int:
        return sum(recipe.ticks for recipe in self.recipes())

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> BlendScorer:
        """The members, then their weights on tune; out of time, on later rows than those of members refitted for it."""
        members = [recipe.fit(development, features, seed, tick, targets=targets) for recipe in self.recipes()]
        blend = blended(members, self, seed, features)
        then = forward(development) if targets is None else None
        return blend.without((), development, targets) if then is None else blend.weighed_later(then)


@dataclass(frozen=True, eq=False)
class BlendScorer(Convertible):
    """Fitted members of the same features; their raw margins are weighed, so that none needs a calibration."""

    kind = "blend"

    members: tuple[Scorer, ...]
    weights: tuple[float, ...]
    intercept: float
    recipe: BlendRecipe
    seed: int

    def raw_margin(self, matrix: Matrix) -> Vector:
        total = np.full(len(matrix), self.intercept)
        for weight, member in zip(self.weights, self.members, strict=True):  # in this order on every processor
            total += weight * member.raw_margin(matrix)
        return total

    @property
    def pd_tolerance(self) -> float:
        """That of the loosest member."""
        return max(member.pd_tolerance for member in self.members)

    def member_margins(self, matrix: Matrix) -> Matrix:
        """Each member's raw margin, n x members."""
        return np.column_stack([member.raw_margin(matrix) for member in self.members])

    def without(self, gone: Sequence[int], development: Development, targets: Targets | None = None) -> BlendScorer:
        """The blend of the other members, their weights fitted afresh on tune."""
        kept = [member for i, member in enumerate(self.members) if i not in set(gone)]
        entries = tuple(entry for i, entry in enumerate(self.recipe.of) if i not in set(gone))
        rest = blended(kept, replace(self.recipe, of=entries), self.seed, self.features, self.calibration)
        tune = development.tune
        margins = rest.member_margins(tune.columns(self.features))
        intercept, weights = weights_of(margins, (targets or Targets.outcomes(development)).tune, tune.weight)
        return replace(rest, weights=tuple(weights.tolist()), intercept=intercept)

    def weighed_later(self, then: Forward) -> BlendScorer:
        """The same members, with the weights that were right for later rows of what they were before."""
        before = replace(self, members=tuple(one.refit(then.earlier, self.features) for one in self.members))
        margins = before.member_margins(then.later.columns(self.features))
        intercept, weights = weights_of(margins, then.later.default, then.later.weight)
        return replace(self, weights=tuple(weights.tolist()), intercept=intercept)

    def split_points(self) -> Points:
        """Those of all members."""
        points: dict[int, list[float]] = {}
        for member in self.members:
            for column, own in (member.split_points() if isinstance(member, Convertible) else {}).items():
                points.setdefault(column, []).extend(own)
        return points

    def draw(self, drawing: Drawing, rows: str) -> str:
        total = drawing.filled(rows, self.intercept)
        for weight, member in zip(self.weights, self.members, strict=True):
            part = drawing.add("Mul", _drawable(member).draw(drawing, rows), drawing.number(weight))
            total = drawing.add("Add", total, part)
        return total

    def tree_parts(self) -> tuple[TreePart, ...]:
        """Those of all members, weighed. Raises: UnsupportedScorer where a member is no sum of trees."""
        constant = TreePart(TreeEnsemble((), self.intercept, len(self.features), "lightgbm"))
        weighed = [
            replace(part, weight=weight * part.weight)
            for weight, member in zip(self.weights, self.members, strict=True)
            for part in parts_of(member)
        ]
        return constant, *weighed

    @property
    def read_features(self) -> tuple[int, ...]:
        """Those of any member; of one that cannot say, all."""
        every = range(len(self.features))
        reading = (member.read_features if isinstance(member, CanNarrow) else every for member in self.members)
        return tuple(sorted({place for places in reading for place in places}))

    def narrowed(self, places: Sequence[int]) -> Self:
        """The same members of these features alone. Raises: UnsupportedScorer where one reads all."""
        members = tuple(_narrowed(member, places) for member in self.members)
        return replace(self, features=tuple(self.features[place] for place in places), members=members)

    def files(self) -> Files:
        members = [{"kind": m.kind, "files": sorted(m.files())} for m in self.members]
        sums = {"weights": list(self.weights), "intercept": self.intercept}
        own = {"members": members, **sums, "recipe": asdict(self.recipe), "seed": self.seed}
        parts = {f"{i}.{n}": content for i, m in enumerate(self.members) for n, content in m.files().items()}
        return {FILE: canonical(own), **parts}

    @classmethod
    def from_files(cls, features: Sequence[Column], calibration: Calibration, files: Files) -> BlendScorer:
        """A saved blend. Raises: BundleError."""
        given = tuple(features)
        try:
            saved = json.loads(files[FILE])
            members = [
                _member(member["kind"], given, {n: files[f"{i}.{n}"] for n in member["files"]})
                for i, member in enumerate(saved["members"])
            ]
            recipe, weights = BlendRecipe(**saved["recipe"]), tuple(float(w) for w in saved["weights"])
            made = blended(members, recipe, int(saved["seed"]), features, calibration)
            intercept = float(saved["intercept"])
        except (KeyError, TypeError, ValueError, ConfigError) as error:
            raise BundleError(f"the files of a blend are damaged: {cause(error)}") from error
        if len(weights) != len(members) or not members:
            raise BundleError(f"{FILE} has {len(weights)} weights, however: {len(members)} members")
        return replace(made, weights=weights, intercept=intercept)

    def complexity(self) -> Complexity:
        """What the members are made of, added up, with the weights; features at most, since members may share them."""
        parts = [asdict(member.complexity()) for member in self.members]
        total = {name: sum(part[name] for part in parts) for name in parts[0]}
        own = len(self.members) + 1
        total["features"] = min(total["features"], len(self.features))
        total["bytes"] = sum(map(len, self.files().values()))
        for name in ("parameters", "connections"):
            total[name] += own
        return Complexity(**{**total, "work": total["work"] + PRICES.multiply_add * len(self.members)})

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> BlendScorer:
        """Every member refitted at this size. Raises: UnsupportedScorer where one has no size."""
        members = [member.refit(development, features, size) for member in self.members]
        return blended(members, self.recipe, self.seed, features).without((), development)


def _narrowed(member: Scorer, places: Sequence[int]) -> Scorer:
    if not isinstance(member, CanNarrow):
        if len(places) == len(member.features):
            return member
        raise UnsupportedScorer(f"a {member.kind} scorer reads every feature that it has")
    return member.narrowed(places)


def _drawable(member: Scorer) -> Convertible:
    if not isinstance(member, Convertible):
        raise UnsupportedScorer(f"a {member.kind} scorer cannot be written as ONNX")
    return member


def _member(kind: str, features: tuple[Column, ...], files: Files) -> Scorer:
    return registry.SCORERS.find(kind, Scorer).from_files(features, Calibration(), files)


@dataclass(frozen=True, eq=False)
class ExplainedBlendScorer(BlendScorer):
    """A blend whose members all have exact SHAP values."""

    def contributions(self, matrix: Matrix) -> Matrix:
        """SHAP values of the raw margin, n x (features + 1): those of the members, weighed."""
        parts = [m.contributions(matrix) for m in self.members if isinstance(m, HasContributions)]
        total: Matrix = np.tensordot(np.array(self.weights), np.stack(parts), axes=1)
        total[:, -1] += self.intercept
        return total


def blended(
    members: Sequence[Scorer],
    recipe: BlendRecipe,
    seed: int,
    features: Sequence[Column],
    calibration: Calibration | None = None,
) -> BlendScorer:
    """The mean of these members' log-odds: a blend before its weights are fitted."""
    explained = all(isinstance(member, HasContributions) for member in members)
    kind = ExplainedBlendScorer if explained else BlendScorer
    weights = tuple([1 / len(members)] * len(members)) if members else ()
    return kind(tuple(features), calibration or Calibration(), tuple(members), weights, 0.0, recipe, seed)
