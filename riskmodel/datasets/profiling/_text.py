"""What text is: numbers in disguise, levels of a category, or words that no two rows share."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskmodel.datasets.profiling._measure import Facts

LEVELS_OF_CODES = 20  # text of so few numbers is read as levels
_NUMBER = r"^\s*[-+]?[$€£]?\s?(\d{1,3}([,.' ]\d{3})+|\d+)([.,]\d+)?([eE][-+]?\d+)?\s?[%€$£]?\s*$"
_PADDED = r"^0\d"
_MOSTLY = 0.9


def numbers(facts: Facts) -> str | None:
    """Numbers stored as text, with the first of them and the commonest of the rest; None where it is not so."""
    if facts.distinct <= LEVELS_OF_CODES or _share(facts.values, _NUMBER) < _MOSTLY or _share(facts.values, _PADDED):
        return None
    is_number = pc.match_substring_regex(facts.values, _NUMBER).to_numpy(zero_copy_only=False)
    reason = f"numbers stored as text, such as {facts.values[int(np.argmax(is_number))].as_py()!r}"
    if is_number.all():
        return reason
    other = int(np.argmax(np.where(is_number, 0, facts.counts)))
    return f"{reason}, but {facts.values[other].as_py()[:40]!r} in {facts.counts[other]:,} rows"


def fractions(facts: Facts) -> bool:
    """Numbers stored as text, some of them with a point or comma inside: quantities rather than a key."""
    return _share(facts.values, _NUMBER) >= _MOSTLY and _share(facts.values, r"\d[.,]\d") > 0


def free(facts: Facts) -> bool:
    """Text of which most rows have their own."""
    return facts.distinct > 100 and facts.distinct > (facts.rows - facts.missing) / 2


def _share(values: pa.Array, pattern: str) -> float:
    return float(pc.mean(pc.match_substring_regex(values, pattern)).as_py()) if len(values) else 0.0
