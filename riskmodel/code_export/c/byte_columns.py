"""The questions of rules as bytes: each becomes byte > limit, and yes goes to the right.

A byte counts the edges below a value, so that all questions of one feature share it; a yes or no is a byte of its own.
Splits stand before their branches, leaves from left to right, as the compiled rows of `riskmodel.trees.compiled` have
them: a row's leaf follows from one pass over the splits, without a walk (after QuickScorer, Lucchese et al. 2015).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from riskmodel.trees.conditions import Case, Condition, Rule, conditions, size

MOST_LEAVES = 256  # a leaf fits into a byte
MOST_EDGES = 252  # of a byte, and a multiple of what is counted at once

Split = tuple[int, int, int, int]  # column, limit, the first leaf below, the first leaf on the right
Place = tuple[int, int]  # column and limit


@dataclass(frozen=True)
class ByteColumn:
    """What a byte says of a feature: how many of `edges` lie below its value, or the answer to the question itself.

    A missing value lies above no edge where the question is `above`, and above all where it is `at_most`.
    """

    question: Condition
    edges: tuple[float, ...] = ()


@dataclass(frozen=True)
class ByteTree:
    """A rule of at most MOST_LEAVES leaves."""

    splits: tuple[Split, ...]
    values: tuple[float, ...]


def columns(rules: Sequence[Rule]) -> tuple[ByteColumn, ...]:
    """The bytes that all rules ask for, by feature."""
    asked = {one for rule in rules if size(rule) <= MOST_LEAVES for one in conditions(rule)}
    edges: dict[Condition, list[float]] = {}
    for one in sorted(asked, key=lambda one: (one.feature, one.kind, one.codes, one.edge)):
        edges.setdefault(_question(one), []).extend([one.edge] if _is_compared(one) else [])
    return tuple(
        ByteColumn(question, tuple(some[start : start + MOST_EDGES]))
        for question, some in edges.items()
        for start in range(0, max(1, len(some)), MOST_EDGES)
    )


def places(asked: Sequence[ByteColumn]) -> dict[Condition, Place]:
    """Where each question is answered."""
    answers: dict[Condition, Place] = {}
    for number, column in enumerate(asked):
        if not _is_compared(column.question):
            answers[column.question] = number, 0
        for limit, edge in enumerate(column.edges):
            answers[Condition(column.question.feature, column.question.kind, edge)] = number, limit
    return answers


def tree(rule: Rule, answers: Mapping[Condition, Place]) -> ByteTree | None:
    """The rule; None for one with too many leaves."""
    if size(rule) > MOST_LEAVES:
        return None
    values: list[float] = []
    return ByteTree(tuple(_splits(rule, answers, values)), tuple(values))


def _splits(rule: Rule, answers: Mapping[Condition, Place], values: list[float]) -> Iterator[Split]:
    if not isinstance(rule, Case):
        values.append(rule)
        return
    left, right = (rule.yes, rule.no) if rule.condition.kind == "at_most" else (rule.no, rule.yes)
    first = len(values)
    yield *answers[rule.condition], first, first + size(left)
    yield from _splits(left, answers, values)
    yield from _splits(right, answers, values)


def _is_compared(one: Condition) -> bool:
    return one.kind in ("above", "at_most")


def _question(one: Condition) -> Condition:
    """The question without its edge."""
    return Condition(one.feature, one.kind, codes=one.codes)
