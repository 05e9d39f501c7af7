"""The steps of the statement: raw columns, features, margin, PD, what a PD leads to, and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from riskmodel.code_export.decider import Decider, is_category
from riskmodel.code_export.sql.cases import LARGEST, added, rule_text
from riskmodel.code_export.sql.dialects import Dialect
from riskmodel.core import DECISIONS, Column

FLAT = 700.0  # log-odds beyond which a PD is 0 or 1, and the exponential leaves what a database can hold


def raw(decider: Decider, dialect: Dialect, id_column: str) -> list[str]:
    """The columns as they are: numbers as doubles, levels as text."""
    kinds = {f.read_from: is_category(f) for f in decider.features if not f.source}
    columns = [f"{dialect.name(id_column)} AS id"]
    for place, name in enumerate(decider.columns):
        category = kinds.get(name, False)
        value = dialect.level(name) if category else _number(dialect, name)
        columns.append(f"{value} AS r{place}")
    return columns


def _number(dialect: Dialect, name: str) -> str:
    if dialect.number == "FLOAT64":  # there NaN equals nothing, itself included
        number = f"CAST({dialect.name(name)} AS FLOAT64)"
        return f"CASE WHEN IS_NAN({number}) THEN NULL ELSE {number} END"
    return dialect.read(name)


def features(decider: Decider, dialect: Dialect) -> list[str]:
    """Each feature as the scorer is given it."""
    place = {name: f"r{i}" for i, name in enumerate(decider.columns)}
    return [
        f"{_feature(feature, place[feature.read_from], decider, dialect)} AS f{i}"
        for i, feature in enumerate(decider.features)
    ]


def _feature(feature: Column, raw_name: str, decider: Decider, dialect: Dialect) -> str:
    if is_category(feature):
        return _level(feature, raw_name, decider, dialect)
    codes = ", ".join(map(dialect.value, feature.codes))
    if feature.source:
        return f"CASE WHEN {raw_name} IN ({codes}) THEN 1 ELSE 0 END"
    missing = [f"{raw_name} IN ({codes})"] if codes else []
    missing.append(f"ABS({raw_name}) > {dialect.value(LARGEST)}")
    if decider.scoring.out_of_range == "missing" and (outside := _outside(feature, raw_name, dialect)):
        missing.append(outside)
    return f"CASE WHEN {' OR '.join(missing)} THEN NULL ELSE {raw_name} END"


def _level(feature: Column, raw_name: str, decider: Decider, dialect: Dialect) -> str:
    known = decider.spellings(feature)
    whens = [f"WHEN {dialect.string(text)} THEN {'NULL' if code is None else code}" for text, code in known.items()]
    if not feature.other:
        whens = [when for when, code in zip(whens, known.values(), strict=True) if code is not None]
        return f"CASE {raw_name} {' '.join(whens)} END" if whens else "NULL"
    other = len(feature.categories) - 1
    return f"CASE WHEN {raw_name} IS NULL THEN NULL ELSE CASE {raw_name} {' '.join(whens)} ELSE {other} END END"


def _outside(feature: Column, raw_name: str, dialect: Dialect) -> str:
    if feature.low is None or feature.high is None:
        return ""
    outside = f"({raw_name} < {dialect.value(feature.low)} OR {raw_name} > {dialect.value(feature.high)})"
    codes = ", ".join(map(dialect.value, feature.codes))
    return f"({outside} AND {raw_name} NOT IN ({codes}))" if codes else outside


@dataclass(frozen=True)
class SqlFault:
    """What can be wrong with a column of an application, what becomes of it then, and how SQL asks for it."""

    column: str
    what: str
    policy: str
    when: str

    @property
    def sets_aside(self) -> bool:
        """A rule that refuses a file sets its rows aside here."""
        return self.policy in {"quarantine", "refuse"}


def why(decider: Decider, dialect: Dialect) -> str:
    """Why an application is set aside, NULL where it is not; spelt for those alone that have a fault."""
    no_id = f"WHEN id IS NULL THEN {dialect.string('id: missing value')}"
    asked = [fault for fault in faults(decider, dialect) if fault.sets_aside]
    if not asked:
        return f"CASE {no_id} END"
    texts = [(fault.when, dialect.string(f"; {fault.column}: {fault.what}")) for fault in asked]
    text = f"{dialect.substring}({_joined(texts, dialect)}, 3, 4000)"
    return f"CASE WHEN {' OR '.join(f'({fault.when})' for fault in asked)} THEN {text} {no_id} END"


def _joined(texts: Sequence[tuple[str, str]], dialect: Dialect) -> str:
    """Those texts whose conditions hold, one after the other."""
    if dialect.concat:
        return f"CONCAT({', '.join(f'CASE WHEN {when} THEN {text} END' for when, text in texts)})"
    return dialect.joined.join(f"CASE WHEN {when} THEN {text} ELSE '' END" for when, text in texts)


def faults(decider: Decider, dialect: Dialect) -> list[SqlFault]:
    """What can be wrong with the raw columns, in the order of the features; an indicator's column is asked once."""
    return [
        SqlFault(feature.read_from, *fault)
        for feature in decider.features
        if not feature.source
        for fault in _faults(feature, f"r{decider.columns.index(feature.read_from)}", decider, dialect)
    ]


def _faults(feature: Column, raw_name: str, decider: Decider, dialect: Dialect) -> list[tuple[str, str, str]]:
    rules = decider.scoring
    asked: list[tuple[str, str, str]] = []
    infinite = "" if is_category(feature) else f"ABS({raw_name}) > {dialect.value(LARGEST)}"
    if infinite:
        asked.append(("wrong type", rules.wrong_type, infinite))
    if not feature.nullable:
        asked.append(("missing value", rules.missing_value, _missing(feature, raw_name, decider, dialect)))
    if is_category(feature) and not feature.other:
        asked.append(("unseen level", rules.unseen, unknown(feature, raw_name, decider, dialect)))
    outside = "" if is_category(feature) else _outside(feature, raw_name, dialect)
    if outside:
        asked.append(("out of range", rules.out_of_range, f"{outside} AND NOT {infinite}"))
    return asked


def unknown(feature: Column, raw_name: str, decider: Decider, dialect: Dialect) -> str:
    """Whether a level is spelt in no known way."""
    return f"{raw_name} NOT IN ({', '.join(map(dialect.string, decider.spellings(feature)))})"


def _missing(feature: Column, raw_name: str, decider: Decider, dialect: Dialect) -> str:
    spelt = decider.spellings(feature) if is_category(feature) else {}
    nulls = [dialect.string(text) for text, code in spelt.items() if code is None]
    return f"({raw_name} IS NULL" + (f" OR {raw_name} IN ({', '.join(nulls)}))" if nulls else ")")


def margin(decider: Decider, dialect: Dialect) -> str:
    """The log-odds of default."""
    intercept, rules = decider.margin
    return added([dialect.total(dialect.value(intercept)), *(dialect.total(rule_text(r, dialect)) for r in rules)])


def pd(dialect: Dialect) -> str:
    """The logistic function of `margin`; NULL for an application that is set aside."""
    one = dialect.total("1E0")
    inside = f"{one} / ({one} + EXP(-margin))"
    flat = dialect.value(FLAT)
    return (
        f"CASE WHEN why IS NOT NULL THEN NULL WHEN margin > {flat} THEN {one} "
        f"WHEN margin < -{flat} THEN {dialect.total('0E0')} ELSE {inside} END"
    )


def points(decider: Decider, dialect: Dialect) -> tuple[str, str]:
    """The points as they come, and the same rounded, halves to even."""
    slope = decider.scale.change(1.0)
    exact = f"{dialect.value(decider.scale.start(0.0))} + {dialect.value(slope)} * margin"
    below = "FLOOR(exact_points)"
    up = f"exact_points - {below} > 0.5 OR (exact_points - {below} = 0.5 AND {below} - 2 * FLOOR({below} / 2) = 1)"
    return exact, f"CASE WHEN pd IS NULL THEN NULL WHEN {up} THEN {below} + 1 ELSE {below} END"


def grade(decider: Decider, dialect: Dialect) -> str:
    """The letter of a PD; one on an edge belongs above it."""
    edges = sorted(enumerate(decider.policy.grade_edges, 1), reverse=True)
    whens = [f"WHEN pd >= {dialect.value(edge)} THEN {dialect.string(ascii_uppercase[i])}" for i, edge in edges]
    return f"CASE WHEN pd IS NULL THEN NULL {' '.join(whens)} ELSE 'A' END"


def decision(decider: Decider, dialect: Dialect) -> str:
    """What a PD leads to; one at the cutoff is declined."""
    approve, refer, decline = map(dialect.string, DECISIONS)
    cutoff, refer_from = map(dialect.value, (decider.policy.cutoff, decider.policy.refer_from))
    return (
        f"CASE WHEN pd IS NULL THEN NULL WHEN pd >= {cutoff} THEN {decline} WHEN pd >= {refer_from} THEN {refer} "
        f"ELSE {approve} END"
    )
