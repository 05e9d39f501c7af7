"""Rows that a service decided: the day of each comes from its log, which names it by its id."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from riskmodel import limits, tables
from riskmodel.datasets import encode
from riskmodel.errors import DataError
from riskmodel.privacy import excerpt
from riskmodel.workflows.review.model import ReviewedModel

DAY = "day of decision"  # the column that the rows get


@dataclass(frozen=True, slots=True)
class LoggedDecision:
    """What a line of the log says: when, by which model, at which PD; None where the rules set it aside."""

    time: datetime
    model_sha256: str
    pd: float | None


@dataclass(frozen=True, eq=False)
class DecidedRows:
    """A table whose rows were all decided, each with its last decision in the log."""

    table: pa.Table
    decisions: list[LoggedDecision]
    log: Path

    def check(self, champion: ReviewedModel, say: Callable[[str], None] = lambda _line: None) -> None:
        """Holds the PDs of the champion against those that it gave when it decided.

        Raises: DataError where one differs: the table then has other values than those that were decided on.
        """
        sha256 = champion.bundle.scorer_sha256 if champion.bundle else champion.scorer.sha256
        own = [i for i, it in enumerate(self.decisions) if it.model_sha256 == sha256 and it.pd is not None]
        say(f"{self.log.name}: {len(self.decisions):,} rows were decided, {len(own):,} by the champion")
        if not own:
            return
        matrix = encode.matrix(self.table.take(pa.array(own)), champion.scorer.features)
        logged = np.array([self.decisions[i].pd for i in own], np.float64)
        far = np.abs(champion.scorer.pd(matrix) - logged) > champion.scorer.pd_tolerance
        if far.any():
            raise DataError(
                f"{self.log}: the champion's PDs must be those that it decided by, however: {far.sum()} of {len(own)} "
                f"differ, first in row {own[int(np.argmax(far))] + 1}; values were changed after the decision"
            )


def decided(whole: pa.Table, log: Path, id_column: str | None) -> DecidedRows:
    """The rows of a table that the log has a decision of, with the day of the last one as a column.

    Raises: DataError where no row was decided, or the log is not one.
    """
    if id_column is None:
        raise DataError("decisions needs id, the column that names each row in the log")
    if id_column not in whole.column_names:
        raise DataError(f"the table has no column {id_column!r} for id; {tables.near(id_column, whole.column_names)}")
    if DAY in whole.column_names:
        raise DataError(f"decisions: the table must not have a column {DAY!r}")
    by_id = {_key(name): decision for name, decision in _read(log)}
    names = [_key(name) for name in encode.column_of(whole, id_column).to_pylist()]
    kept = [i for i, name in enumerate(names) if name is not None and name in by_id]
    if not kept:
        raise DataError(f"{log}: must have decisions on rows of the table, however: no {id_column!r} is in it")
    decided = [by_id[names[i]] for i in kept]
    days = pa.array([decision.time.date() for decision in decided], pa.date32())
    return DecidedRows(whole.take(pa.array(kept)).append_column(DAY, days), decided, log)


def _key(name: object) -> str | None:
    """An id as text: JSON has numbers and text, a table may have either."""
    if isinstance(name, float) and name.is_integer():
        name = int(name)
    return None if name is None else str(name)


def _read(log: Path) -> Iterator[tuple[Any, LoggedDecision]]:
    """Line by line; one that is still being written has no end, and is passed over. Raises: DataError."""
    most = limits.of("record_bytes")
    try:
        with log.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(most + 1), b""), 1):
                limits.check("record_bytes", len(line), f"{log}, line {number}", DataError)
                if line.endswith(b"\n"):
                    yield _decision(line, f"{log}, line {number}")
    except OSError as error:
        raise DataError(f"{log}: cannot be read: {error.strerror}") from error


def _decision(line: bytes, where: str) -> tuple[Any, LoggedDecision]:
    try:
        data = json.loads(line)
        pd = None if data["pd"] is None else float(data["pd"])
        return data["id"], LoggedDecision(datetime.fromisoformat(data["time"]), str(data["model_sha256"]), pd)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        start = excerpt(line[:60])
        raise DataError(f"{where}: must be a decision as riskmodel serve logs it, however: {start}") from error
