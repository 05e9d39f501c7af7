"""A scorer whose model runs in ONNX Runtime, made from a scorer of another kind: faster or smaller, and the same PDs.

It cannot be pruned: prune the scorer that it was made from, and convert what is left.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field

from riskmodel import limits, registry
from riskmodel.core import (
    SINGLE,
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
from riskmodel.errors import BundleError, UnsupportedScorer, cause
from riskmodel.files.unpacked import gunzip
from riskmodel.onnx_export import Drawing, Int8Certificate, OnnxModel, Width, opened
from riskmodel.scorers.base.convertible import Convertible
from riskmodel.scorers.base.synthetic_inputs import Points

MODEL, ORIGIN = "model.onnx.gz", "origin.json"


@dataclass(frozen=True)
class OnnxRecipe(Recipe):
    """Fits a scorer of the kind `of` with `options`, and converts it."""

    of: str = "lgbm"
    options: Mapping[str, Any] = field(default_factory=dict)
    width: Width = "float64"  # of the rows that the model takes
    threads: Annotated[int, Field(ge=1, le=64)] = 1

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> OnnxScorer:
        """Raises: ConfigError for an unknown kind, UnsupportedScorer for one that cannot be converted."""
        inner = self.inner().fit(development, features, seed, tick, targets=targets)
        if not isinstance(inner, Convertible):
            raise UnsupportedScorer(f"a {inner.kind} scorer cannot be written as ONNX")
        return replace(OnnxScorer.standing_in(inner, inner.as_onnx(self.width), self.threads), recipe=self, seed=seed)

    def inner(self) -> Recipe:
        return registry.SCORERS.make(self.of, Recipe, self.options)

    @property
    def ticks(self) -> int:
        return self.inner().ticks


@dataclass(frozen=True, eq=False)
class OnnxScorer(Convertible):
    """The model's file, and what the scorer was made of that it stands for."""

    kind = "onnx"

    model: bytes
    origin: Complexity
    threads: int = 1
    recipe: OnnxRecipe | None = None  # None where a scorer was converted after it was fitted
    seed: int = 0
    certificate: Int8Certificate | None = None  # of a model whose products are of 8-bit numbers

    @cached_property
    def opened(self) -> OnnxModel:
        return opened(self.model, len(self.features), self.threads)

    def raw_margin(self, matrix: Matrix) -> Vector:
        return self.opened.run(matrix)

    @property
    def pd_tolerance(self) -> float:
        """Of 8-bit products what quantising moved: a sum on the edge of two steps may be rounded to the other one."""
        return SINGLE if self.certificate is None else max(SINGLE, self.certificate.change)

    def files(self) -> Files:
        recipe = None if self.recipe is None else asdict(self.recipe)
        certificate = None if self.certificate is None else asdict(self.certificate)
        origin = {
            "made_of": asdict(self.origin),
            "threads": self.threads,
            "recipe": recipe,
            "seed": self.seed,
            "int8": certificate,
        }
        return {MODEL: gzip.compress(self.model, mtime=0), ORIGIN: canonical(origin)}

    @classmethod
    def from_files(cls, features: Sequence[Column], calibration: Calibration, files: Files) -> Self:
        """A saved scorer. Raises: BundleError for what is damaged, or a model that is not ours."""
        try:
            model, saved = gunzip(files[MODEL], limits.of("model_bytes"), MODEL), json.loads(files[ORIGIN])
            recipe = None if saved["recipe"] is None else OnnxRecipe(**saved["recipe"])
            origin, int8 = Complexity(**saved["made_of"]), saved["int8"]
            certificate = int8 and Int8Certificate(**{**int8, "instructions": tuple(int8["instructions"])})
            numbers = (int(saved["threads"]), recipe, int(saved["seed"]))
            scorer = cls(tuple(features), calibration, model, origin, *numbers, certificate)
        except (KeyError, TypeError, ValueError, OSError, EOFError) as error:
            raise BundleError(f"the files of an onnx scorer are damaged: {cause(error)}") from error
        _ = scorer.opened  # a model that is not ours is told now
        return scorer

    @classmethod
    def standing_in(
        cls, scorer: Scorer, content: bytes, threads: int = 1, certificate: Int8Certificate | None = None
    ) -> Self:
        """An ONNX model in a scorer's place, with its calibration. Raises: BundleError for a model that is not ours."""
        made = cls(scorer.features, scorer.calibration, content, scorer.complexity(), threads, certificate=certificate)
        _ = made.opened
        return made

    def as_onnx(self, width: Width) -> bytes:
        if self.opened.width != width:
            raise UnsupportedScorer(f"the scorer is an ONNX model of {self.opened.width} already, however: {width}")
        return self.model

    def draw(self, drawing: Drawing, rows: str) -> str:  # noqa: ARG002 - as of every scorer
        raise UnsupportedScorer("a model that is ONNX already cannot be a part of another: convert the whole")

    def split_points(self) -> Points:
        """None: what it asks stands in the nodes of its graph."""
        return {}

    def complexity(self) -> Complexity:
        return replace(self.origin, bytes=sum(map(len, self.files().values())))

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Scorer:
        if self.recipe is None or size < 1:
            raise UnsupportedScorer("an ONNX model has no size to refit at: refit the scorer that it was made from")
        return self.recipe.fit(development, features, self.seed)
