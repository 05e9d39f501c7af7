"""What trees ask of a row, as bytes: every question becomes (byte of a column & mask) > limit, and yes goes right.

A feature's values fall into slots between all the edges that some split has, and a column tells the byte of each slot.
Missing values have a slot of their own, so that the rules of missing values, of zeros and of categories are settled
here, once a slot, and not once a row and split. Numeric splits that treat missing values alike share a column: the byte
is the number of their edges below the value, 255 of them a column. Eight sets of categories share a column, a bit each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.trees.compiled.split_edges import ZERO, category_edges, last_left
from riskmodel.trees.compiled.tree_order import Splits
from riskmodel.trees.ensemble import Rules
from riskmodel.trees.tree import MISSING_NAN, MISSING_NONE, MISSING_ZERO

Bytes = NDArray[np.uint8]
FULL = 255
BITS = 8
_Answer = Callable[[Vector], Bytes]  # the bytes of one column at values in each slot


@dataclass(frozen=True, eq=False)
class Questions:
    """features: a row each, in order: its place in the matrix, its first edge, its halvings, its first byte, its
    columns. A feature has 2^halvings slots and one for missing; edges fill up with infinity. column, limit, mask: of
    each split.
    """

    features: NDArray[np.int64]
    edges: Vector
    bytes: Bytes
    column: NDArray[np.int64]
    limit: Bytes
    mask: Bytes

    @property
    def n_columns(self) -> int:
        return int(self.features[:, 4].sum())


def questions(splits: Splits, rules: Rules) -> Questions:
    """One for each split; splits that ask the same share it."""
    column = np.zeros(len(splits.feature), np.int64)
    limit, mask = np.zeros(len(column), np.uint8), np.full(len(column), FULL, np.uint8)
    listed = np.array([codes is not None for codes in splits.sets], np.bool_)
    rows, edges, table = [], [np.zeros(0)], [np.zeros(0, np.uint8)]
    columns = first_edge = first_byte = 0
    for feature, asked in _by(splits.feature, np.arange(len(column))):
        cuts: list[Vector] = []
        answers: list[_Answer] = []
        for asks in (_numbers(splits, asked[~listed[asked]], rules), _sets(splits, asked[listed[asked]], rules)):
            for ask in asks:
                column[ask.asked], limit[ask.asked] = columns + len(answers) + ask.column, ask.limit
                mask[ask.asked] = ask.mask
                cuts.append(ask.edges)
                answers += ask.answers
        slots, halvings = _slots(np.concatenate(cuts))
        rows.append((feature, first_edge, halvings, first_byte, len(answers)))
        edges.append(slots[:-2])
        table += [answer(slots) for answer in answers]
        columns, first_edge = columns + len(answers), first_edge + len(slots) - 2
        first_byte += len(slots) * len(answers)
    return Questions(
        np.array(rows, np.int64).reshape(-1, 5), np.concatenate(edges), np.concatenate(table), column, limit, mask
    )


def _by(key: NDArray[np.int64], of: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each value of the key, rising, and those that have it."""
    order = np.argsort(key, kind="stable")
    values, starts = np.unique(key[order], return_index=True)
    return zip(values.tolist(), np.split(of[order], starts[1:]), strict=False)


def _slots(cuts: Vector) -> tuple[Vector, int]:
    """A value in each slot, its upper end; the last two are what is above all edges, and missing."""
    edges = np.unique(cuts)
    halvings = len(edges).bit_length()
    above = np.full(2**halvings - len(edges), np.inf)
    return np.concatenate([edges, above, [np.nan]]), halvings


@dataclass(frozen=True, eq=False)
class _Asks:
    """Splits that share columns, the first of them 0; edges: where the answers change."""

    asked: NDArray[np.int64]
    column: NDArray[np.int64]
    limit: NDArray[np.int64] | int
    mask: NDArray[np.int64] | int
    edges: Vector
    answers: list[_Answer]


def _numbers(splits: Splits, asked: NDArray[np.int64], rules: Rules) -> Iterator[_Asks]:
    missing = splits.missing[asked] if rules == "lightgbm" else np.full(len(asked), MISSING_NAN)
    treated = np.where(missing == MISSING_NONE, 0, 2 * missing + splits.default_left[asked])
    lowest = -np.inf if rules == "lightgbm" else -np.finfo(np.float64).max  # even -inf is not below XGBoost's -inf
    for key, same in _by(treated, asked):
        cuts, rank = np.unique(last_left(splits.threshold[same], rules), return_inverse=True)
        window = [np.nextafter(-ZERO, -np.inf), ZERO] if key // 2 == MISSING_ZERO else []
        answers = [_ranks(cuts, chunk, key // 2, bool(key % 2), lowest) for chunk in range(-(-len(cuts) // FULL))]
        yield _Asks(same, rank // FULL, rank % FULL, FULL, np.concatenate([cuts, window]), answers)


def _ranks(cuts: Vector, chunk: int, missing: int, default_left: bool, lowest: float) -> _Answer:
    def answer(values: Vector) -> Bytes:
        gone = np.isnan(values)
        known = np.where(
            gone, 0.0, np.maximum(values, lowest)
        )  # LightGBM takes a missing value for 0 where it saw none
        ranks = np.clip(np.searchsorted(cuts, known) - FULL * chunk, 0, FULL)
        by_default = {MISSING_NAN: gone, MISSING_ZERO: np.abs(known) <= ZERO}.get(missing, np.zeros_like(gone))
        return np.where(by_default, 0 if default_left else FULL, ranks).astype(np.uint8)

    return answer


def _sets(splits: Splits, asked: NDArray[np.int64], rules: Rules) -> Iterator[_Asks]:
    if not len(asked):
        return
    missing_right = (rules == "lightgbm") | ~splits.default_left[asked]
    bits: dict[tuple[frozenset[int], bool], int] = {}
    keys = [(frozenset(splits.sets[i] or ()), bool(right)) for i, right in zip(asked, missing_right, strict=True)]
    place = np.array([bits.setdefault(key, len(bits)) for key in keys], np.int64)
    edges = category_edges(np.array(sorted({code for codes, _ in bits for code in codes}), np.int64), rules)
    groups = [dict(list(bits.items())[i : i + BITS]) for i in range(0, len(bits), BITS)]
    answers = [_bits(group, rules) for group in groups]
    yield _Asks(asked, place // BITS, 0, 1 << place % BITS, edges, answers)


def _bits(group: Mapping[tuple[frozenset[int], bool], int], rules: Rules) -> _Answer:
    def answer(values: Vector) -> Bytes:
        codes = _codes(values, rules)
        answers = np.zeros(len(values), np.uint8)
        for bit, (listed, missing_right) in enumerate(group):
            is_listed = np.isin(codes, np.array(sorted(listed), np.int64))
            right = np.where(np.isnan(values), missing_right, is_listed == (rules == "xgboost"))
            answers |= right.astype(np.uint8) << np.uint8(bit)
        return answers

    return answer


def _codes(values: Vector, rules: Rules) -> NDArray[np.int64]:
    """The category of each value, -1 for what is none."""
    low = values >= 0 if rules == "xgboost" else values > -1
    with np.errstate(over="ignore"):
        whole = values.astype(np.float32).astype(np.float64) if rules == "xgboost" else values
    return np.where(low & (values < 2.0**31), np.nan_to_num(whole, posinf=0, neginf=0), -1).astype(np.int64)
