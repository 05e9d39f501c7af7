"""Looks at a run's data as `train` would, and trains nothing: the samples, the columns, what the screens suspect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskmodel import config
from riskmodel.config import Run
from riskmodel.core import Schema
from riskmodel.datasets import leakage, preparation
from riskmodel.datasets.leakage import Suspect
from riskmodel.scorers import recipes_of
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import cascade_variant, develop


@dataclass(frozen=True)
class Checked:
    """What training would start from; `facts` has the `samples` and the `split`."""

    run: Run
    rows: int
    bads: int
    schema: Schema
    facts: Mapping[str, Any]
    suspects: tuple[Suspect, ...]

    @property
    def unanswered(self) -> tuple[Suspect, ...]:
        """The suspects that training waits for."""
        return leakage.unanswered(self.suspects, self.run.data)


def check(toml: Path, stages: Stages) -> Checked:
    """Reads a TOML and its data, draws the samples and screens the columns. Raises: RiskModelError."""
    run, _ = config.read(toml)
    recipes_of(run)
    develop.check_steps(run)
    with stages.stage("Read and split"):
        data = preparation.prepare(run, toml.parent)
        cascade_variant.check(run, data.schema.features)
        develop.check_features(run, data.schema.features)
    with stages.stage("Screen for leaks", data.screened) as tick:
        suspects = data.suspects(tick)
    default = data.keys.default
    return Checked(run, len(default), int(default.sum()), data.schema, data.draw.facts, suspects)


def go_on(checked: Checked) -> None:
    """Ends in the words of `train` where it would not go on. Raises: DataError."""
    leakage.refuse_unanswered(checked.suspects, checked.run.data)
