"""The statement as a whole: a step is a query of the one before, so that each number is worked out once."""

from __future__ import annotations

from collections.abc import Sequence

from riskmodel.code_export.decider import Decider
from riskmodel.code_export.sql import arrays, cases, ranking, steps
from riskmodel.code_export.sql.dialects import DIALECTS, Dialect
from riskmodel.code_export.sql.ranking import Step


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
    made = [*_encoding(decider, words, id_column), *_deciding(decider, words, reasons=reasons)]
    return _text(made, _last(decider, words, reasons=reasons), table, words)


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
    words = DIALECTS[dialect]
    return _text(_deciding(decider, words, reasons=reasons), _last(decider, words, reasons=reasons), table, words)


def _text(made: Sequence[Step], last: Sequence[str], table: str, words: Dialect) -> str:
    before, text = table, []
    for number, (_, columns) in enumerate(made, 1):
        body = f"SELECT\n  {f',{chr(10)}  '.join(columns)}\nFROM {before}{words.fence}"
        before = f"step_{number}"
        text.append(f"{before} AS{words.materialized} (\n{body}\n)")
    return f"WITH {', '.join(text)}\nSELECT\n  {f',{chr(10)}  '.join(last)}\nFROM {before}\n"


def _encoding(decider: Decider, words: Dialect, id_column: str) -> list[Step]:
    return [
        ("raw columns", steps.raw(decider, words, id_column)),
        ("features", ["id", f"{steps.why(decider, words)} AS why", *steps.features(decider, words)]),
    ]


def _deciding(decider: Decider, words: Dialect, *, reasons: bool) -> list[Step]:
    exact, rounded = steps.points(decider, words)
    reason_rules = ranking.rules(decider) if reasons else ()
    asked = cases.columns((*decider.margin[1], *reason_rules), words)
    asked_later = list(cases.columns(reason_rules, words))
    packed = arrays.packed(asked_later) if words.arrays else asked_later
    keep = ["id", "why", *(text.rpartition(" ")[2] for text in packed)]
    made: list[Step] = [
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
    return made + (ranking.ranked(decider, words, asked_later) if reasons else [])


def _last(decider: Decider, words: Dialect, *, reasons: bool) -> list[str]:
    columns = ["id", "pd", "points", "grade", "decision"]
    if reasons:
        columns += ranking.named(decider, words)
    return [*columns, f"{words.string(decider.model_sha256)} AS model_sha256", "why"]
