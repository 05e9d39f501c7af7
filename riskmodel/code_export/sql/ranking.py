"""The reasons: what each feature adds, tree by tree in steps that a database holds, and then the largest four."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from riskmodel.code_export.attributions import UNITS, Gate
from riskmodel.code_export.decider import Decider
from riskmodel.code_export.sql import arrays
from riskmodel.code_export.sql.arrays import Step
from riskmodel.code_export.sql.cases import added, rule_text
from riskmodel.code_export.sql.dialects import Dialect
from riskmodel.trees.conditions import Rule

COUNT = 4  # reasons at most
KEEP = ("id", "why", "pd", "points", "grade", "decision")
WIDE = 250  # gates and shares of a step: databases bound the columns of a query, and a processor what is near it


def rules(decider: Decider) -> tuple[Rule, ...]:
    """What is asked of the features for the sake of the reasons."""
    own = (rule for effect in decider.short_effects for rule in effect.rules)
    return (*own, *(gate.rule for tree in decider.gates for gate in tree))


def ranked(decider: Decider, words: Dialect, asked: Sequence[str]) -> list[Step]:
    """The steps from a decision to the places of the largest effects; `asked` are the columns of the features."""
    if words.arrays:
        return arrays.ranked(decider, words, KEEP, asked)
    return [*_effects(decider, words, asked), *_largest(len(decider.short_effects), words)]


def _effects(decider: Decider, words: Dialect, asked: Sequence[str]) -> Iterator[Step]:
    """What each reason adds to the log-odds."""
    effects = decider.short_effects
    names = [f"e{i}" for i in range(len(effects))]
    texts = [[words.total(rule_text(rule, words)) for rule in effect.rules] for effect in effects]
    yield "effects of one feature", [*KEEP, *asked, *_sums(names, [""] * len(names), texts, words)]
    for trees in _batches(decider.gates):
        gates = [gate for tree in trees for gate in decider.gates[tree]]
        own = [f"{words.total(rule_text(gate.rule, words))} AS {gate.name}" for gate in gates]
        shares = [f"{gate.text(point)} AS {name}" for gate in gates for name, point in gate.shares.items()]
        yield "gates", [*KEEP, *asked, *names, *own]
        yield "shares", [*KEEP, *asked, *names, *(gate.name for gate in gates), *shares]
        texts = [[effect.sums[tree] for tree in trees if tree in effect.sums] for effect in effects]
        yield "effects", [*KEEP, *asked, *_sums(names, names, texts, words)]
    units = [f"FLOOR({words.value(UNITS)} * {name} + {words.value(0.5)}) AS {name}" for name in names]
    yield "whole units", [*KEEP, *units]


def _batches(trees: Sequence[Sequence[Gate]]) -> Iterator[list[int]]:
    """The places of trees that are taken together."""
    batch, width = list[int](), 0
    for tree, gates in enumerate(trees):
        more = sum(1 + len(gate.shares) for gate in gates)
        if batch and width + more > WIDE:
            yield batch
            batch, width = [], 0
        batch.append(tree)
        width += more
    if batch:
        yield batch


def _sums(names: Sequence[str], before: Sequence[str], texts: Sequence[Sequence[str]], words: Dialect) -> list[str]:
    """Each effect with what is added to it."""
    zero = words.total(words.value(0.0))
    columns = []
    for name, had, some in zip(names, before, texts, strict=True):
        if some:
            columns.append(f"{added([*([had] if had else []), *some])} AS {name}")
        else:
            columns.append(had or f"{zero} AS {name}")
    return columns


def _largest(count: int, words: Dialect) -> list[Step]:
    """The largest effect, then the largest of the rest, up to four; of equal ones the first column's."""
    made: list[Step] = []
    given: list[str] = []
    zero = words.value(0.0)
    for rank in range(1, min(COUNT, count) + 1):
        names = [f"e{i}" for i in range(count)]
        largest = f"{words.greatest}({', '.join(names)})" if count > 1 else names[0]
        made.append((f"largest {rank}", [*KEEP, *given, *names, f"{largest} AS largest"]))
        whens = " ".join(f"WHEN e{i} THEN {i}" for i in range(count))
        which = f"CASE WHEN largest > {zero} THEN CASE largest {whens} END END AS which_{rank}"
        made.append((f"which {rank}", [*KEEP, *given, *names, which]))
        given.append(f"which_{rank}")
        rest = [f"CASE WHEN which_{rank} = {i} THEN {zero} ELSE e{i} END AS e{i}" for i in range(count)]
        if rank < min(COUNT, count):
            made.append((f"rest {rank}", [*KEEP, *given, *rest]))
    return made


def named(decider: Decider, words: Dialect) -> list[str]:
    """The texts of the reasons."""
    texts = " ".join(f"WHEN {i} THEN {words.string(effect.text)}" for i, effect in enumerate(decider.short_effects))
    count = len(decider.short_effects)
    return [
        f"{f'CASE {_which(rank, words)} {texts} END' if rank <= count else 'NULL'} AS reason_{rank}"
        for rank in range(1, COUNT + 1)
    ]


def none() -> list[str]:
    """The texts of the reasons where none is given."""
    return [f"NULL AS reason_{rank}" for rank in range(1, COUNT + 1)]


def _which(rank: int, words: Dialect) -> str:
    """The place of the reason of a rank; NULL where there is none."""
    if not words.arrays:
        return f"which_{rank}"
    pair = f"ranked[{rank - 1}]"
    return f"CASE WHEN {pair}.effect < {words.value(0.0)} THEN {pair}.place END"
