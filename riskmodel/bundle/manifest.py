"""What a manifest may say: every field, its type and its range. Anything else is refused before it is used."""

from __future__ import annotations

import re
from dataclasses import fields
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from riskmodel.config import Scoring
from riskmodel.core import Column, Reference

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")  # one file on every system, whoever unpacks it
Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e300, le=1e300)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(max_length=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=10_000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _rising(values: list[float]) -> list[float]:
    if not all(low < high for low, high in pairwise(values)):
        raise ValueError("must rise")
    return values


Edges = Annotated[list[Share], Field(max_length=1000), AfterValidator(_rising)]


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Open(_Exact):
    """Has further fields, as the class has that it becomes, and of its types."""

    model_config = ConfigDict(extra="allow")


class CalibrationFacts(_Exact):
    """A line of log-odds."""

    intercept: Annotated[float, Field(ge=-1e6, le=1e6)]
    slope: Annotated[float, Field(ge=-1e6, le=1e6)]


class PolicyFacts(_Exact):
    """PDs at which a decision or a grade changes."""

    cutoff: Finite
    refer_from: Finite
    grade_edges: Annotated[Edges, Field(max_length=25)]  # a letter a grade

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= self.refer_from <= self.cutoff:
            raise ValueError("must have 0 <= refer_from <= cutoff")
        return self


class ScaleFacts(_Exact):
    """Points."""

    pdo: Annotated[Finite, Field(gt=0, le=1e6)]
    base_points: Annotated[Finite, Field(ge=-1e6, le=1e6)]
    base_odds: Annotated[Finite, Field(gt=0)]


class ReferenceFacts(_Open):
    """What development was like."""

    typical: dict[Name, Finite | None]
    missing: dict[Name, Share]
    edges: Edges
    shares: Annotated[list[Share], Field(max_length=1001)]

    @model_validator(mode="after")
    def _a_share_a_bin(self) -> Self:
        if self.shares and len(self.shares) != len(self.edges) + 1:
            raise ValueError(f"must have {len(self.edges) + 1} shares, however: {len(self.shares)}")
        return self


class ColumnFacts(_Open):
    """A feature."""

    name: Name
    role: Literal["feature", "protected", "amount"]  # an amount that scorers may read
    kind: Literal["numeric", "categorical"]
    categories: list[Text]
    monotone: Literal[-1, 0, 1]
    used: bool
    codes: list[Finite]
    source: Text
    low: float | None
    high: float | None
    nullable: bool
    cost: Annotated[float, Field(ge=0)]
    other: bool
    vendor: Annotated[str, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _levels_differ(self) -> Self:
        if len(set(self.categories)) < len(self.categories):
            raise ValueError("must have different categories")
        if (self.kind == "categorical") < bool(self.categories):
            raise ValueError("a number must have no categories")
        if self.other and not self.categories:
            raise ValueError("must have categories, of which the last stands for the others")
        return self


class FileFacts(_Exact):
    """A file of the folder."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


_COLUMN, _REFERENCE = TypeAdapter(Column), TypeAdapter(Reference)


def _become(adapter: TypeAdapter[Any], kind: type, facts: BaseModel) -> None:
    data = facts.model_dump()
    if unknown := sorted(data.keys() - {field.name for field in fields(kind)}):
        raise ValueError(f"{unknown[0][:60]!r} is no field of a {kind.__name__}")
    adapter.validate_python(data)


class Manifest(_Exact):
    """All of it."""

    format: int
    kind: Name
    scorer_sha256: Sha256
    features: list[ColumnFacts]
    calibration: CalibrationFacts
    policy: PolicyFacts
    scoring: Scoring
    scale: ScaleFacts
    reference: ReferenceFacts
    reasons: dict[Name, Text]
    actionable: dict[Name, Literal["up", "down", "any"]] = {}
    lineage: dict[str, Any]
    versions: dict[str, Text]
    files: dict[Name, FileFacts]

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        names = [feature.name for feature in self.features]
        if len(set(names)) < len(names):
            raise ValueError("features must have different names")
        if not all(map(_PLAIN_NAME.fullmatch, self.files)):
            raise ValueError("files must be in the folder itself, with names of letters, digits, dots, - and _")
        if len({name.lower() for name in self.files}) < len(self.files):
            raise ValueError("files must have names that differ in more than case")
        for column in self.features:
            _become(_COLUMN, Column, column)
        _become(_REFERENCE, Reference, self.reference)
        if not isinstance(self.lineage.get("id"), str | None):
            raise ValueError("lineage.id must be a column's name")
        return self


def fault(manifest: dict[str, Any]) -> str | None:
    """What is wrong with a manifest, and where; None if nothing is."""
    try:
        Manifest.model_validate(manifest)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part)[:60] for part in first["loc"])
        return " ".join(f"{where}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": ").split())
    return None
