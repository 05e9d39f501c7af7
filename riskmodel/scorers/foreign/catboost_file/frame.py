"""What stands in CatBoost's JSON around the trees, and the levels of its categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

Json = Mapping[str, Any]


@dataclass(frozen=True)
class HashedLevel:
    """A level of a category: how a table spells it, None where nobody knows, and CatBoost's hash of that."""

    text: str | None
    hashed: int

    @property
    def spelling(self) -> str:
        """Its text, or a name for a hash without one."""
        return f"hash {self.hashed}" if self.text is None else self.text


Known = Mapping[int, tuple[HashedLevel, ...]]  # by the place of a category, in the order of codes; unknown texts last


@dataclass(frozen=True)
class CatboostFrame:
    """The document without its trees.

    Parameters
    ----------
    document
        All other keys, as they stood.
    names
        Of the features, in the order of a table.
    levels
        Of the categories.
    """

    document: Json
    names: tuple[str, ...]
    levels: Known

    def with_names(self, names: Sequence[str]) -> Self:
        """The frame with these names for its features, in their order."""
        return replace(self, names=tuple(names))

    def with_features(self, places: Sequence[int]) -> Self:
        """The frame of these features alone, in this order."""
        new = {old: place for place, old in enumerate(places)}
        info = self.document["features_info"]
        kept = {key: _kept(info[key], new) for key in ("float_features", "categorical_features") if key in info}
        return replace(
            self,
            document={**self.document, "features_info": {**info, **kept}},
            names=tuple(self.names[place] for place in places),
            levels={new[place]: levels for place, levels in self.levels.items() if place in new},
        )


def _kept(features: Sequence[Json], new: Mapping[int, int]) -> list[Json]:
    """Those that stay, numbered anew among themselves and in the table."""
    stay = sorted(
        (one for one in features if one["flat_feature_index"] in new), key=lambda one: new[one["flat_feature_index"]]
    )
    return [
        {**one, "feature_index": own, "flat_feature_index": new[one["flat_feature_index"]]}
        for own, one in enumerate(stay)
    ]
