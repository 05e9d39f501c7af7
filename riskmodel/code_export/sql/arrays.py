"""The reasons where a column may hold an array: one column a step, worked out for those alone who are not approved.

What an engine copies from step to step is a column or two in place of hundreds, and its planner has four steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from riskmodel.code_export.attributions import UNITS
from riskmodel.code_export.decider import Decider
from riskmodel.code_export.sql.cases import added, rule_text
from riskmodel.code_export.sql.dialects import Dialect
from riskmodel.core import DECISIONS

Step: TypeAlias = "tuple[str, Sequence[str]]"

_WORD = re.compile(r"([a-z]+\d+)|\d*\.\d+")  # a name, or a number without an exponent


def packed(asked: Sequence[str]) -> list[str]:
    """What is asked of the features for the sake of the reasons, as one column."""
    return [f"ARRAY({', '.join(asked)}) AS asked"] if asked else []


def ranked(decider: Decider, words: Dialect, keep: Sequence[str], asked: Sequence[str]) -> list[Step]:
    """The steps from a decision to the effects with their places, the largest first, ties by place."""
    effects, gates = decider.short_effects, [gate for tree in decider.gates for gate in tree]
    features = _places("asked", asked)
    own = [added([_of_features(rule_text(rule, words), features) for rule in one.rules]) or "0E0" for one in effects]
    held = _array([_of_features(rule_text(gate.rule, words), features) for gate in gates], "gates", words)
    made = [("gates", [*keep, _array(own, "own", words), held])]
    places = _places("gates", [gate.name for gate in gates])
    shares = {name: gate.text(point) for gate in gates for name, point in gate.shares.items()}
    texts = [_of_gates(text, places) for text in shares.values()]
    made.append(("shares", [*keep, "own", "gates", _array(texts, "shares", words)]))
    places |= _places("shares", list(shares))
    sums = [added([f"own[{i}]", *(_of_gates(t, places) for t in one.sums.values())]) for i, one in enumerate(effects)]
    made.append(("effects", [*keep, _array(sums, "effects", words)]))
    return [*made, ("ranked", [*keep, _array(_pairs(len(sums), words), "ranked", words, "SORT_ARRAY")])]


def _places(array: str, names: Sequence[str]) -> dict[str, str]:
    return {name: f"{array}[{i}]" for i, name in enumerate(names)}


def _of_features(text: str, places: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: places[word[0]] if word[1] else word[0], text)


def _of_gates(text: str, places: Mapping[str, str]) -> str:
    """Sums and products in the arrays' places; each number as a double, or a planner casts it."""
    return _WORD.sub(lambda word: places[word[0]] if word[1] else f"{word[0]}D", text)


def _pairs(count: int, words: Dialect) -> Iterator[str]:
    """The effects in whole units, less than none, with their places."""
    for i in range(count):
        unit = f"FLOOR({words.value(UNITS)} * effects[{i}] + {words.value(0.5)})"
        yield f"STRUCT(-{unit} AS effect, {i} AS place)"


def _array(texts: Iterator[str] | Sequence[str], name: str, words: Dialect, function: str = "") -> str:
    some = f"decision <> {words.string(DECISIONS[0])}"
    return f"CASE WHEN {some} THEN {function}(ARRAY({', '.join(texts)})) END AS {name}"
