"""A model that somebody else trained, as it was read, and what its file does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from riskmodel.core import Vector

if TYPE_CHECKING:
    from riskmodel.scorers.base.boosting import BoosterScorer

Levels = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class ModelSettings:
    """What the user of a model knows and its file lost.

    Parameters
    ----------
    levels
        Levels of categories by column, in the order of their codes.
    monotone
        1 or -1 by column: more of it never lowers, or never raises, the PD.
    missing
        The number that XGBoost's wrapper was told to take for missing; None where it was told nothing.
    all_trees
        Whether an early-stopped XGBoost model is read whole, and not up to its best iteration.
    as_codes
        Whether rows come as an array, in which a category is its code and needs no levels.
    categories
        The columns of the rows at hand that are no numbers, with their levels; None where they are texts.
    """

    levels: Levels = field(default_factory=dict)
    monotone: Mapping[str, int] = field(default_factory=dict)
    missing: float | None = None
    all_trees: bool = False
    as_codes: bool = False
    categories: Mapping[str, Sequence[Any] | None] = field(default_factory=dict)


AS_SAVED = ModelSettings()


@dataclass(frozen=True, eq=False)
class ForeignModel:
    """What was read, and the library to hold it against.

    Parameters
    ----------
    scorer
        The model by our own reader.
    levels
        As the library keeps them, texts or numbers, by the place of the column; empty where it keeps codes.
    has_names
        Whether the model knows its features by name, or by place alone.
    answer
        The library's own PDs (n) of rows in the order of the features: a frame where `levels` are kept, or codes.
    notes
        What a user must know, a line each.
    """

    scorer: BoosterScorer
    levels: Mapping[int, Sequence[Any]]
    has_names: bool
    answer: Callable[[Any], Vector]
    notes: tuple[str, ...] = ()
