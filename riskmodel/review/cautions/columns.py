"""Of the columns: whether their values are those of development, or another column's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Reference, Vector
from riskmodel.evaluation.stability import stability
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.cautions import Caution, Check, State
from riskmodel.review.cautions.rows import score_reference, truncated
from riskmodel.review.evidence.subject import Subject
from riskmodel.review.wording import count, figure, listed
from riskmodel.stats.psi import psi

SHIFTED = Check("shift", "Rows unlike those of development")
SWAPPED = Check("swapped_columns", "Columns that stand in one another's place")
MISSING = Check("missing_values", "Missing values that only one of the two reads as such")
LEAST_FILLED = 0.005  # of the rows
NOTHING = "Neither earlier rows nor the champion's bundle say how its columns lay."


@dataclass(frozen=True)
class Shape:
    """How a column lay: counts between its deciles, then of missing values."""

    edges: tuple[float, ...]
    counts: tuple[float, ...]

    def distance(self, values: Vector) -> float:
        """The PSI of values (n) against it, less what chance alone makes of it."""
        now = _counts(self.edges, values)
        before = sum(self.counts)
        noise = len(self.edges) * (1 / before + 1 / len(values))
        return (psi(self.counts, now) or 0.0) - noise


def _counts(edges: tuple[float, ...], values: Vector) -> NDArray[np.float64]:
    present = values[np.isfinite(values)]
    counts = np.bincount(np.searchsorted(edges, present, side="left"), minlength=len(edges) + 1)
    return np.append(counts, len(values) - len(present)).astype(np.float64)


def of_columns(subject: Subject, limits: Thresholds) -> Iterator[Caution]:
    """Two checks against earlier rows, or against what the champion's bundle says of its development."""
    shapes, threshold = _shapes(subject), limits[stability.CSI.id]
    small = min([len(subject), *(sum(shape.counts) for shape in shapes.values())]) < limits.setting("least_rows")
    if small or not shapes:
        why = "The rows are too few to tell." if shapes else NOTHING
        yield from (SWAPPED.unknown(why), SHIFTED.unknown(why))
        return
    columns = _columns(subject)
    far = {name: d for name, shape in shapes.items() if (d := shape.distance(columns[name])) > threshold.fail}
    pairs = [
        (one, other)
        for one, other in combinations(far, 2)
        if max(shapes[other].distance(columns[one]), shapes[one].distance(columns[other])) < threshold.attention
    ]
    yield _swapped(pairs)
    yield _shifted(subject, {name: d for name, d in far.items() if name not in sum(pairs, ())}, limits)


def filled(subject: Subject) -> Caution:
    """Whether a column's missing values come to one of the two as a number: as 0, where somebody filled them."""
    before, after = ({c.read_from: values for c, values in zip(side.scorer.features, side.matrix.T, strict=True)}
                     for side in subject.sides)  # fmt: skip
    words = [words for name in before if name in after for words in _filled(name, before[name], after[name])]
    if not words:
        return MISSING.clear("Where a column is missing to one of the two it is to the other.")
    evidence = "The two do not read the same applications: differences of their PDs are differences of data too."
    return MISSING.warned(f"The two read missing values apart: {listed(words, 3)}.", evidence)


def _filled(name: str, before: Vector, after: Vector) -> Iterator[str]:
    for role, other, own in (("challenger", before, after), ("champion", after, before)):
        rows = np.isnan(other) & ~np.isnan(own)
        if rows.mean() > LEAST_FILLED:
            values = np.unique(own[rows])
            what = f"as {values[0]:g}" if len(values) == 1 else "as numbers"
            yield f"{name}, which the {role} reads {what} in {count(int(rows.sum()))} rows"


def _columns(subject: Subject) -> Mapping[str, Vector]:
    features = subject.champion.scorer.features
    return {column.name: subject.champion.matrix[:, i] for i, column in enumerate(features)}


def _shapes(subject: Subject) -> Mapping[str, Shape]:
    if subject.earlier is not None:
        then = subject.earlier.champion.matrix
        return {column.name: _of_values(then[:, i]) for i, column in enumerate(subject.champion.scorer.features)}
    reference = subject.champion.reference
    return {name: _of_reference(name, reference) for name, deciles in reference.quantiles.items() if deciles}


def _of_values(values: Vector) -> Shape:
    present = values[np.isfinite(values)]
    deciles = np.quantile(present, np.arange(1, 10) / 10, method="inverted_cdf") if len(present) else np.array([])
    edges = tuple(np.unique(deciles).tolist())
    return Shape(edges, tuple(_counts(edges, values).tolist()))


def _of_reference(name: str, reference: Reference) -> Shape:
    pairs = reference.quantiles[name]
    present = reference.rows * (1 - reference.missing[name])
    shares = np.diff([0.0, *(upto for _, upto in pairs), 1.0])
    return Shape(tuple(at for at, _ in pairs), (*(present * shares).tolist(), reference.rows - present))


def _swapped(pairs: list[tuple[str, str]]) -> Caution:
    if not pairs:
        return SWAPPED.clear("No two columns lie as the other one did.")
    words = [f"{one} and {other}" for one, other in pairs]
    evidence = "Each of the two lies as the other did before, and not as it did itself."
    return SWAPPED.warned(f"Columns seem to be swapped: {listed(words, 4)}.", evidence)


def _shifted(subject: Subject, far: Mapping[str, float], limits: Thresholds) -> Caution:
    threshold, reference = limits[stability.PSI.id], score_reference(subject)
    index = None
    if reference.shares and truncated(subject, limits).state is not State.WARNED:
        counts = tuple(reference.rows * share for share in reference.shares)
        index = Shape(reference.edges, (*counts, 0.0)).distance(np.nextafter(subject.champion.pd, np.inf))
    score = "not at hand" if index is None else figure(index)
    evidence = f"PSI of champion's PD, beyond chance: {score}; {count(len(far))} features beyond {threshold.fail:g}."
    has_shifted = index is not None and index > threshold.fail
    if not (has_shifted or far):
        return SHIFTED.clear(evidence)
    names = sorted(far, key=lambda name: -far[name])
    what = "The rows are not like those before: " + (
        "the scores have shifted" if has_shifted else "features have shifted"
    )
    return SHIFTED.warned(f"{what}{f' ({listed(names, 4)})' if names else ''}.", evidence)
