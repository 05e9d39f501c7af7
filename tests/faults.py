"""Faults that a reviewer must be warned of, each planted into a clean pair of models and rows; and the clean pair.

The words are what one of the first three findings must have.
"""

from dataclasses import replace

import numpy as np
from planted import FEATURES, GivenScorer, planted
from scipy.special import expit, logit

from riskmodel.core import Calibration, Column, RowSketch
from riskmodel.evaluation import fit_calibration
from riskmodel.review.evidence.periods import Dated
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import Earlier

ROWS = 4_000


def clean(seed, rows=ROWS):
    """A challenger that moves scores a little and harms nobody, beside earlier rows of the same population."""
    then, now = planted(rows, 1_000 + seed, harm=False), planted(rows, seed, harm=False)
    sketched = [replace(side, development_rows=RowSketch.of("s", then.champion.matrix, side.matrix[:0]))
                for side in now.sides]  # fmt: skip
    earlier = Earlier(*then.sides, then.default)
    return replace(now, champion=sketched[0], challenger=sketched[1], earlier=earlier)


def _rows(subject, keep):
    """The same subject on some of its rows."""
    sides = [replace(side, matrix=side.matrix[keep]) for side in subject.sides]
    protected = {name: values[keep] for name, values in subject.protected.items()}
    return replace(subject, champion=sides[0], challenger=sides[1], default=subject.default[keep], protected=protected)


def _both(subject, change):
    sides = [replace(side, matrix=change(side.matrix.copy())) for side in subject.sides]
    return replace(subject, champion=sides[0], challenger=sides[1])


def leak(seed):
    """The challenger has seen something of the outcome."""
    subject = clean(seed)
    matrix = subject.challenger.matrix.copy()
    matrix[:, 0] += 1.2 * (subject.default - subject.default.mean())
    return replace(subject, challenger=replace(subject.challenger, matrix=matrix))


def group(seed):
    """One group of a tenth is ranked by chance."""
    subject, rng = clean(seed), np.random.default_rng(seed)
    sex = np.where(rng.random(ROWS) < 0.1, "f", "m").astype(object)
    matrix = subject.challenger.matrix.copy()
    matrix[sex == "f", 0] = rng.permutation(matrix[:, 0])[sex == "f"]
    return replace(subject, challenger=replace(subject.challenger, matrix=matrix), protected={"sex": sex})


def shift(seed):
    """Everybody is riskier than before."""

    def shifted(matrix):
        matrix[:, 0] += 1.0
        return matrix

    return _both(clean(seed), shifted)


def swapped(seed):
    """Income and months stand in one another's place."""
    return _both(clean(seed), lambda matrix: np.ascontiguousarray(matrix[:, [0, 2, 1]]))


def identical(seed):
    """The champion under another name."""
    subject = clean(seed)
    return replace(subject, challenger=replace(subject.champion, name="pruned"))


def training_rows(seed):
    """A third of the rows are the challenger's own."""
    subject = clean(seed)
    matrix = subject.challenger.matrix
    side = replace(subject.challenger, development_rows=RowSketch.of("t", matrix[: ROWS // 3], matrix[:0]))
    return replace(subject, challenger=side)


def approved_only(seed):
    """Outcomes exist for those alone whom the champion approved."""
    subject = clean(seed)
    return _rows(subject, np.flatnonzero(subject.champion.pd < subject.cutoff))


def duplicated(seed):
    """Each row stands there three times."""
    return _rows(clean(seed), np.repeat(np.arange(ROWS), 3))


def protected_column(seed):
    """The challenger reads the age, which the champion does not."""
    subject = clean(seed)
    age = np.random.default_rng(seed).integers(20, 70, ROWS).astype(float)
    scorer = GivenScorer((*FEATURES, Column("age")), Calibration(0.0, 0.9999))
    matrix = np.column_stack([subject.challenger.matrix, age])
    return replace(subject, challenger=Side("pruned", scorer, matrix), protected={"age": age})


def few_bads(seed):
    """Twenty-five of them."""
    subject = clean(seed)
    keep = np.sort(np.concatenate([np.flatnonzero(subject.default == 0), np.flatnonzero(subject.default == 1)[:25]]))
    return _rows(subject, keep)


def category_leak(seed):
    """One level of a category, a fifth of the rows, tells the outcome to the challenger."""
    subject = clean(seed)
    level = np.random.default_rng(seed).random(ROWS) < 0.2
    matrix = subject.challenger.matrix.copy()
    matrix[level, 0] += 6.0 * (subject.default[level] - 0.5)
    return replace(subject, challenger=replace(subject.challenger, matrix=matrix))


def flipped_branch(seed):
    """Where income is high, a tenth of the rows, the challenger ranks upside down."""
    subject = clean(seed)
    return _upside_down(subject, subject.challenger.matrix[:, 1] > 1.28)


def exchanged(seed):
    """In one product, a tenth of the rows, the challenger's PD and 1 - PD have changed places."""
    subject = clean(seed)
    product = np.where(np.random.default_rng(seed).random(ROWS) < 0.1, "card", "loan").astype(object)
    matrix = subject.challenger.matrix.copy()
    matrix[product == "card", 0] *= -1
    return replace(subject, challenger=replace(subject.challenger, matrix=matrix), protected={"product": product})


def _upside_down(subject, rows):
    matrix = subject.challenger.matrix.copy()
    matrix[rows, 0] = 2 * matrix[rows, 0].mean() - matrix[rows, 0]
    return replace(subject, challenger=replace(subject.challenger, matrix=matrix))


def rounded(seed):
    """The challenger's PDs have two digits."""
    subject = clean(seed)
    pd = np.clip(np.round(subject.challenger.pd, 2), 0.01, 0.99)
    return _with_pds(subject, pd)


def calibrated_here(seed):
    """The challenger was calibrated on the very rows that are reviewed."""
    subject = clean(seed)
    margin = logit(subject.challenger.pd)
    line = fit_calibration(margin, subject.default)
    return _with_pds(subject, expit(line.intercept + line.slope * margin))


def _with_pds(subject, pd):
    matrix = subject.challenger.matrix.copy()
    matrix[:, 0] = logit(pd)
    return replace(subject, challenger=replace(subject.challenger, scorer=GivenScorer(FEATURES, Calibration(1e-15)),
                                               matrix=matrix))  # fmt: skip


def _months(year):
    """The rows spread over the months of a year."""
    dated = Dated.of(np.resize(np.arange(f"{year}-01", f"{year + 1}-01", dtype="datetime64[M]"), ROWS))
    return {"period": dated.names, "dated": dated}


def later_reference(seed):
    """Time runs backwards: the rows to compare with are of the year after."""
    subject = clean(seed)
    earlier = replace(subject.earlier, **_months(2024))
    return replace(subject, **_months(2023), earlier=earlier)


def filled(seed):
    """The challenger gets 0 where income is missing."""
    subject = clean(seed)
    matrix = subject.challenger.matrix.copy()
    matrix[:, 1] = np.nan_to_num(matrix[:, 1])
    return replace(subject, challenger=replace(subject.challenger, matrix=matrix))


def other_currency(seed):
    """Income comes in cents."""

    def cents(matrix):
        matrix[:, 1] *= 100
        return matrix

    return _both(clean(seed), cents)


def missing_month(seed):
    """May is not there."""
    subject = clean(seed)
    months = _months(2024)
    keep = np.flatnonzero(months["period"] != "2024-05")
    return replace(_rows(subject, keep), period=months["period"][keep], dated=months["dated"].taken(keep))


def sorted_and_cut(seed):
    """The rows were sorted by outcome, and the file was cut before most of the bads."""
    subject = clean(seed)
    goods = int((subject.default == 0).sum())
    return _rows(subject, np.argsort(subject.default, kind="stable")[: goods + 150])


PLANTED = {
    leak: "suspect a leak",
    group: "sex=f",
    shift: "shifted",
    swapped: "income and months",
    identical: "identical",
    training_rows: "developed on",
    approved_only: "truncated",
    duplicated: "duplicated",
    protected_column: "protected column: age",
    few_bads: "25 bads",
    category_leak: "suspect a leak",
    flipped_branch: "income",
    exchanged: "product=card",
    rounded: "rounded",
    calibrated_here: "calibrated on the reviewed rows",
    later_reference: "later than the reviewed ones",
    filled: "income, which the challenger reads as 0",
    other_currency: "features have shifted (income)",
    missing_month: "2024-05",
    sorted_and_cut: "left out by their outcome",
}


def named(dossier, words):
    """Whether one of the first three findings has these words."""
    return any(words in finding.statement for finding in dossier.findings[:3])


def warned(dossier):
    """Whether any of the ten is named anywhere."""
    cautions = [finding for finding in dossier.findings if finding.test.startswith("caution.")]
    harm = [f for f in dossier.findings if f.test == "change.harm" and f.severity != "low"]
    return [finding.statement for finding in (*cautions, *harm)]
