"""Deals rows to samples at random, stratified by the outcome; the rows of one borrower stay together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Outcome
from riskmodel.datasets.split.rows import Positions

Counts = NDArray[np.int64]


def deal(
    default: Outcome, shares: Mapping[str, float], rest: str, seed: int, borrower: Positions | None = None
) -> dict[str, Positions]:
    """Each row (n) in one sample; `rest` has what the shares leave. `borrower` (n) are codes from 0.

    The share of bads and of goods in each sample is right to within one row; with borrowers, to within the rows of the
    largest one or two. What a sample has does not depend on the shares of those that are named after it.
    """
    borrower = np.arange(len(default)) if borrower is None else borrower
    sample_of = _sample_of_each(
        np.bincount(borrower, default).astype(np.int64),
        np.bincount(borrower, 1 - default).astype(np.int64),
        np.cumsum(list(shares.values())),
        seed,
    )[borrower]
    return {name: np.flatnonzero(sample_of == i).astype(np.int64) for i, name in enumerate((*shares, rest))}


def _sample_of_each(bads: Counts, goods: Counts, edges: NDArray[np.float64], seed: int) -> NDArray[np.intp]:
    """The sample of each borrower, by number: those with bads are dealt first, the others fill up what goods lack."""
    with_bads, without = np.flatnonzero(bads > 0), np.flatnonzero(bads == 0)
    sample_of = np.empty(len(bads), dtype=np.intp)
    shuffled = np.random.default_rng([seed, True]).permutation(with_bads)
    sample_of[shuffled] = _cut(bads[shuffled], np.rint(edges * bads.sum()))
    dealt = np.bincount(sample_of[with_bads], goods[with_bads], minlength=len(edges) + 1)
    shuffled = np.random.default_rng([seed, False]).permutation(without)
    lacking = np.diff(np.rint(edges * goods.sum()), prepend=0) - dealt[:-1]
    sample_of[shuffled] = _cut(goods[shuffled], np.cumsum(np.maximum(lacking, 0)))
    return sample_of


def _cut(sizes: Counts, edges: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which of the parts between the edges the middle of each borrower lies in, one after the other."""
    return np.searchsorted(edges, np.cumsum(sizes) - sizes / 2, side="right")
