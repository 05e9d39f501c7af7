"""The local engine: streams Parquet or CSV through the chunk in bounded memory; all of the output appears, or none."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.batch.chunk import score_chunk
from riskmodel.core import Column, Kind, Policy, Role, Scorer, Tick, canonical
from riskmodel.datasets import table
from riskmodel.errors import DataError, RiskModelError

ROWS = 65_536  # of a chunk
CHUNKS = 16  # of a part


def score(
    scorer: Scorer,
    policy: Policy,
    source: Path,
    output: Path,
    *,
    id_column: str | None = None,
    rows: int = ROWS,
    tick: Tick = lambda: None,
) -> dict[str, Any]:
    """Scores a file, or every file of a folder, into `output`/part-00000.parquet and on, with a manifest.json.

    The id is `id_column`, or the number of the row where there is none. `tick` is called after each chunk. Returns what
    the manifest says: rows, counts of grades and decisions, hashes of input and model; the same input and model give
    the same bytes. Raises: DataError for bad input, RiskModelError if `output` exists or cannot be written.
    """
    if output.exists():
        raise RiskModelError(f"{output}: must not exist yet, however: it does")
    inputs = [_seen(part, source) for part in table.parts(source)]
    chunks = _chunks(scorer, policy, source, id_column=id_column, rows=rows, tick=tick)
    with _beside(output) as folder:
        counts = _write(chunks, folder)
        record = {"inputs": inputs, "model_sha256": scorer.sha256, **counts}
        (folder / "manifest.json").write_bytes(canonical(record))
    return record


def _seen(part: Path, source: Path) -> dict[str, Any]:
    name = part.relative_to(source).as_posix() if part != source else part.name
    return {"name": name, "sha256": table.sha256_of(part), "bytes": part.stat().st_size}


def _chunks(
    scorer: Scorer, policy: Policy, source: Path, *, id_column: str | None, rows: int, tick: Tick
) -> Iterator[pa.RecordBatch]:
    wanted = list(scorer.features)
    if id_column is not None:
        wanted.append(Column(id_column, Role.ID, Kind.CATEGORICAL))  # as text in a CSV: an id is not a quantity
    sha256 = scorer.sha256
    for batch, ids in _identified(table.batches(source, wanted, rows), id_column):
        yield score_chunk(scorer, policy, sha256, batch, ids)
        tick()


def _identified(batches: Iterator[pa.RecordBatch], id_column: str | None) -> Iterator[tuple[pa.RecordBatch, pa.Array]]:
    """Each batch with its ids, which have one type throughout: parts of several types cannot be read as one table."""
    first, kind = 0, None
    for batch in batches:
        ids = batch.column(id_column) if id_column else pa.array(np.arange(first, first + batch.num_rows))
        ids = ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids
        kind = kind or ids.type
        if ids.type != kind:
            raise DataError(f"column {id_column!r} must have one type in all files, however: {kind} and {ids.type}")
        yield batch, ids
        first += batch.num_rows


def _write(chunks: Iterator[pa.RecordBatch], folder: Path) -> dict[str, Any]:
    grades: Counter[str] = Counter()
    decisions: Counter[str] = Counter()
    rows = parts = 0
    for part in _grouped(chunks):
        scored = pa.Table.from_batches(part)
        pq.write_table(scored, folder / f"part-{parts:05d}.parquet", compression="zstd")
        for counter, name in ((grades, "grade"), (decisions, "decision")):
            counter.update({item["values"]: item["counts"] for item in scored[name].value_counts().to_pylist()})
        rows, parts = rows + scored.num_rows, parts + 1
    if not rows:
        raise DataError("the input has no rows")
    return {"rows": rows, "parts": parts, "grades": _sorted(grades), "decisions": _sorted(decisions)}


def _grouped(chunks: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    group: list[pa.RecordBatch] = []
    for chunk in chunks:
        group.append(chunk)
        if len(group) == CHUNKS:
            yield group
            group = []
    if group:
        yield group


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    """A folder next to `output` that takes its place when all went well, and else vanishes."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    except OSError as error:
        raise RiskModelError(f"{output}: cannot be written: {error.strerror}") from error
    try:
        yield folder
        folder.chmod(0o755)
        folder.rename(output)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).partition("\n")[0]
        raise RiskModelError(f"{output}: cannot be written: {reason}; nothing was kept") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
