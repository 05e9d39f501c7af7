"""An entry is the same as JSON, and what the data refuse is not evaluated for that reason."""

import json

import numpy as np

from riskmodel.core.evidence import Mark, Table
from riskmodel.errors import DataError
from riskmodel.evaluation.change.decision_churn import NEGATIVE_FLIPS
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.review.evidence.entry import LISTED, Entry, tried


def entry(**facts):
    return Entry("change", not_evaluated(NEGATIVE_FLIPS, "Too few.", 40, **facts))


def test_an_entry_says_whom_it_is_about_and_by_which_method():
    plain = entry(bads=3).plain()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert (plain["id"], plain["whom"], plain["rows"], plain["bads"]) == (NEGATIVE_FLIPS.id, "change", 40, 3)
    assert (plain["title"], plain["source"]) == (NEGATIVE_FLIPS.title, NEGATIVE_FLIPS.source)
    assert (plain["verdict"], plain["threshold"], plain["value"]) == (str(Mark.NOT_EVALUATED), None, None)


def test_long_tables_are_cut_and_the_rest_is_counted():
    rows = tuple((f"row {i}", np.float64(i)) for i in range(LISTED + 3))
    [table] = entry(tables=(Table("Title", ("name", "value"), rows),)).plain()["tables"]
    assert (len(table["rows"]), table["left_out"]) == (LISTED, 3)
    assert table["rows"][1] == ["row 1", 1.0]
    [short] = entry(tables=(Table("Title", ("name", "value"), rows[:LISTED]),)).plain()["tables"]
    assert short["left_out"] == 0


def test_a_row_that_was_not_judged_is_filled_up():
    [table] = entry(tables=(Table("Title", ("name", "value", "p"), (("a",), ("b", 1.0, 0.5))),)).plain()["tables"]
    assert table["rows"] == [["a", None, None], ["b", 1.0, 0.5]]


def test_what_the_data_refuse_is_not_evaluated_with_the_reason():
    def refused():
        raise DataError("a column must have values, however: it has none")

    result = tried("data", NEGATIVE_FLIPS, 12, refused, bads=2)
    assert (result.whom, result.id) == ("data", NEGATIVE_FLIPS.id)
    assert result.evidence.mark is Mark.NOT_EVALUATED
    assert result.evidence.reason == "a column must have values, however: it has none."
    assert (result.evidence.rows, result.evidence.bads) == (12, 2)
    known = entry().evidence
    assert tried("data", NEGATIVE_FLIPS, 12, lambda: known).evidence is known
