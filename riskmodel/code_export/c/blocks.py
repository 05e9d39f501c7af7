"""Many rows at a time in C: the answers of the single-row functions to the last bit, several times as fast.

Rows go in blocks of LANES, column by column, so that a tree's splits are read once a block and every loop over rows is
one that compilers turn into vectors. GCC and Clang compile them for AVX2 and AVX-512, too, and the processor chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from riskmodel.code_export.c import raw_values, words
from riskmodel.code_export.c.block_template import BLOCKS
from riskmodel.code_export.c.byte_columns import ByteColumn, ByteTree, columns, places, tree
from riskmodel.code_export.decider import Decider
from riskmodel.trees.conditions import Rule

LANES = 256
MOST_CODES = 255  # a code fits into a byte, and so does none of them
AT_ONCE = 4  # edges that one pass counts
MOST_COUNTED = 24  # edges; beyond, they are searched by halving
END = "{0,0,0,0}"  # after the splits of a tree
WAYS = {"count_above": 0, "count_at_most": 1, "search_above": 2, "search_at_most": 3, "look_up": 4}


def blocks(decider: Decider, name: str) -> str:
    """The functions that take many rows, and the numbers that they go by."""
    intercept, rules = decider.margin
    asked = columns(rules)
    answers = places(asked)
    trees = [tree(rule, answers) for rule in rules]
    tables, numbers = _Tables.of([one for one in trees if one]), _Bytes.of(asked)
    return BLOCKS.format(
        name=name,
        guard=name.upper(),
        lanes=LANES,
        byte_count=max(1, len(asked)),
        intercept=repr(intercept),
        edges=", ".join(numbers.edges) or "0.0",
        listed=", ".join(numbers.listed) or "0",
        bytes=", ".join([*numbers.rows, "{0,-1,0,0,0}"]),
        splits=", ".join(tables.splits) or END,
        trees=", ".join(tables.trees) or "{0,0}",
        values=", ".join(tables.values) or "0.0",
        answers="\n".join(_features(decider, asked, numbers.others, name)),
        terms="\n".join(_terms(rules, trees, name)),
        **WAYS,
    )


@dataclass(frozen=True)
class _Bytes:
    """How each byte is found: rows of its place, its feature, a way, the start and the count of its edges or codes.

    edges: of all, filled up to what is counted or halved at once. listed: whether each code up to the largest is
    listed, and whether any other is. others: the places of the bytes that are asked for in words.
    """

    edges: list[str]
    listed: list[str]
    rows: list[str]
    others: list[int]

    @classmethod
    def of(cls, asked: Sequence[ByteColumn]) -> _Bytes:
        made = cls([], [], [], [])
        for place, column in enumerate(asked):
            codes = column.question.codes
            if column.edges:
                made._compare(place, column)
            elif codes and max(codes) < MOST_CODES:
                made._row(place, column, "look_up", len(made.listed), max(codes) + 1)
                made.listed.extend(str(int(code in codes)) for code in range(max(codes) + 2))
            else:
                made.others.append(place)
        return made

    def _compare(self, place: int, column: ByteColumn) -> None:
        count = len(column.edges)
        searched = count > MOST_COUNTED
        full = 2 ** count.bit_length() - 1 if searched else -(-count // AT_ONCE) * AT_ONCE
        way = f"{'search' if searched else 'count'}_{column.question.kind}"
        self._row(place, column, way, len(self.edges), full)
        self.edges.extend([*map(_number, column.edges), *["INFINITY"] * (full - count)])

    def _row(self, place: int, column: ByteColumn, way: str, start: int, count: int) -> None:
        self.rows.append(f"{{{place},{column.question.feature},{WAYS[way]},{start},{count}}}")


def _number(edge: float) -> str:
    return repr(edge).replace("inf", "INFINITY")


@dataclass(frozen=True)
class _Tables:
    """All trees end to end: rows of splits with an end after each tree; its first split and its first value; values."""

    splits: list[str]
    trees: list[str]
    values: list[str]

    @classmethod
    def of(cls, trees: Sequence[ByteTree]) -> _Tables:
        made = cls([], [], [])
        for one in trees:
            made.trees.append(f"{{{len(made.splits)},{len(made.values)}}}")
            made.splits.extend([*(f"{{{','.join(map(str, split))}}}" for split in one.splits), END])
            made.values.extend(map(repr, one.values))
        return made


def _features(decider: Decider, asked: Sequence[ByteColumn], others: Sequence[int], name: str) -> Iterator[str]:
    """Feature by feature: its column's values, what sets rows aside, what the model is given, the bytes in words."""
    for number, feature in enumerate(decider.features):
        yield f"    case {number}:"
        yield _loop(name, f"v[i] = raw[i * {name.upper()}_COLUMNS + {decider.columns.index(feature.read_from)}];")
        for _, when in raw_values.faults(feature, decider, "v[i]"):
            yield _loop(name, f"aside[i] |= {when} ? 1 : 0;")
        yield _loop(name, f"x[i] = {raw_values.given(feature, decider, 'v[i]')};")
        for place in others:
            if asked[place].question.feature == number:
                answer = words.condition(asked[place].question, lambda _: "x[i]")
                yield _loop(name, f"bytes[{place} * {name.upper()}_LANES + i] = {answer};")
        yield "      break;"


def _loop(name: str, body: str) -> str:
    return f"      for (i = 0; i < {name.upper()}_LANES; i++) {body}"


def _terms(rules: Sequence[Rule], trees: Sequence[ByteTree | None], name: str) -> Iterator[str]:
    """The sum in the order of the rules: runs of trees, and between them the rules that are too large for bytes."""
    first = last = 0
    for rule, one in zip(rules, trees, strict=True):
        if one:
            last += 1
            continue
        yield f"  {name}_add({first}, {last}, bytes, sum);"
        first = last
        yield (
            f"  for (i = 0; i < {name.upper()}_LANES; i++) {{\n    double x[{name.upper()}_FEATURES];\n"
            f"    {name}_features(raw + i * {name.upper()}_COLUMNS, x);\n    sum[i] += {words.rule(rule)};\n  }}"
        )
    yield f"  {name}_add({first}, {last}, bytes, sum);"
