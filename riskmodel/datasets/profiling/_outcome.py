"""Which value of the target is a bad: by its own word, by the name of the column, or else the rarer one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from riskmodel.core import Mask
from riskmodel.datasets import encode
from riskmodel.datasets.names import words
from riskmodel.datasets.profiling._measure import Facts, measure
from riskmodel.errors import DataError
from riskmodel.tables import near

Value = str | int | bool

_BAD = {
    *("bad", "default", "defaulted", "charged off", "charge off", "chargedoff", "written off", "write off"),
    *("delinquent", "late", "loss", "npl", "non performing", "nonperforming", "not paid", "unpaid", "overdue"),
}
_GOOD = {
    *("good", "paid", "fully paid", "paid off", "repaid", "current", "performing", "no default", "non default"),
    *("not default", "not defaulted", "ok", "closed"),
}
_YES, _NO = {"1", "yes", "y", "true", "t"}, {"0", "no", "n", "false", "f"}
_BAD_NAMES = {
    *("arrears", "bad", "bads", "bankrupt", "bankruptcy", "chargeoff", "charged", "def", "default", "defaulted"),
    *("delinquency", "delinquent", "dlq", "dlqin", "dpd", "fraud", "late", "loss", "npl", "overdue", "unpaid"),
}
_GOOD_NAMES = {"creditability", "good", "ok", "paid", "performing", "repaid", "repayment", "survived"}
_NEGATIONS = {"no", "non", "not", "never"}


@dataclass(frozen=True)
class Target:
    """The outcome's column, its bad value, and why that one."""

    name: str
    rows: int
    bads: int
    bad: Value
    good: Value
    reason: str

    @property
    def is_plain(self) -> bool:
        """Whether a bad is 1 and a good is 0, so that the TOML need not say."""
        return not isinstance(self.bad, str) and not isinstance(self.good, str) and (self.bad, self.good) == (1, 0)


def without_outcome(table: pa.Table, name: str) -> Mask:
    """Which rows (n) have no outcome yet, where some have one and the column is numbers or text."""
    none = np.zeros(table.num_rows, bool)
    if name not in table.column_names or not 0 < (facts := measure(table, name)).missing < table.num_rows:
        return none
    column = encode.column_of(table, name)
    if facts.family == "number":
        return np.isnan(encode.numbers(column, name))
    blank: Mask = encode.levels(column, name).is_null().to_numpy(zero_copy_only=False)
    return blank if facts.family == "text" else none


def target_of(table: pa.Table, name: str) -> Target:
    """The outcome of a table.

    Raises: DataError where there is no such column, a value is missing, or there are not two values.
    """
    if name not in table.column_names:
        raise DataError(f"data.target: no column {name!r}; {near(name, table.column_names)}")
    facts = measure(table, name)
    if facts.missing:
        column = encode.column_of(table, name)
        gone = column.is_null(nan_is_null=True) if facts.family == "number" else column.is_null()
        row = int(np.argmax(gone.to_numpy(zero_copy_only=False))) + 1
        where = f", first in row {row}" if gone.true_count else ""
        raise DataError(f"data.target: {name!r} is missing in {facts.missing:,} rows{where}")
    if facts.family in ("date", "other") or facts.distinct != 2 or (facts.family == "number" and not facts.is_whole):
        raise DataError(f"data.target: {name!r} must have two values, a bad and a good, however: {_in_words(facts)}")
    values = [_plain(value, facts.type) for value in facts.values.tolist()]
    bad, reason = _which(name, values, facts.counts.tolist())
    return Target(name, facts.rows, int(facts.counts[bad]), values[bad], values[1 - bad], reason)


def _in_words(facts: Facts) -> str:
    if facts.family in ("date", "other"):
        return facts.type
    values = facts.values
    examples = ", ".join(repr(value)[:40] for value in values.tolist()[:4])
    return examples if len(values) == 2 else f"{len(values):,}: {examples}{', ...' if len(values) > 4 else ''}"


def _plain(value: str | float, kind: str) -> Value:
    if isinstance(value, str):
        return value
    return bool(value) if kind == "bool" else int(value)


def _which(name: str, values: list[Value], counts: list[int]) -> tuple[int, str]:
    """The position of the bad value, and the reason."""
    spelt = [" ".join(str(value).lower().replace("_", " ").replace("-", " ").split()) for value in values]
    for known, offset, sense in ((_BAD, 0, "a bad"), (_GOOD, 1, "a good")):
        if (spelt[0] in known) != (spelt[1] in known):
            position = int(spelt[1] in known)
            return position ^ offset, f"{values[position]!r} is a word for {sense}"
    rarer = int(counts[1] < counts[0])
    if {*spelt} & _YES and {*spelt} & _NO:
        yes, parts = int(spelt[1] in _YES), set(words(name))
        for known, negated in ((_BAD_NAMES, 0), (_GOOD_NAMES, 1)):
            if said := sorted(parts & known):
                flipped = negated ^ bool(parts & _NEGATIONS)
                return yes ^ flipped, f"the name says {said[0]!r}" + (" and a negation" if parts & _NEGATIONS else "")
        if counts[yes] <= counts[1 - yes]:
            return yes, f"{values[yes]!r} by convention; it is the rarer value too"
    return rarer, "the rarer value; neither it nor the name says more"
