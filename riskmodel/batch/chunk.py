"""The chunk: applications in, scored rows and quarantined rows out. Pure, so that every engine gives the same answer.

Local runs, Spark, MLflow's pyfunc and the endpoint all come through here. A chunk is made of a bundle once a process;
nothing in it is pickled, and no row passes through pandas.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from string import ascii_uppercase

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel import scorers
from riskmodel.batch.counts import Tally
from riskmodel.batch.spelling import AS_DEVELOPED, InputSpelling
from riskmodel.bundle import Bundle
from riskmodel.config import Scoring
from riskmodel.core import (
    DECISIONS,
    Column,
    HasStages,
    Mask,
    Matrix,
    Policy,
    Scale,
    Scorer,
    Vector,
    why_undecided,
)
from riskmodel.datasets import encode, input_validation
from riskmodel.errors import DataError
from riskmodel.explanation.counterfactuals import Counterfactual, Counterfactuals
from riskmodel.explanation.reasons import COUNT, NONE, Codes, Reasons

WHY = "why"

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """`rows`: id, pd, points, grade, decision, reason_1 to reason_4, model_sha256. `aside`: as they came, and why."""

    rows: pa.RecordBatch
    aside: pa.RecordBatch | None
    tally: Tally


@dataclass(frozen=True, eq=False)
class Chunk:
    """A scorer and what its PDs lead to; call it with a batch."""

    scorer: Scorer
    policy: Policy
    rules: Scoring
    scale: Scale
    reasons: Reasons
    edges: tuple[float, ...]  # of the PDs in development
    model_sha256: str
    counterfactuals: Counterfactuals | None = None  # where they are asked for: one more column
    spelling: InputSpelling = AS_DEVELOPED

    @classmethod
    def from_bundle(cls, bundle: Bundle, *, counterfactuals: bool = False) -> Chunk:
        """What a bundle's files say. Raises: BundleError, UnsupportedScorer for counterfactuals but of trees."""
        scorer = scorers.unpacked(bundle)
        reasons = Reasons(scorer, bundle.reference, bundle.reasons)
        edges = bundle.reference.edges
        others = Counterfactuals(scorer, bundle.policy, bundle.actionable) if counterfactuals else None
        return cls(scorer, bundle.policy, bundle.scoring, bundle.scale, reasons, edges, bundle.scorer_sha256, others)

    def reading(self, spelling: InputSpelling) -> Chunk:
        """The same, of applications that are written so."""
        share = self.rules.most_unseen if spelling.unknown is None else spelling.unknown
        return replace(self, spelling=spelling, rules=self.rules.model_copy(update={"most_unseen": share}))

    @cached_property
    def features(self) -> tuple[Column, ...]:
        """The columns that are read."""
        nulls = self.spelling.nulls
        return tuple(replace(column, nulls=nulls) if nulls else column for column in self.scorer.features)

    def __call__(
        self, batch: pa.RecordBatch, ids: pa.Array, as_it_came: Callable[[], pa.RecordBatch] | None = None
    ) -> Scored:
        """Scores a batch that has the features by their names, in any order; `ids` has one entry a row.

        `as_it_came` gives the batch for the quarantine, where that is not `batch` itself (the text of a CSV). A row
        without an id is set aside. Rows keep their order. Raises: DataError for a fault that the bundle's policies
        refuse.
        """
        fewest = input_validation.FEWEST if self.spelling.unknown is None else 1
        guarded = input_validation.guarded(batch, self.features, self.rules, fewest)
        aside = guarded.aside | ~ids.is_valid().to_numpy(zero_copy_only=False)
        rows = guarded.rows.select(list(dict.fromkeys(feature.read_from for feature in self.features)))
        rows = rows.filter(pa.array(~aside)) if aside.any() else rows
        matrix = encode.matrix(rows, self.features)
        why_by_row: dict[int, str] = {}
        if isinstance(self.scorer, HasStages):
            undecided = self.scorer.undecided(matrix)
            open_rows = np.flatnonzero(~aside)[undecided]
            why_by_row = dict.fromkeys(open_rows.tolist(), why_undecided(self.scorer))
            aside[open_rows], matrix = True, matrix[~undecided]
        scored, counts = self._scored(matrix, ids.filter(pa.array(~aside)) if aside.any() else ids)
        tally = {**counts, "policies": guarded.uses, "unseen": guarded.unseen}
        if not aside.any():
            return Scored(scored, None, tally)
        why = _reasons_aside(guarded, aside, why_by_row)
        quarantined = _with_why(batch if as_it_came is None else as_it_came(), ids, aside, why)
        return Scored(scored, quarantined, {**tally, "quarantine": _count(why)})

    def _scored(self, matrix: Matrix, ids: pa.Array) -> tuple[pa.RecordBatch, Tally]:
        margin = self.scorer.margin(matrix)
        pd: Vector = expit(margin)
        bins = np.searchsorted(self._cuts.edges, pd, side="right")
        grades, decisions = self._cuts.grades[bins], self._cuts.decisions[bins]
        codes = np.full((len(pd), COUNT), NONE, np.int32)
        explained = np.flatnonzero(decisions > 0)
        if len(explained):
            codes[explained] = self.reasons(matrix[explained])
        columns = {
            "id": ids,
            "pd": pa.array(pd, pa.float64()),
            "points": pa.array(np.rint(self.scale.points(margin)).astype(np.int32)),
            "grade": _words(grades, self._letters),
            "decision": _words(decisions, DECISIONS),
            **{f"reason_{i + 1}": _words(codes[:, i], self.reasons.names) for i in range(COUNT)},
            "model_sha256": _words(np.zeros(len(pd), np.int32), (self.model_sha256,)),
        }
        if self.counterfactuals is not None:
            columns["counterfactuals"] = _as_json(self.counterfactuals(matrix))
        missing = np.isnan(matrix).sum(axis=0).tolist()
        tally = {
            "decisions": _named(decisions, DECISIONS),
            "grades": _named(grades, self._letters),
            "scores": _named(self._cuts.scores[bins], [f"{i:02d}" for i in range(len(self.edges) + 1)]),
            "missing": dict(zip((feature.name for feature in self.features), missing, strict=True)),
            "reasons": _named(codes[:, 0], self.reasons.names),
        }
        return pa.RecordBatch.from_pydict(columns), tally

    @property
    def _letters(self) -> str:
        return ascii_uppercase[: len(self.policy.grade_edges) + 1]

    @cached_property
    def _cuts(self) -> _Cuts:
        return _Cuts.of(self.policy, self.edges)


@dataclass(frozen=True, eq=False)
class _Cuts:
    """All places where a PD changes something, in one row: it is looked up once, and not once for each use."""

    edges: Vector
    grades: NDArray[np.int32]
    decisions: NDArray[np.int32]
    scores: NDArray[np.int32]

    @classmethod
    def of(cls, policy: Policy, scores: Sequence[float]) -> _Cuts:
        sets = (policy.grade_edges, (policy.refer_from, policy.cutoff), scores)
        edges = np.unique(np.concatenate([np.asarray(part, np.float64) for part in sets]))
        lowest = np.concatenate([[-np.inf], edges])
        return cls(edges, *(np.searchsorted(part, lowest, side="right").astype(np.int32) for part in sets))


def _as_json(counterfactuals: Sequence[tuple[Counterfactual, ...]]) -> pa.Array:
    """One text a row, null where there is none."""
    return pa.array(
        [json.dumps([each.as_json for each in row]) if row else None for row in counterfactuals], pa.string()
    )


def _words(codes: Codes, words: Sequence[str]) -> pa.Array:
    known = pa.array(codes, mask=codes < 0) if len(codes) and codes.min() < 0 else pa.array(codes)
    return pa.DictionaryArray.from_arrays(known, pa.array(list(words), pa.string()))


def _named(codes: Codes, words: Sequence[str]) -> dict[str, int]:
    counts = np.bincount(codes + 1, minlength=len(words) + 1)[1:].tolist()
    return {word: count for word, count in zip(words, counts, strict=True) if count}


def _count(words: Sequence[str]) -> dict[str, int]:
    return {word: words.count(word) for word in dict.fromkeys(words)}


def _reasons_aside(guarded: input_validation.Guarded, aside: Mask, more: Mapping[int, str]) -> list[str]:
    reason_by_row = {**more, **dict(zip(np.flatnonzero(guarded.aside).tolist(), guarded.reasons, strict=True))}
    return [reason_by_row.get(row, "id: missing value") for row in np.flatnonzero(aside).tolist()]


def _with_why(batch: pa.RecordBatch, ids: pa.Array, aside: Mask, why: Sequence[str]) -> pa.RecordBatch:
    """The rows that are set aside: id, why, and every column that came, under its own name."""
    kept = pa.array(aside)
    rows = batch.filter(kept)
    names = ["id", WHY, *(f"{name} (input)" if name in ("id", WHY) else name for name in rows.schema.names)]
    if len(set(names)) < len(names):
        raise DataError(f"columns must not be named {WHY!r} and '{WHY} (input)' at once")
    return pa.RecordBatch.from_arrays([ids.filter(kept), pa.array(why, pa.string()), *rows.columns], names)
