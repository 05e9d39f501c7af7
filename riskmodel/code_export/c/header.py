"""One C99 header without dependencies (libm aside): from raw values to a decision, one row at a time or many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_uppercase

from riskmodel.code_export.attributions import UNITS
from riskmodel.code_export.c import raw_values, words
from riskmodel.code_export.c.blocks import blocks
from riskmodel.code_export.c.template import HEADER, NO_REASONS, REASONS
from riskmodel.code_export.decider import Decider, is_category
from riskmodel.core import DECISIONS, Column
from riskmodel.errors import RiskModelError


def c_header(decider: Decider, name: str, *, reasons: bool = True) -> str:
    """The header; every function in it begins with `name`.

    Raises: RiskModelError for a name that C has no identifier for, UnsupportedScorer as `Decider` does.
    """
    if not re.fullmatch(r"[A-Za-z]\w{0,40}", name, re.ASCII):
        raise RiskModelError(f"the name must be letters, digits and _, first a letter, at most 41, however: {name!r}")
    intercept, rules = decider.margin
    effects = decider.short_effects if reasons else ()
    texts = ", ".join(words.string(effect.text) for effect in effects)
    reason_code = (REASONS if effects else NO_REASONS).format(
        name=name, count=len(effects), texts=texts, sums="\n".join(_sums(decider)) if effects else ""
    )
    edges, policy = decider.policy.grade_edges, decider.policy
    return HEADER.format(
        sha256=decider.model_sha256,
        name=name,
        guard=name.upper(),
        columns=len(decider.columns),
        listed="\n".join(f" *   {i}: {words.comment(column)}" for i, column in enumerate(decider.columns)),
        features=len(decider.features),
        reasons=len(effects),
        unseen=raw_values.UNSEEN,
        levels="\n".join(raw_values.levels(feature, decider) for feature in decider.features if is_category(feature)),
        faults="\n".join(_faults(decider)),
        encoded="\n".join(_encoded(decider)),
        intercept=repr(intercept),
        terms="\n".join(f"  sum += {words.rule(rule)};" for rule in rules),
        effects=reason_code,
        decisions=", ".join(map(words.string, DECISIONS)),
        edges=", ".join(map(repr, edges)) or "0.0",
        edge_count=max(1, len(edges)),
        grades=len(edges),
        letters=ascii_uppercase[: len(edges) + 1],
        start=repr(decider.scale.start(0.0)),
        slope=repr(decider.scale.change(1.0)),
        refer_from=repr(policy.refer_from),
        cutoff=repr(policy.cutoff),
        blocks=blocks(decider, name),
    )


def _faults(decider: Decider) -> Iterator[str]:
    for feature in decider.features:
        for what, when in raw_values.faults(feature, decider, _raw(feature, decider)):
            yield f"  if ({when}) return {words.string(f'{feature.read_from}: {what}')};"


def _encoded(decider: Decider) -> Iterator[str]:
    for i, feature in enumerate(decider.features):
        yield f"  x[{i}] = {raw_values.given(feature, decider, _raw(feature, decider))};"


def _raw(feature: Column, decider: Decider) -> str:
    return f"raw[{decider.columns.index(feature.read_from)}]"


def _sums(decider: Decider) -> Iterator[str]:
    """What each reason adds, in whole units, tree by tree: its gates, their shares, and what it adds to each."""
    effects = decider.short_effects
    for i, effect in enumerate(effects):
        yield f"  effect[{i}] = {' + '.join(map(words.rule, effect.rules)) or '0.0'};"
    for tree, gates in enumerate(decider.gates):
        yield "  {"
        for gate in gates:
            shares = (f"{name} = {gate.text(point)}" for name, point in gate.shares.items())
            yield f"    const double {', '.join([f'{gate.name} = {words.rule(gate.rule)}', *shares])};"
        for i, effect in enumerate(effects):
            if tree in effect.sums:
                yield f"    effect[{i}] += {effect.sums[tree]};"
        yield "  }"
    yield f"  for (i = 0; i < {len(effects)}; i++) effect[i] = floor({UNITS!r} * effect[i] + 0.5);"
