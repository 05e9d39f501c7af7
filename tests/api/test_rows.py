"""A learning curve as a notebook shows it: a row a point, the law as a picture, its worth in a sentence."""

import dataclasses
from types import SimpleNamespace

from riskmodel.api.rows import RowsCurve
from riskmodel.core import Interval


def point(share, auc):
    return SimpleNamespace(
        method="random_rows",
        share=share,
        rows=round(1000 * share),
        auc=Interval(auc, auc - 0.01, auc + 0.01),
        change=Interval(auc - 0.8, auc - 0.81, auc - 0.79),
    )


CURVE = RowsCurve(SimpleNamespace(points=[point(0.5, 0.79), point(1.0, 0.8)], in_words="twice the rows bring little"))


def test_the_table_has_a_row_a_point_with_both_intervals():
    table = CURVE.table()
    assert table[["share", "rows", "auc", "auc_low", "auc_high"]].to_numpy().tolist() == [
        [0.5, 500, 0.79, 0.78, 0.79 + 0.01],
        [1.0, 1000, 0.8, 0.79, 0.81],
    ]
    assert table["change"].round(6).tolist() == [-0.01, 0.0]
    assert (table["change_low"] < table["change"]).all()
    assert (table["change"] < table["change_high"]).all()


def test_in_words_it_is_what_twice_the_rows_would_bring():
    assert CURVE.why() == str(CURVE) == "twice the rows bring little"


def test_nothing_about_it_changes():
    assert dataclasses.is_dataclass(CURVE)
    assert [field.name for field in dataclasses.fields(CURVE)] == ["data"]
