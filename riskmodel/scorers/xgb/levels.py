"""The levels of categories that an XGBoost document carries since 3.1, so that a frame's own order does not matter.

One entry a feature: texts as bytes end to end with their offsets, or whole numbers; nothing for a numeric feature.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

from riskmodel import limits
from riskmodel.errors import BundleError

Levels: TypeAlias = tuple[str, ...] | tuple[int, ...]


def of(container: Mapping[str, Any] | None, features: int) -> tuple[Levels, ...]:
    """The levels of each feature in the order of their codes; empty where the container does not tell them."""
    entries = (container or {}).get("enc") or [{"values": []}] * features
    return tuple(_levels(entry) for entry in entries)


def check(container: Mapping[str, Any] | None, features: int) -> None:
    """Raises: ValueError where the parts of the container contradict one another, at which XGBoost does not look.

    BundleError for too many levels.
    """
    if container is None:
        return
    for entry in container["enc"]:
        limits.check("levels", len(entry.get("offsets", entry["values"])), "a feature of the model", BundleError)
    entries, order = container["enc"], _whole(container["sorted_idx"])
    if len(entries) not in (0, features):
        raise ValueError(f"cats must have {features} features, however: {len(entries)}")
    ends = [0, *accumulate(len(_bounds(entry)) - 1 for entry in entries)]
    if _whole(container["feature_segments"]) != (ends if entries else []) or len(order) != ends[-1]:
        raise ValueError("cats.feature_segments do not count the levels")
    for start, stop in pairwise(ends):
        if sorted(order[start:stop]) != list(range(stop - start)):
            raise ValueError("cats.sorted_idx is not an order of the levels")


def of_features(container: Mapping[str, Any], places: Sequence[int]) -> dict[str, Any]:
    """The container of these features alone, in this order."""
    entries, segments = container["enc"], container["feature_segments"]
    if not entries:
        return dict(container)
    orders = [container["sorted_idx"][segments[place] : segments[place + 1]] for place in places]
    return {
        **container,
        "enc": [entries[place] for place in places],
        "feature_segments": [0, *accumulate(map(len, orders))],
        "sorted_idx": [rank for order in orders for rank in order],
    }


def is_cut(container: Mapping[str, Any] | None, place: int) -> bool:
    """Whether a feature has levels beyond ASCII, of which XGBoost 3.1 and 3.2 write a part."""
    entry: Mapping[str, Any] = ((container or {}).get("enc") or {place: {}})[place]
    return "offsets" in entry and any(byte < 0 for byte in entry["values"])


def may_be(container: Mapping[str, Any] | None, place: int, given: Sequence[Any]) -> bool:
    """Whether these may be the levels of a feature whose texts the container cuts or does not have.

    XGBoost 3.1 and 3.2 lay the bytes of all levels end to end, and end each after as many bytes as it has characters.
    """
    entries = (container or {}).get("enc")
    if not entries:
        return True
    entry, texts = entries[place], [str(level) for level in given]
    ends = [0, *accumulate(map(len, texts))]
    content = "".join(texts).encode()[: ends[-1]]
    cut = [byte - 256 if byte > 127 else byte for byte in content]
    return (entry.get("offsets"), entry["values"]) == (ends, cut)


def _bounds(entry: Mapping[str, Any]) -> Sequence[int]:
    """Where each level begins, and the end of the last."""
    values = _whole(entry["values"])
    if "offsets" not in entry:
        return range(len(values) + 1)
    offsets = _whole(entry["offsets"]) or [0]
    if values and not -128 <= min(values) <= max(values) < 128:
        raise ValueError("cats.values of texts must be bytes")
    if offsets != sorted(offsets) or offsets[0] != 0 or offsets[-1] != len(values):
        raise ValueError("cats.offsets do not share out the values")
    return offsets


def _whole(values: Any) -> list[int]:
    if not isinstance(values, list) or not set(map(type, values)) <= {int}:
        raise ValueError("cats must be lists of whole numbers")
    return values


def _levels(entry: Mapping[str, Any]) -> Levels:
    """XGBoost 3.1 and 3.2 count characters where they mean bytes, so a text beyond ASCII is cut: then none is told."""
    values = entry["values"]
    if "offsets" not in entry:
        return tuple(values)
    if any(value < 0 for value in values):
        return ()
    return tuple(bytes(values[start:stop]).decode() for start, stop in pairwise(_bounds(entry)))
