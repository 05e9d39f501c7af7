"""The rows that pruning from outside works on: where they lie, how they are read, and the samples of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from riskmodel.core import Column, Sample, Split
from riskmodel.datasets import further_rows
from riskmodel.workflows.prune import table


class RowSource(Protocol):
    """Where the rows came from, and how they are read."""

    @property
    def data(self) -> Path: ...
    @property
    def target(self) -> str: ...
    @property
    def id_column(self) -> str | None: ...
    @property
    def seed(self) -> int: ...
    @property
    def unlabelled(self) -> Path | None: ...
    @property
    def weight(self) -> str | None: ...
    @property
    def bad(self) -> str | None: ...
    @property
    def spelling(self) -> table.Spelling: ...


def drawn(source: RowSource, features: Sequence[Column], check: Callable[[pa.Table], None]) -> Split:
    """The four samples of a source, once `check` has seen the whole table. Raises: DataError."""
    rows = (source.target, source.id_column, source.seed, source.weight, source.spelling, source.bad)
    return table.samples(source.data, features, *rows, check)


def with_applications(split: Split, source: RowSource, features: tuple[Column, ...]) -> tuple[Split, Sample | None]:
    """The samples with half of the applications without outcome to learn from, and the half that no fit sees."""
    if source.unlabelled is None:
        return split, None
    more = table.unlabelled(source.unlabelled, features, source.spelling)
    taught, kept = further_rows.halves(more, features, source.seed)
    return replace(split, development=replace(split.development, unlabelled=taught)), kept
