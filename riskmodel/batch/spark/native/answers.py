"""Spark's files as the parts of an output: which belong together, how many rows they have, what is counted of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from riskmodel.batch.chunk import WHY
from riskmodel.batch.counts import Tally
from riskmodel.batch.input_manifest import sha256_of
from riskmodel.batch.spark.source import At
from riskmodel.batch.writer import QUARANTINE, PartFacts, Written

NAME = "part.parquet"
_TASK = re.compile(r"part-(\d+)-.+\.parquet")


def by_task(folder: Path) -> dict[int, Path]:
    """The file of each of Spark's tasks; one without rows has none."""
    files = {int(match[1]): path for path in folder.iterdir() if (match := _TASK.fullmatch(path.name))}
    return files if folder.is_dir() else {}


@dataclass(frozen=True)
class Answers:
    """What Spark has written of one source: scored rows and rows set aside, by task; `edges` are those of the PSI."""

    scored: Mapping[int, Path]
    aside: Mapping[int, Path]
    places: Sequence[At]
    edges: tuple[float, ...]

    def reports(self, work: Path) -> list[dict[str, Any]]:
        """A report a part, as a task of Python gives it; its files lie in a folder of `work` then."""
        tasks = sorted({*self.scored, *self.aside})
        made = [self._report(task, work) for task in tasks]
        return [report for report in made if report["part"]["rows"]]

    def _report(self, task: int, work: Path) -> dict[str, Any]:
        index, start = self.places[task]
        folder = work / f"{index}-{start}"
        (folder / QUARANTINE).mkdir(parents=True)
        part = self._scored(task, folder / NAME)
        if task in self.aside:
            self.aside[task].replace(folder / QUARANTINE / NAME)
            part = _with_aside(part, folder / QUARANTINE / NAME)
        return {"attempt": folder.name, "at": [index, start], "part": part.to_data()}

    def _scored(self, task: int, place: Path) -> Written:
        if task in self.scored:
            self.scored[task].replace(place)
        else:  # all rows are set aside
            pq.write_table(pq.read_schema(_any(self.scored, place)).empty_table(), place)
        rows = pq.read_metadata(place).num_rows
        return Written(0, rows, rows, 0, {NAME: _facts(place)}, self._tally(place))

    def _tally(self, path: Path) -> Tally:
        words = ["grade", "decision", *(["reason_1"] if "reason_1" in pq.read_schema(path).names else [])]
        table = pq.read_table(path, columns=["pd", *words], read_dictionary=words)
        bins = np.searchsorted(np.asarray(self.edges), table["pd"].to_numpy(), side="right")
        counts = np.bincount(bins, minlength=len(self.edges) + 1).tolist()
        scores = {f"{i:02d}": count for i, count in enumerate(counts) if count}
        tallies = {"decisions": "decision", "grades": "grade", "reasons": "reason_1"}
        return {"scores": scores, **{n: _counts(table[of]) for n, of in tallies.items() if of in table.schema.names}}


def _with_aside(part: Written, path: Path) -> Written:
    rows, why = pq.read_metadata(path).num_rows, _counts(pq.read_table(path, columns=[WHY])[WHY])
    return replace(
        part,
        rows=part.rows + rows,
        quarantined=rows,
        files={**part.files, **({f"{QUARANTINE}/{NAME}": _facts(path)} if rows else {})},
        tally={**part.tally, "quarantine": why},
    )


def _any(files: Mapping[int, Path], place: Path) -> Path:
    """A file with the schema: the first task always writes one, which may have got its place already."""
    beside = sorted(place.parent.parent.glob(f"*/{NAME}"))
    return next((path for path in files.values() if path.exists()), beside[0] if beside else place)


def _counts(words: pa.ChunkedArray) -> dict[str, int]:
    counted = pc.value_counts(words.cast(pa.string()).drop_null())
    return {one["values"]: one["counts"] for one in counted.to_pylist()}


def _facts(path: Path) -> PartFacts:
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
