"""Ten faults that a reviewer must be warned of, each planted into a clean pair of models and rows; and the clean pair.

The words are what one of the first three findings must have.
"""

from dataclasses import replace

import numpy as np
from planted import FEATURES, GivenScorer, planted

from riskmodel.core import Calibration, Column, RowSketch
from riskmodel.review.evidence.subject import Earlier, Side

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

    def moved(matrix):
        matrix[:, 0] += 1.0
        return matrix

    return _both(clean(seed), moved)


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
}


def named(dossier, words):
    """Whether one of the first three findings has these words."""
    return any(words in finding.statement for finding in dossier.findings[:3])


def warned(dossier):
    """Whether any of the ten is named anywhere."""
    told = [finding for finding in dossier.findings if finding.test.startswith("caution.")]
    harm = [f for f in dossier.findings if f.test == "change.harm" and f.severity != "low"]
    return [finding.statement for finding in (*told, *harm)]
