import pyarrow as pa
import pytest

from riskmodel.datasets.outcome import outcome
from riskmodel.datasets.profiling._outcome import target_of
from riskmodel.errors import DataError


@pytest.mark.parametrize(
    ("name", "values", "bad"),
    [
        ("target", [0, 1, 0], 1),
        ("target", [1, 1, 0], 0),  # the rarer, for want of anything better
        ("default", [1, 1, 0], 1),
        ("not_default", [1, 1, 0], 0),
        ("repaid", [1, 0, 0], 0),
        ("not.fully.paid", [1, 1, 0], 1),
        ("y", [1.0, 0.0, 0.0], 1),
        ("y", [True, False, True], False),
        ("is_bad", [True, False, True], True),
        ("class", ["good", "bad", "bad"], "bad"),
        ("class", ["Fully Paid", "Charged Off", "Charged Off"], "Charged Off"),
        ("class", ["other", "PAID", "other"], "other"),
        ("class", ["x", "y", "x"], "y"),
        ("default", ["yes", "no", "yes"], "yes"),
        ("repaid", ["Y", "N", "N"], "N"),
        ("risk", [1, 2, 1], 2),
    ],
)
def test_the_bad_value_is_told_by_its_word_then_by_the_name_then_by_being_rarer(name, values, bad):
    target = target_of(pa.table({name: values}), name)
    assert (target.bad, type(target.bad)) == (bad, type(bad))
    assert target.bads == sum(value == bad for value in values)
    assert target.reason


@pytest.mark.parametrize("values", [[0, 1], [1.0, 2.0], [False, True], ["bad", "good"], ["0", "1"]])
@pytest.mark.parametrize("name", ["default", "repaid"])
def test_the_outcome_reads_the_bad_value_as_it_is_proposed(name, values):
    table = pa.table({name: [values[i % 2] for i in range(9)]})
    target = target_of(table, name)
    spelt = () if target.is_plain else (str(target.bad).lower() if isinstance(target.bad, bool) else str(target.bad),)
    assert outcome(table, name, *spelt).sum() == target.bads


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0, 1, None], "is missing in 1 rows, first in row 3"),
        ([0.0, float("nan"), 1.0], "is missing in 1 rows, first in row 2"),
        ([1, 1], "must have two values, a bad and a good, however: 1: 1.0"),
        ([0, 1, 2, 3, 4], "however: 5: 0.0, 1.0, 2.0, 3.0, ..."),
        (["a", "b", "c"], "however: 3: 'a', 'b', 'c'"),
        ([0.5, 0.7], "however: 0.5, 0.7"),
        ([[0], [1]], "however: list"),
    ],
)
def test_what_is_no_outcome_is_refused(values, message):
    with pytest.raises(DataError) as error:
        target_of(pa.table({"y": values}), "y")
    assert message in str(error.value)


def test_a_target_that_is_not_there_is_refused_with_what_is():
    with pytest.raises(DataError, match=r"data.target: no column 'defalt'; did you mean 'default'\?"):
        target_of(pa.table({"default": [0, 1]}), "defalt")
