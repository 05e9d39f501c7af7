"""Looks at a run's data as `train` would, and trains nothing: the samples, the columns, what the screens suspect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from riskmodel import config
from riskmodel.config import Run
from riskmodel.core import Schema, Tick
from riskmodel.datasets import leakage, run_table, sample_split, schema
from riskmodel.datasets.leakage import Suspect
from riskmodel.datasets.outcome import bad_level
from riskmodel.datasets.split import Rows
from riskmodel.evaluation.change.power import PLANNED_SKILL, Reach
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import develop


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
    develop.recipes(run)
    develop.check_steps(run)
    with stages.stage("Read and split"):
        read = run_table.read(run.data, toml.parent)
        whole = read.rows
        drawn = sample_split.drawn(run, read, toml.parent)
        columns = schema.learn(whole, run.data, drawn.rows.train, read.notes)
        run_table.unlabelled(run.data, toml.parent, columns)
    with stages.stage("Screen for leaks", len(leakage.screened(columns))) as tick:
        suspected = suspects(run, whole, columns, drawn.rows, tick)
    default = schema.outcome(whole, run.data.target, *bad_level(run.data))
    return Checked(run, whole.num_rows, int(default.sum()), columns, drawn.facts, suspected)


def suspects(run: Run, whole: pa.Table, columns: Schema, rows: Rows, tick: Tick = lambda: None) -> tuple[Suspect, ...]:
    """What the screens find in the run's table. Raises: DataError."""
    default = schema.outcome(whole, run.data.target, *bad_level(run.data))
    return leakage.suspects(whole, columns, run.data, default, rows, tick=tick)


def reach(run: Run, facts: Mapping[str, Any]) -> Reach:
    """What the test sample will be able to show, by its size alone."""
    test, rule = facts["samples"]["test"], run.margins
    margin = rule.auc if rule.auc is not None else rule.share("auc") * PLANNED_SKILL
    return Reach("test", int(test["rows"]), int(test["bads"]), margin)


def go_on(checked: Checked) -> None:
    """Ends in the words of `train` where it would not go on. Raises: DataError."""
    leakage.refuse_unanswered(checked.suspects, checked.run.data)
