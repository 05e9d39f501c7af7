"""What a scorecard says of one feature, and the printed table that anybody can check by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from riskmodel.core import Column, Scale, Vector
from riskmodel.scorers.scorecard.binning import FeatureBins
from riskmodel.scorers.scorecard.fitting import BinnedFeature


@dataclass(frozen=True)
class Card:
    """One feature of the scorecard; all but `bins` have one number a bin."""

    bins: FeatureBins
    rows: tuple[int, ...]  # of the train sample, as are the bads
    bads: tuple[int, ...]
    woe: tuple[float, ...]
    margins: tuple[float, ...]  # log-odds before calibration; all 0 for a feature that was dropped

    @property
    def is_used(self) -> bool:
        return any(self.margins)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """A card from plain JSON data. Raises: ValueError, TypeError, KeyError for anything else."""
        bins = FeatureBins(tuple(data["bins"]["edges"]), tuple(data["bins"]["groups"]))
        card = cls(bins, *(tuple(data[name]) for name in ("rows", "bads", "woe", "margins")))
        if {len(card.rows), len(card.bads), len(card.woe), len(card.margins)} != {len(bins)}:
            raise ValueError(f"a feature must have one number for each of its {len(bins)} bins")
        return card


def card_of(evidence: BinnedFeature, margins: Vector) -> Card:
    """The card of a fitted feature."""
    numbers = (tuple(part.tolist()) for part in (evidence.rows, evidence.bads, evidence.woe, margins))
    return Card(evidence.bins, *numbers)


@dataclass(frozen=True)
class Row:
    """One line of the printed scorecard; the first, without a feature, is what every application starts with."""

    feature: str
    bin: str
    rows: int
    bad_rate: float  # NaN without rows
    woe: float
    margin: float  # log-odds, calibrated
    points: float  # more is better


def rows_of(
    columns: Sequence[Column], cards: Sequence[Card], start: float, slope: float, scale: Scale
) -> Iterator[Row]:
    """The printed table; `start` is the calibrated intercept, `slope` turns margins into calibrated ones."""
    total, bads = sum(cards[0].rows), sum(cards[0].bads)
    yield Row("", "start", total, bads / total, 0.0, start, scale.start(start))
    for column, card in zip(columns, cards, strict=True):
        lines = zip(card.bins.labels(column), card.rows, card.bads, card.woe, card.margins, strict=True)
        for label, n, bad, woe, raw in lines:
            margin = slope * raw
            yield Row(column.name, label, n, bad / n if n else float("nan"), woe, margin, scale.change(margin))
