"""Evidence of rows that belong together: rows that stand more than once, and what a verdict is worth by cluster.

A loan that stands four times is one loan, and the loans of one borrower, or of one month, go bad together. `clusters`
are labels (n); rows of one label are dependent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmodel.config import Margins
from riskmodel.core import Change, Matrix, Outcome, Sample, Vector, Verdict
from riskmodel.core.evidence import Evidence, Mark, Method
from riskmodel.evaluation.change.comparison import compare
from riskmodel.evaluation.change.decision_margins import JudgedByDecisions
from riskmodel.evaluation.grading import by_value, marked, not_evaluated, table
from riskmodel.evaluation.requirements import require_rows
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.clusters import Clusters, coded, effective
from riskmodel.stats.interval import of_share

DEPENDENCE = Method(
    "change.dependence",
    "Verdict by rows that belong together",
    "standard error of each difference with clusters over that of independent rows, the largest; beside it the verdict",
    "Obuchowski 1997 for the AUC, Liang and Zeger 1986 for means; Student's t, Satterthwaite 1946",
    "Clusters are borrowers, ids that repeat, equal rows, or periods. With few periods the bounds are wide.",
    "no rule says less than the verdict that was given",
    counts_weights=True,
)
REPEATED = Method(
    "change.repeated_rows",
    "Rows that stand more than once",
    "rows whose id, or all of whose values and outcome, an earlier row has / all rows; interval Wilson 1927",
    "by definition",
    "Rows of one id count once. Equal rows count once where they are more than 1 % of rows with a feature of more than "
    "100 values: with few coarse features equal applicants are no copies.",
    needs_outcome=False,
    counts_weights=True,
)
ALONE = "each row alone"
MANY_EQUAL, MANY_VALUES = 0.01, 100  # convention


@dataclass(frozen=True, eq=False)
class Together:
    """Labels (n) of the rows that belong together, and by what; None where none do."""

    labels: Clusters | None
    by: str


def repeated(first: NDArray[Any]) -> int:
    """How many rows (n) have the label of an earlier one."""
    return len(first) - len(np.unique(first))


def equal_rows(matrix: Matrix, default: Outcome | None) -> Clusters:
    """One label (n) for all rows with the same features (n x features) and outcome."""
    outcome = np.zeros(len(matrix)) if default is None else default
    require_rows(default=outcome, features=np.zeros(len(matrix)))
    frame = pd.DataFrame(matrix)
    frame["default"] = outcome
    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    labels: Clusters = np.unique(hashes, return_inverse=True)[1]
    return labels


def together(  # noqa: PLR0917
    matrix: Matrix,
    default: Outcome | None,
    ids: Sequence[Any] | None = None,
    named: NDArray[Any] | None = None,
    name: str = "",
    whole: NDArray[Any] | None = None,
) -> Together:
    """What the rows are clustered by: the named column, else ids that repeat, else equal rows where they are many.

    Parameters
    ----------
    matrix, default
        Features (n x features) and outcomes (n).
    ids
        The name of each row (n).
    named
        Labels (n) of a column that says which rows belong together, such as a borrower.
    name
        Of that column.
    whole
        Labels (n) that are alike where whole rows are, columns that no model reads too; else features and outcome tell.
    """
    if named is not None:
        return Together(coded(named, len(matrix)), name)
    if ids is not None:
        labels = np.unique(np.array([str(one) for one in ids]), return_inverse=True)[1]
        return Together(labels, "id") if repeated(labels) else Together(None, "")
    labels = equal_rows(matrix, default) if whole is None else np.unique(whole, return_inverse=True)[1]
    many = repeated(labels) > MANY_EQUAL * len(labels) and _fine(matrix)
    return Together(labels, "equal rows") if many else Together(None, "")


def _fine(matrix: Matrix) -> bool:
    return any(len(np.unique(column[np.isfinite(column)])) > MANY_VALUES for column in matrix.T)


def repeated_rows(
    matrix: Matrix, default: Outcome | None, ids: Sequence[Any] | None, rows: Together, limits: Thresholds
) -> Evidence:
    """How many rows are there again; the table says of which kind, and whether they count once."""
    count = len(matrix)
    if not count:
        return not_evaluated(REPEATED, "There are no rows.", 0)
    equal = repeated(equal_rows(matrix, default))
    by_id = 0 if ids is None else count - len({str(one) for one in ids})
    lines = [("id", None if ids is None else by_id), ("all features and the outcome", equal)]
    listing = table("Rows that stand more than once", ("alike in", "rows"), lines, "repeated")
    figure = of_share(max(equal, by_id), count)
    about = f"counted once by {rows.by}" if rows.labels is not None else ""
    return by_value(REPEATED, limits, figure, count, about=about, tables=(listing,))


def dependence(  # noqa: PLR0917
    given: Change,
    default: Outcome,
    champion: Vector,
    challenger: Vector,
    margins: Margins,
    blocks: Mapping[str, NDArray[Any]],
    limits: Thresholds,
    weight: Vector | None = None,
    decided_by: JudgedByDecisions | None = None,
) -> Evidence:
    """Whether the verdict holds by every way in which rows may belong together.

    Parameters
    ----------
    given
        The change as it is reported.
    default, champion, challenger
        Outcomes, and PDs of both (n).
    margins
        Those of the change.
    blocks
        Labels (n) by the name of the rule: borrower, period.
    limits
        Thresholds: of the largest factor by which a standard error grows.
    weight
        How much each row (n) counts.
    decided_by
        Of a change that decisions decide.
    """
    rows, bads = len(default), int(default.sum())
    if not blocks:
        reason = "Nothing says which rows belong together: name a borrower or a time."
        return not_evaluated(DEPENDENCE, reason, rows, bads=bads)
    sample = Sample("rows", (), np.empty((rows, 0)), default, np.arange(rows), weight=weight)

    def judged(codes: Clusters | None = None) -> Change:
        change = compare(given.challenger, given.champion, sample, challenger, champion, margins, codes)
        return change if decided_by is None else decided_by.judged(change, default, challenger, champion, codes, weight)

    alone = judged()
    changes: dict[str, tuple[Change, float]] = {ALONE: (alone, effective(None, rows, weight))}
    for name, labels in blocks.items():
        codes = coded(labels, rows)
        changes[name] = judged(codes), effective(codes, rows, weight)
    lines = [
        (name, figure, units, d.standard_error, d.lower, d.margin, d.p_value, d.verdict)
        for name, (change, units) in changes.items()
        for figure, d in change.differences.items()
    ]
    columns = ("rule", "figure", "equal clusters", "standard error", "lower bound", "margin", "p_value", "verdict")
    listing = table("Verdict by rows that belong together", columns, lines, "dependence")
    growth, about = _largest(alone, {name: change for name, (change, _) in changes.items() if name != ALONE})
    weaker = [name for name, (change, _) in changes.items() if _says_less(change, given)]
    facts = {"bads": bads, "about": about, "statistic": growth, "tables": (listing,)}
    if weaker:
        reason = f"By {' and by '.join(weaker)} less is shown than the verdict says."
        return marked(DEPENDENCE, limits, Mark.ATTENTION, reason, rows, **facts)
    return marked(DEPENDENCE, limits, Mark.PASS, "The verdict is the same by every rule.", rows, **facts)


def _largest(alone: Change, others: Mapping[str, Change]) -> tuple[float, str]:
    """The largest factor by which a standard error grows, and the rule."""
    grown = {
        (name, figure): d.standard_error / alone.differences[figure].standard_error
        for name, change in others.items()
        for figure, d in change.deciding.items()
        if alone.differences[figure].standard_error > 0 and np.isfinite(d.standard_error)
    }
    return max(((factor, name) for (name, _), factor in grown.items()), default=(1.0, ""))


def _says_less(change: Change, given: Change) -> bool:
    """Whether no worse was given of a figure, and this rule does not show it."""
    return any(
        d.verdict is Verdict.NON_INFERIOR and change.differences[figure].verdict is not Verdict.NON_INFERIOR
        for figure, d in given.deciding.items()
    )
