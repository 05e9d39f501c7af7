"""Rules and texts in the words of C."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from riskmodel.trees.conditions import Condition, Rule

WORD = 64  # levels that one mask holds

Named = Callable[[int], str]  # what a feature is called, by its place


def of_row(place: int) -> str:
    """A feature of one row."""
    return f"x[{place}]"


def rule(one: Rule, named: Named = of_row) -> str:
    """A rule as an expression."""
    if isinstance(one, float):
        return repr(one)
    return f"({condition(one.condition, named)} ? {rule(one.yes, named)} : {rule(one.no, named)})"


def condition(asked: Condition, named: Named = of_row) -> str:
    """A question as a condition; a missing value answers no, but to `missing`."""
    name = named(asked.feature)
    if asked.kind == "missing":
        return f"isnan({name})"
    if asked.kind == "zero":
        return f"fabs({name}) <= 1.0000000180025095e-35"
    if asked.kind == "in":
        return _listed(name, asked.codes)
    return f"{name} {'>' if asked.kind == 'above' else '<='} {asked.edge!r}"


def _listed(name: str, codes: Sequence[int]) -> str:
    """Whether the whole part of a code is one of these: a mask where they are small."""
    if max(codes) >= WORD:
        return "(" + " || ".join(f"({name} >= {code} && {name} < {code + 1})" for code in codes) + ")"
    mask = sum(1 << code for code in codes)
    return f"({name} >= 0 && {name} < {WORD} && ({mask:#x}ULL >> (int){name} & 1))"


def string(text: str) -> str:
    """A C string; what is not ASCII as octal bytes of UTF-8, which need no universal names."""
    return '"' + "".join(_byte(byte) for byte in text.encode()) + '"'


def _byte(byte: int) -> str:
    plain = 32 <= byte < 127 and byte not in b'"\\?'
    return chr(byte) if plain else f"\\{byte:03o}"


def comment(text: str) -> str:
    """A text that ends no comment."""
    return json.dumps(text).replace("*/", "* /")
