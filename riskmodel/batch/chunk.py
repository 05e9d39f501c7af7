"""One chunk: applications in, PD, grade and decision out. Pure, so that every engine gives the same answer."""

from __future__ import annotations

from string import ascii_uppercase

import numpy as np
import pyarrow as pa

from riskmodel.core import Policy, Scorer
from riskmodel.datasets import encode

DECISIONS = ("approve", "refer", "decline")


def score_chunk(
    scorer: Scorer, policy: Policy, model_sha256: str, rows: pa.RecordBatch, ids: pa.Array
) -> pa.RecordBatch:
    """The scored part of a chunk: id, pd, grade, decision, model_sha256; one row a row. Raises: DataError."""
    pd = scorer.pd(encode.matrix(rows, scorer.features))
    grades = np.searchsorted(policy.grade_edges, pd, side="right")
    decisions = np.searchsorted([policy.refer_from, policy.cutoff], pd, side="right")
    columns = {
        "id": ids,
        "pd": pa.array(pd, pa.float64()),
        "grade": _words(grades, ascii_uppercase[: len(policy.grade_edges) + 1]),
        "decision": _words(decisions, DECISIONS),
        "model_sha256": _words(np.zeros(len(pd), np.int64), (model_sha256,)),
    }
    return pa.RecordBatch.from_pydict(columns)


def _words(codes: np.ndarray[tuple[int], np.dtype[np.int64]], words: str | tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(list(words), pa.string()))
