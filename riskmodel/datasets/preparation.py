"""What `check` and `train` begin with: a run's table is read, each row gets its job, the columns are learnt on train.

Outcome, day and borrower of a row are read once; the draw, the schema, the screens and the samples share them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from riskmodel.config import Run
from riskmodel.core import Matrix, Sample, Schema, Split, Tick
from riskmodel.datasets import further_rows, leakage, run_table, sample_split, schema, split
from riskmodel.datasets.leakage import Suspect
from riskmodel.datasets.run_table import RunTable
from riskmodel.datasets.sample_split import SampleDraw
from riskmodel.datasets.split import RowKeys


@dataclass(frozen=True, eq=False)
class Prepared:
    """A run's table, with the job of each of its rows and the columns as train knows them."""

    run: Run
    table: RunTable
    keys: RowKeys  # of every row of the table
    draw: SampleDraw
    schema: Schema
    unlabelled: Matrix | None  # applications without outcome, in the schema's features

    @property
    def screened(self) -> int:
        """How many columns the screens look at, one by one."""
        return len(leakage.screened(self.schema))

    def suspects(self, tick: Tick = lambda: None) -> tuple[Suspect, ...]:
        """What the screens suspect, what blocks first; `tick` is called after each column. Raises: DataError."""
        return leakage.suspects(self.table.rows, self.schema, self.run.data, self.keys, self.draw.rows, tick=tick)

    def answered(self) -> tuple[Suspect, ...]:
        """The suspects, each that blocks answered in the TOML. Raises: DataError that names the first that is not."""
        suspects = self.suspects()
        leakage.refuse_unanswered(suspects, self.run.data)
        return suspects

    def samples(self) -> Split:
        """The samples, the test one sealed. Raises: DataError."""
        samples = split.split(self.table.rows, self.schema, self.draw.rows, self.keys, self.draw.recent)
        return replace(samples, development=replace(samples.development, unlabelled=self._halves[0]))

    @property
    def further(self) -> Sample | None:
        """The applications without outcome that no fit sees."""
        return self._halves[1]

    @cached_property
    def _halves(self) -> tuple[Matrix | None, Sample | None]:
        return further_rows.halves(self.unlabelled, self.schema.features, self.run.seed)

    def applications(self) -> pa.Table:
        """The selection sample as it came: what latency is measured on."""
        return self.table.rows.take(pa.array(self.draw.rows.selection))


def prepare(run: Run, folder: Path) -> Prepared:
    """Reads, draws and learns; paths are relative to `folder`, the TOML's. Raises: DataError."""
    table = run_table.read(run.data, folder)
    keys = split.row_keys(table.rows, run.data)
    draw = sample_split.drawn(run, table, keys, folder)
    columns = schema.learn(table.rows, run.data, keys.default, draw.rows.train, table.notes)
    return Prepared(run, table, keys, draw, columns, run_table.unlabelled(run.data, folder, columns))
