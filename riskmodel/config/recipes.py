"""`[[scorers]]` and `[[recipes]]`: what is trained, and how it is cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from riskmodel.config._strict import Name, Strict
from riskmodel.core import canonical

Keep = Annotated[float, Field(gt=0, le=1)]
Keeps = Annotated[tuple[Keep, ...], BeforeValidator(lambda keep: tuple(keep) if isinstance(keep, list) else (keep,))]


class ScorerEntry(Strict):
    """A scorer to train."""

    name: Name
    kind: str
    options: dict[str, Any] = {}


class Step(Strict):
    """One cut: a pruner with a keep or several, or a compressor."""

    pruner: str | None = None
    compressor: str | None = None
    keep: Keeps = ()
    teacher: list[str] = []  # scorers of the run, whose out-of-fold PDs, blended, are learnt; none: the step's own
    options: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.pruner is None) == (self.compressor is None):
            raise ValueError("must have either pruner or compressor")
        if bool(self.keep) != (self.pruner is not None):
            raise ValueError("a pruner needs keep, and a compressor has none")
        if self.teacher and self.compressor is not None:
            raise ValueError("a compressor has no teacher")
        if twice := sorted({name for name in self.teacher if self.teacher.count(name) > 1}):
            raise ValueError(f"teacher must name each scorer once, however: {twice[0]} twice")
        return self

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that tells this step from another of its tool."""
        return {**self.options, "teacher": self.teacher} if self.teacher else self.options

    @property
    def identity(self) -> tuple[str, bytes]:
        """The tool and its settings: two steps of one identity make the same of a scorer."""
        return self.pruner or self.compressor or "", canonical(self.settings)


class RecipeEntry(Strict):
    """Steps taken one after the other, on each of the scorers; one variant a combination of keeps."""

    scorers: Annotated[list[str], Field(min_length=1)]
    steps: Annotated[list[Step], Field(min_length=1)]
