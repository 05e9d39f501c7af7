"""Which rows a scorer was developed on, as salted hashes: enough to count those that come again, too little to read."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core.sample import Development, Matrix
from riskmodel.core.scorer import Scorer, canonical

MOST = 5_000  # hashes that are kept: the smallest, a random part of the rows


@dataclass(frozen=True, eq=False)
class RowSketch:
    """A bottom-k sketch of the rows of development (Cohen 1997): exact while there are at most `MOST` distinct ones.

    Parameters
    ----------
    salt
        Hashed before each row, so that the hashes of two scorers cannot be joined.
    rows
        How many rows development had.
    hashes
        Ascending and distinct (k).
    chance
        Share of tune's rows that equal a row of train: what new rows have in common with development anyway.
    """

    salt: str
    rows: int
    hashes: NDArray[np.uint64]
    chance: float = 0.0

    @classmethod
    def of(cls, salt: str, train: Matrix, tune: Matrix) -> RowSketch:
        """Of both samples, in the columns of the scorer (n x features)."""
        fitted, tuned = _hashed(salt, train), _hashed(salt, tune)
        chance = float(np.isin(tuned, fitted).mean()) if len(tuned) else 0.0
        every = np.unique(np.concatenate([fitted, tuned]))
        return cls(salt, len(train) + len(tune), every[:MOST], chance)

    @classmethod
    def of_development(cls, scorer: Scorer, development: Development) -> RowSketch:
        """Of the rows that this scorer was developed on, salted with its own hash."""
        train, tune = (sample.columns(scorer.features) for sample in (development.train, development.tune))
        return cls.of(scorer.sha256[:16], train, tune)

    def common(self, matrix: Matrix) -> tuple[int, int]:
        """How many of these rows (n x features) can be looked up, and how many of them development had."""
        hashes = _hashed(self.salt, matrix)
        if len(self.hashes) == MOST:
            hashes = hashes[hashes <= self.hashes[-1]]
        return len(hashes), int(np.isin(hashes, self.hashes).sum())

    def to_json(self) -> bytes:
        text = base64.b64encode(self.hashes.astype("<u8").tobytes()).decode()
        return canonical({"salt": self.salt, "rows": self.rows, "chance": self.chance, "hashes": text})

    @classmethod
    def from_json(cls, text: bytes) -> RowSketch:
        data = json.loads(text)
        hashes = np.frombuffer(base64.b64decode(data["hashes"]), "<u8").astype(np.uint64)
        return cls(data["salt"], data["rows"], hashes, data["chance"])


def _hashed(salt: str, matrix: Matrix) -> NDArray[np.uint64]:
    """64 bits of BLAKE2b of each row; all NaN are one, and so are both zeros."""
    plain = np.where(np.isnan(matrix), np.nan, matrix) + 0.0
    rows = np.ascontiguousarray(plain, dtype="<f8")
    key = salt.encode()
    digests = b"".join(hashlib.blake2b(row.tobytes(), digest_size=8, key=key).digest() for row in rows)
    return np.frombuffer(digests, "<u8").astype(np.uint64)
