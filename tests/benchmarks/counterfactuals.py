"""Counterfactuals against every value that there is, tried by the library that trained the trees."""

from time import perf_counter

import numpy as np
from rich.console import Console

from riskmodel import scorers
from riskmodel.core import Kind, Policy, Role, Scorer
from riskmodel.explanation.counterfactuals import Counterfactuals
from tests.benchmarks._tables import cut
from tests.nearest_values import by_hand, library

CASES = 300  # of each kind: a number of an application that is not approved
BLEND = {"of": [{"kind": "lgbm", "options": {"search": 0}}, {"kind": "xgb", "options": {"search": 0}}]}
KINDS = {"lgbm": {"search": 0}, "xgb": {"search": 0}, "scorecard": {}, "blend": BLEND}
SINGLE = 1.2e-7  # of a value: between two numbers of single precision, in which XGBoost is asked


def table(console: Console) -> str:
    """How many are farther than need be, missing, or not approved by the library."""
    lines = [
        "## Counterfactuals against every value",
        "",
        f"Taiwan; {CASES} numbers of applications that are not approved, of each kind. Every threshold of every tree",
        "was tried by the library; farther is by more than single precision can tell apart.",
        "",
        "| kind | cases | with an answer | farther | missed | the library says no | µs an application |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, options in KINDS.items():
        with console.status(kind):
            lines.append(f"| {kind} | {' | '.join(map(str, _counted(kind, options)))} |")
    return "\n".join(lines)


def _counted(kind: str, options: dict[str, object]) -> list[int]:
    development, sample = cut("Taiwan", 0)
    scorer = scorers.recipe(kind, options).fit(development, development.train.features, seed=0)
    rows = sample.columns(scorer.features)
    edge = float(np.quantile(scorer.pd(rows), 0.6))
    rows, limit = rows[scorer.pd(rows) >= edge], np.log(edge / (1 - edge))
    asked = Counterfactuals(scorer, Policy(edge, edge, (0.1,)))
    asked(rows[:1])
    start = perf_counter()
    answers = asked(rows)
    took = 1e6 * (perf_counter() - start) / len(rows)
    cases, answered, farther, missed, refused = 0, 0, 0, 0, 0
    draw = np.random.default_rng(0)
    places = [i for i, column in enumerate(scorer.features) if _is_number(column)]
    for row, answer in zip(rows, answers, strict=True):
        place = int(draw.choice(places))
        if np.isnan(row[place]) or row[place] in scorer.features[place].codes:
            continue
        value = next((each.value for each in answer if each.column == scorer.features[place].name), None)
        wanted = by_hand(scorer, row, place, limit)
        cases += 1
        if value is None or value in scorer.features[place].codes:
            missed += not np.isnan(wanted)
        else:
            answered += 1
            nearest = abs(wanted - row[place]) + SINGLE * abs(wanted)
            farther += not np.isnan(wanted) and abs(value - row[place]) > nearest
            refused += not _approved(scorer, row, place, float(value), limit)
        if cases == CASES:
            break
    return [cases, answered, farther, missed, refused, round(took)]


def _is_number(column) -> bool:
    return column.kind is Kind.NUMERIC and not column.source and column.role is not Role.PROTECTED


def _approved(scorer: Scorer, row: np.ndarray, place: int, value: float, limit: float) -> bool:
    changed = row.copy()
    changed[place] = value
    return bool(scorer.calibration(library(scorer, changed[None]))[0] < limit + 1e-5)  # sums in single precision
