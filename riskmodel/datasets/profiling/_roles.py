"""Gives each column one role: at most one id, one time, one borrower; and none to what nobody should learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from riskmodel.core import Role
from riskmodel.datasets import names
from riskmodel.datasets.profiling._report import ColumnProfile, Trait

_UNUSED = (  # the first that applies is the reason
    Trait.UNUSABLE,
    Trait.CONSTANT,
    Trait.DUPLICATE,
    Trait.INDEX,
    Trait.AFTER,
    Trait.SCORE,
    Trait.LATER,
    Trait.DATE,
    Trait.UNDATED,
    Trait.ID,
    Trait.BORROWER,
    Trait.WEIGHT,
    Trait.NUMBER_AS_TEXT,
    Trait.FREE_TEXT,
)


def assigned(columns: Sequence[ColumnProfile], given: Mapping[str, Role]) -> tuple[ColumnProfile, ...]:
    """The columns with their roles; `given` are those that a person named, and they stand."""
    roles = dict(given)
    for role, ranked in (
        (Role.ID, _id_rank),
        (Role.TIME, _time_rank),
        (Role.BORROWER, _borrower_rank),
        (Role.AMOUNT, _amount_rank),
        (Role.WEIGHT, _weight_rank),
    ):
        free = [column for column in columns if column.name not in roles]
        best = max(free, key=ranked, default=None)  # the first of equals
        if role not in roles.values() and best is not None and ranked(best) > 0:
            roles[best.name] = role
    return tuple(_with_role(column, roles, column.name in given) for column in columns)


def _id_rank(column: ColumnProfile) -> int:
    """Named so and without letters in between, then named so, then anything that is different in every row."""
    if column.suspicion(Trait.ID) is None or column.suspicion(Trait.DUPLICATE) or column.suspicion(Trait.INDEX):
        return 0
    return 1 + names.numbering(column.name) + (names.words(column.name) == ("id",))


def _time_rank(column: ColumnProfile) -> int:
    if column.suspicion(Trait.DATE) is None or column.suspicion(Trait.DUPLICATE):
        return 0
    rank = names.time_rank(column.name)
    return max(0, 2 * rank - 3) if column.suspicion(Trait.LATER) else 2 * rank


def _borrower_rank(column: ColumnProfile) -> int:
    return int(column.suspicion(Trait.BORROWER) is not None)


def _amount_rank(column: ColumnProfile) -> int:
    """What was asked for before what was granted; nothing that is missing in a row."""
    if column.suspicion(Trait.AMOUNT) is None or column.missing or column.suspicion(Trait.CONSTANT):
        return 0
    return 1 if column.suspicion(Trait.SCORE) or column.suspicion(Trait.AFTER) else 2


def _weight_rank(column: ColumnProfile) -> int:
    """The one that is named so without doubt before a mere w."""
    if column.suspicion(Trait.WEIGHT) is None or column.suspicion(Trait.DUPLICATE):
        return 0
    return 1 + names.sampling_weight(column.name)


def _with_role(column: ColumnProfile, roles: Mapping[str, Role], is_given: bool) -> ColumnProfile:
    if (role := roles.get(column.name)) is not None:
        trait = {
            Role.ID: Trait.ID,
            Role.TIME: Trait.DATE,
            Role.BORROWER: Trait.BORROWER,
            Role.AMOUNT: Trait.AMOUNT,
            Role.WEIGHT: Trait.WEIGHT,
        }.get(role)
        own = column.suspicion(trait) if trait is not None and not is_given else None
        return replace(column, role=role, reason=own.reason if own else "as given")
    if (unused := next(filter(None, map(column.suspicion, _UNUSED)), None)) is not None:
        second = "a second date: " if unused.trait is Trait.DATE and Role.TIME in roles.values() else ""
        return replace(column, role=None, reason=f"{second}{unused.reason}")
    if (protected := column.suspicion(Trait.PROTECTED)) is not None:
        return replace(column, role=Role.PROTECTED, reason=protected.reason)
    return replace(column, role=Role.FEATURE)
