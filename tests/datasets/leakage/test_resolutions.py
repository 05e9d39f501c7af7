import tomllib

import pytest
from leaky_loans import clean, with_leaks

from riskmodel.config import Data
from riskmodel.datasets import leakage
from riskmodel.datasets.leakage import Suspect, SuspectSeverity
from riskmodel.errors import DataError

FOUND = (
    Suspect("copy of the target", "a b", "is nearly a copy", SuspectSeverity.BLOCKS, {"phi": 0.9}),
    Suspect("known after", "a b", "sounds so", SuspectSeverity.BLOCKS),
    Suspect("both sides of the split", "loan", "has 3 ids", SuspectSeverity.BLOCKS),
    Suspect("own score", "grade", "sounds like", SuspectSeverity.WARNS),
)


def data(**given):
    return Data(path="x", target="default", id="loan", **given)


def test_what_blocks_waits_until_it_is_kept_with_a_reason_or_dropped():
    assert [s.column for s in leakage.unanswered(FOUND, data())] == ["a b", "a b", "loan"]
    assert [s.column for s in leakage.unanswered(FOUND, data(kept={"a b": "known at application"}))] == ["loan"]
    answered = data(ignore=["a b"], kept={"loan": "one loan may stand twice"})
    assert leakage.unanswered(FOUND, answered) == ()
    leakage.refuse_unanswered(FOUND, answered)


def test_the_refusal_names_the_first_how_many_more_and_what_to_write():
    with pytest.raises(DataError) as refused:
        leakage.refuse_unanswered(FOUND, data())
    assert str(refused.value) == (
        "column 'a b' is nearly a copy (and 1 more column); drop it in data.ignore, or say why it stays in data.kept: "
        '"a b" = "..."'
    )


def test_a_column_with_a_role_of_its_own_cannot_be_dropped():
    with pytest.raises(DataError, match=r"^column 'loan' has 3 ids; say why it stays in data.kept: loan = \"...\"$"):
        leakage.refuse_unanswered(FOUND[2:], data())


@pytest.mark.parametrize("name", ["plain_1", "with space", 'quo"te', "straße", "a.b", "back\\slash", ""])
def test_a_name_is_written_so_that_toml_reads_it_again(name):
    assert tomllib.loads(f'{leakage.key(name)} = "why"') == {name: "why"}


def test_what_is_recorded_has_the_reason_beside_it():
    kept = leakage.recorded(FOUND, data(kept={"a b": "known at application"}))
    assert [entry["reason"] for entry in kept] == ["known at application", "known at application", None, None]
    assert kept[0]["figures"] == {"phi": 0.9}
    assert kept[3]["severity"] == "warns"


def test_a_reason_for_no_column_is_refused_and_one_for_no_suspect_is_noted(suspects):
    columns = clean(1500, 1)
    with pytest.raises(DataError, match=r"data.kept: no column 'incme'; did you mean 'income'\?"):
        suspects(columns, kept={"incme": "it is fine"})
    (note,) = (s for s in suspects(columns, kept={"income": "it is fine"}) if s.screen == "answers")
    assert (note.column, note.severity) == ("income", SuspectSeverity.NOTES)


def test_what_blocks_stands_first_and_blocks_a_column_once(suspects):
    result = suspects(with_leaks(clean(2000, 2), 2))
    order = list(SuspectSeverity)
    weights = [order.index(s.severity) for s in result]
    assert weights == sorted(weights)
    blocked = [s.column for s in result if s.severity is SuspectSeverity.BLOCKS]
    assert len(blocked) == len(set(blocked))
