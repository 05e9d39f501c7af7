"""The columns of a foreign model: names, levels as text, directions, and the number that stands for missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from riskmodel import limits
from riskmodel.core import Column, Kind
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.model import Levels, ModelSettings
from riskmodel.trees import TreeEnsemble

_WHOLE = re.compile(r"^(-?[0-9]+)\.0+$")
UNLISTED = "any other code"
_DIRECTIONS = (-1, 0, 1)


def columns(
    names: Sequence[str], levels: Mapping[int, Sequence[Any]], monotone: Sequence[int], settings: ModelSettings
) -> tuple[Column, ...]:
    """One column a feature. Raises: UnsupportedScorer for names or levels that cannot be told apart."""
    if len(set(names)) < len(names):
        raise UnsupportedScorer("feature names must differ, however: one stands twice")
    directions = _directions(names, monotone, settings.monotone)
    codes = missing_codes(settings.missing)
    return tuple(
        Column(name, kind=Kind.CATEGORICAL, categories=texts(name, levels[i]), monotone=direction)
        if i in levels
        else Column(name, monotone=direction, codes=codes)
        for i, (name, direction) in enumerate(zip(names, directions, strict=True))
    )


def missing_codes(missing: float | None) -> tuple[float, ...]:
    """The numbers that a value equals in single precision, in which XGBoost compares: as given, and rounded."""
    if missing is None or np.isnan(missing):
        return ()
    return tuple(sorted({float(missing), float(np.float32(missing))}))


def _directions(names: Sequence[str], own: Sequence[int], given: Mapping[str, int]) -> list[int]:
    refuse_unknown(given, names, "a direction is")
    if wrong := [sign for sign in given.values() if sign not in _DIRECTIONS]:
        raise UnsupportedScorer(f"a monotone direction must be 1, -1 or 0, however: {wrong[0]}")
    return [given.get(name, sign) for name, sign in zip(names, own or [0] * len(names), strict=True)]


def by_place(levels: Levels, names: Sequence[str]) -> dict[int, Sequence[Any]]:
    """The given levels by the place of their column. Raises: UnsupportedScorer for a name that is no feature."""
    refuse_unknown(levels, names, "levels are")
    return {names.index(name): given for name, given in levels.items()}


def refuse_unknown(given: Mapping[str, Any], names: Sequence[str], what: str) -> None:
    """Raises: UnsupportedScorer for what is given for a column that the model does not have."""
    if unknown := sorted(set(given) - set(names)):
        raise UnsupportedScorer(f"{what} given for {unknown[0]!r}, which is not a feature of the model")


def refuse_untold(names: Iterable[str], levels: Levels) -> None:
    """Raises: UnsupportedScorer for a column whose levels neither the file nor the user tells."""
    for name in names:
        if name not in levels:
            raise UnsupportedScorer(
                f"column {name!r} is split by category, and the file does not tell its levels: give them in code order"
            )


def largest_codes(ensemble: TreeEnsemble) -> dict[int, int]:
    """The largest code that some split lists, by column that is split by category."""
    largest: dict[int, int] = {}
    for tree in ensemble.trees:
        for feature, listed in zip(tree.feature.tolist(), tree.sets, strict=True):
            if listed is not None:
                largest[feature] = max(largest.get(feature, 0), *listed, 0)
    return largest


def texts(name: str, levels: Sequence[Any]) -> tuple[str, ...]:
    """As a table's values are spelt when they are looked up: 2 and 2.0 are "2"."""
    limits.check("levels", len(levels), f"column {name[:60]!r}", UnsupportedScorer)
    spelt = tuple(text(level) for level in levels)
    if len(set(spelt)) < len(spelt) or "" in spelt:
        whose = f"column {name!r}" if name else "a category"  # LightGBM's text does not tell whose they are
        raise UnsupportedScorer(f"the levels of {whose} must differ as text, and none be blank")
    return spelt


def text(level: Any) -> str:
    """One level as text."""
    spelt = str(level).lower() if isinstance(level, bool) else str(level)
    return _WHOLE.sub(r"\1", spelt) if spelt.endswith("0") else spelt  # of a million words, next to none
