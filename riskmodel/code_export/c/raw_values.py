"""From the raw values of a row to what the model is given, and what sets a row aside, in the words of C."""

from __future__ import annotations

from collections.abc import Iterator

from riskmodel.code_export.c.words import string
from riskmodel.code_export.decider import Decider, is_category
from riskmodel.core import Column

UNSEEN = -1.0  # what a level that train did not have is passed as


def levels(feature: Column, decider: Decider) -> str:
    """The numbers of a column's levels, by their spellings."""
    lines = [f"  case {decider.columns.index(feature.read_from)}:"]
    for text, code in decider.spellings(feature).items():
        lines.append(f"    if (!strcmp(text, {string(text)})) return {'NAN' if code is None else float(code)};")
    other = float(len(feature.categories) - 1) if feature.other else UNSEEN
    return "\n".join([*lines, f"    return {other};"])


def given(feature: Column, decider: Decider, raw: str) -> str:
    """What the model is given of the raw value `raw`."""
    if is_category(feature):
        return f"{raw} >= 0 ? {raw} : NAN"
    codes = [f"{raw} == {code!r}" for code in feature.codes]
    if feature.source:
        return f"{' || '.join(codes)} ? 1.0 : 0.0"
    missing = [*codes, f"isinf({raw})"]
    if decider.scoring.out_of_range == "missing" and (outside := _outside(feature, raw)):
        missing.append(outside)
    return f"{' || '.join(missing)} ? NAN : {raw}"


def _outside(feature: Column, raw: str) -> str:
    if feature.low is None or feature.high is None:
        return ""
    not_code = "".join(f" && {raw} != {code!r}" for code in feature.codes)
    return f"(({raw} < {feature.low!r} || {raw} > {feature.high!r}){not_code})"


def faults(feature: Column, decider: Decider, raw: str) -> Iterator[tuple[str, str]]:
    """What can set a row aside for this value, and the condition for it."""
    if feature.source:
        return
    rules, aside = decider.scoring, {"quarantine", "refuse"}
    if rules.wrong_type in aside and not is_category(feature):
        yield "wrong type", f"isinf({raw})"
    if rules.missing_value in aside and not feature.nullable:
        yield "missing value", f"isnan({raw})"
    if rules.unseen in aside and is_category(feature) and not feature.other:
        yield "unseen level", f"{raw} < 0"
    if rules.out_of_range in aside and not is_category(feature) and (outside := _outside(feature, raw)):
        yield "out of range", f"{outside} && !isinf({raw})"
