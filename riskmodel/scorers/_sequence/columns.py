"""Which columns are the months of a channel, and how their numbers are encoded: all months of a channel alike.

One curve serves a channel, so that a weight means the same in every month. A number that is missing takes the channel's
median, and where train had gaps in the channel each month says so by a mask (Che et al. 2018, arXiv 1606.01865).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.config.sequence import WHERE, Channels
from riskmodel.core import Column, Kind, Matrix
from riskmodel.errors import ConfigError, DataError, UnsupportedScorer
from riskmodel.networks import Single
from riskmodel.networks.sequences.network import NONE
from riskmodel.scorers.base.encoding import Encoding, learn

KINDS = ("conv", "gru")


def with_sequence(kind: str, options: Mapping[str, Any], sequence: Channels, where: str) -> Mapping[str, Any]:
    """Options with the months of `[data.sequence]`, for a kind that reads them or a blend of some.

    Raises: ConfigError where months are needed and none are named.
    """
    if kind == "blend" and isinstance(options.get("of"), list):
        return {**options, "of": [_member(entry, sequence, f"{where}.of") for entry in options["of"]]}
    if kind not in KINDS or "sequence" in options:
        return options
    if not sequence:
        raise ConfigError(f"{where}: {kind} needs [{WHERE}], the columns of each channel from the oldest month on")
    return {**options, "sequence": sequence}


def _member(entry: Any, sequence: Channels, where: str) -> Any:
    if not isinstance(entry, Mapping) or entry.get("kind") not in KINDS:
        return entry
    return {**entry, "options": with_sequence(entry["kind"], entry.get("options", {}), sequence, where)}


def check_columns(sequence: Channels, features: Sequence[Column]) -> None:
    """Raises: DataError for a column that is no number or no feature, or where no channel is named."""
    if not sequence:
        raise DataError(f"a scorer of months needs [{WHERE}], the columns of each channel from the oldest month on")
    kinds = {column.name: column.kind for column in features}
    for channel, names in sequence.items():
        for name in names:
            if name not in kinds:
                raise DataError(f"{WHERE}.{channel}: must name features, however: {name!r} is none")
            if kinds[name] is not Kind.NUMERIC:
                raise DataError(f"{WHERE}.{channel}: must name numbers, however: {name!r} is a category")


def encoding_of(matrix: Matrix, features: Sequence[Column], sequence: Channels) -> tuple[Encoding, NDArray[np.int32]]:
    """The encoding of a train matrix, and where in it each month's inputs stand (months x inputs of a month).

    Columns that are no features any more leave their month's place empty. Raises: UnsupportedScorer where none is left.
    """
    place = {column.name: i for i, column in enumerate(features)}
    channels = [[place.get(name, NONE) for name in names] for names in sequence.values()]
    channels = [columns for columns in channels if _varies(matrix, columns)]
    if not channels:
        raise UnsupportedScorer(f"a scorer of months needs a number of [{WHERE}] that varies, however: none is left")
    inside = sorted({column for columns in channels for column in columns if column != NONE})
    plain = _without(learn(matrix, features), [place[n] for names in sequence.values() for n in names if n in place])
    return _joined(plain, [_of_channel(matrix, columns) for columns in channels]), _months(
        plain, channels, matrix, inside
    )


def _varies(matrix: Matrix, columns: Sequence[int]) -> bool:
    values = matrix[:, [column for column in columns if column != NONE]]
    return len(np.unique(values[np.isfinite(values)])) > 1


def _of_channel(matrix: Matrix, columns: Sequence[int]) -> Encoding:
    """The channel's own curve once for each of its columns."""
    there = [column for column in columns if column != NONE]
    pooled = learn(matrix[:, there].T.reshape(-1, 1), [Column("channel")])
    count = len(there)
    return replace(
        pooled,
        numeric=np.array(there, np.int32),
        medians=np.repeat(pooled.medians, count),
        sizes=np.repeat(pooled.sizes, count),
        knots=np.tile(pooled.knots, count),
        scores=np.tile(pooled.scores, count),
        flagged=np.array(there if _gaps(matrix, there) else [], np.int32),
    )


def _gaps(matrix: Matrix, columns: Sequence[int]) -> bool:
    return bool(np.isnan(matrix[:, columns]).any())


def _without(encoding: Encoding, columns: Sequence[int]) -> Encoding:
    """What stands beside the months."""
    stays = ~np.isin(encoding.numeric, columns)
    knots = np.repeat(stays, encoding.sizes)
    return replace(
        encoding,
        numeric=encoding.numeric[stays],
        medians=encoding.medians[stays],
        sizes=encoding.sizes[stays],
        knots=encoding.knots[knots],
        scores=encoding.scores[knots],
        flagged=encoding.flagged[~np.isin(encoding.flagged, columns)],
    )


def _joined(plain: Encoding, channels: Sequence[Encoding]) -> Encoding:
    parts = [plain, *channels]
    names = ("numeric", "medians", "sizes", "knots", "scores", "flagged")
    return replace(plain, **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _months(
    plain: Encoding, channels: Sequence[Sequence[int]], matrix: Matrix, inside: Sequence[int]
) -> NDArray[np.int32]:
    """Numbers first, then masks; places are those of `_joined`."""
    numbers = len(plain.numeric) + len(inside)
    gapped = [columns for columns in channels if _gaps(matrix, [c for c in columns if c != NONE])]
    rows = [*_placed(channels, len(plain.numeric)), *_placed(gapped, numbers + len(plain.flagged))]
    return np.array(rows, np.int32).T.copy()


def _placed(channels: Sequence[Sequence[int]], first: int) -> list[list[int]]:
    rows = []
    for columns in channels:
        there = np.array([column != NONE for column in columns])
        rows.append(np.where(there, first + np.cumsum(there) - 1, NONE).tolist())
        first += int(there.sum())
    return rows


def beside(encoded: Single, months: NDArray[np.int32]) -> NDArray[np.int32]:
    """The places of all inputs that no month has."""
    return np.setdiff1d(np.arange(encoded.shape[1]), months).astype(np.int32)
