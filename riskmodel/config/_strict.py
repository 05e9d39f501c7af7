"""What every section of the TOML is made of: strict, frozen models, and values that several sections share."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, lt=1)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=60)]


class Strict(BaseModel):
    """A table of the TOML: unknown keys and other types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def rising(edges: list[float]) -> list[float]:
    if not all(0 < low < high < 1 for low, high in pairwise(edges)):
        raise ValueError(f"must rise and lie in (0, 1), however: {edges}")
    return edges


GradeEdges = Annotated[list[float], Field(min_length=1, max_length=25), AfterValidator(rising)]
