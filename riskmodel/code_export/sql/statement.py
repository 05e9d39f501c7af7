"""The statement as a whole: a step is a query of the one before, so that each number is worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from riskmodel.code_export.decider import Decider
from riskmodel.code_export.sql import arrays, cases, ranking, steps
from riskmodel.code_export.sql.arrays import Step
from riskmodel.code_export.sql.dialects import DIALECTS, Dialect
from riskmodel.core import DECISIONS


def select(decider: Decider, dialect: str, table: str, id_column: str = "id", *, reasons: bool = True) -> str:
    """One SELECT of id, pd, points, grade, decision, reason_1 to reason_4, model_sha256 and why.

    Parameters
    ----------
    decider
        What is said.
    dialect
        One of DIALECTS.
    table
        The table of applications, as it is to stand in the statement (a schema before it, quotes around it).
    id_column
        The column that names an application.
    reasons
        Whether reasons are given; without them their columns are not there.

    Returns
    -------
    The statement, with a final newline. `why` says why an application is set aside; it has no PD then.

    Raises
    ------
    UnsupportedScorer
        For a scorer that is no sum of trees, or whose reasons would be too long.
    """
    words = DIALECTS[dialect]
    return _whole(decider, words, _encoding(decider, words, id_column), table, reasons=reasons)


def encoded(decider: Decider, dialect: str, table: str, id_column: str, keep: Sequence[str] = ()) -> str:
    """The first half of `select`: id, why, the columns in `keep` as they are, raw values r0, r1, features f0, f1.

    What an engine counts on the way stands between the halves.
    """
    words = DIALECTS[dialect]
    [(_, raw), (_, features)] = _encoding(decider, words, id_column)
    values = [f"r{i}" for i in range(len(decider.columns))]
    names = [words.name(name) for name in keep]
    return _text([("raw columns", [*names, *raw])], [*names, *values, *features], table, words)


def decided(decider: Decider, dialect: str, table: str, *, reasons: bool = True) -> str:
    """The second half of `select`, of a table that is as `encoded` gives it."""
    return _whole(decider, DIALECTS[dialect], [], table, reasons=reasons)


def _whole(decider: Decider, words: Dialect, encoding: Sequence[Step], table: str, *, reasons: bool) -> str:
    """Where no array can stand, those who are not approved go on to their reasons, and all others come beside them."""
    asked = list(cases.columns(ranking.rules(decider), words)) if reasons else []
    deciding = [*encoding, *_deciding(decider, words, asked)]
    if not reasons:
        return _text(deciding, _last(decider, words, []), table, words)
    made = [*deciding, *ranking.ranked(decider, words, asked)]
    last = _last(decider, words, ranking.named(decider, words))
    if words.arrays:
        return _text(made, last, table, words)
    some = f"decision <> {words.string(DECISIONS[0])}"
    others = f"decision IS NULL OR decision = {words.string(DECISIONS[0])}"
    beside = _query(_last(decider, words, ranking.none()), f"step_{len(deciding)} WHERE {others}")
    return f"{_text(made, last, table, words, {len(deciding): some})}UNION ALL\n{beside}\n"


def _text(
    made: Sequence[Step], last: Sequence[str], table: str, words: Dialect, wheres: Mapping[int, str] | None = None
) -> str:
    """Each step as a query of the one before; `wheres` say which rows of it go on, by the place of the step."""
    before, text = table, []
    for number, (_, columns) in enumerate(made, 1):
        where = f" WHERE {wheres[number - 1]}" if wheres and number - 1 in wheres else ""
        body = _query(columns, f"{before}{where}{words.fence}")
        before = f"step_{number}"
        text.append(f"{before} AS{words.materialized} (\n{body}\n)")
    return f"WITH {', '.join(text)}\n{_query(last, before)}\n"


def _query(columns: Sequence[str], source: str) -> str:
    return f"SELECT\n  {f',{chr(10)}  '.join(columns)}\nFROM {source}"


def _encoding(decider: Decider, words: Dialect, id_column: str) -> list[Step]:
    return [
        ("raw columns", steps.raw(decider, words, id_column)),
        ("features", ["id", f"{steps.why(decider, words)} AS why", *steps.features(decider, words)]),
    ]


def _deciding(decider: Decider, words: Dialect, asked_later: Sequence[str]) -> list[Step]:
    """The steps to the decision, which keep what the reasons will ask for."""
    exact, rounded = steps.points(decider, words)
    asked = cases.columns((*decider.margin[1], *(ranking.rules(decider) if asked_later else ())), words)
    packed = arrays.packed(asked_later) if words.arrays else asked_later
    keep = ["id", "why", *(text.rpartition(" ")[2] for text in packed)]
    return [
        ("columns without NULL", ["id", "why", *(f"{text} AS {name}" for name, text in asked.items())]),
        ("margin", ["id", "why", *packed, f"{steps.margin(decider, words)} AS margin"]),
        ("pd", [*keep, f"{steps.pd(words)} AS pd", f"{exact} AS exact_points"]),
        (
            "decision",
            [
                *keep,
                "pd",
                f"{rounded} AS points",
                f"{steps.grade(decider, words)} AS grade",
                f"{steps.decision(decider, words)} AS decision",
            ],
        ),
    ]


def _last(decider: Decider, words: Dialect, reasons: Sequence[str]) -> list[str]:
    sha256 = f"{words.string(decider.model_sha256)} AS model_sha256"
    return ["id", "pd", "points", "grade", "decision", *reasons, sha256, "why"]
