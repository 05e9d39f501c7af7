import numpy as np
import pytest
from leaky_loans import clean

from riskmodel.datasets.leakage import SuspectSeverity


def suspected(suspects, column, seed=1, **changed):
    columns = clean(1500, seed)
    columns |= {name: make(columns) for name, make in changed.items()}
    return [s for s in suspects(columns) if s.column == column]


@pytest.mark.parametrize("spelt", ["day", "month", "number"])
def test_a_date_after_the_application_blocks_and_says_by_how_much(suspects, spelt):
    def last_contact(columns):
        days = columns["opened"] + np.where(np.arange(1500) % 4 == 0, 304, -100)
        if spelt == "number":
            return [int(str(day)[:7].replace("-", "")) for day in days]
        return [str(day)[: 10 if spelt == "day" else 7] for day in days]

    (suspect,) = (
        s for s in suspected(suspects, "contact", contact=last_contact) if s.severity is SuspectSeverity.BLOCKS
    )
    assert suspect.screen == "dated after"
    assert suspect.figures["share"] == pytest.approx(0.25, abs=0.04)
    assert suspect.figures["months"] == pytest.approx(10, abs=1)
    assert "by 10.0 months at the median" in suspect.evidence or spelt != "day"


def test_a_date_of_the_same_month_or_before_does_not_block(suspects):
    def bureau_pull(columns):
        return [str(day) for day in columns["opened"] + np.arange(1500) % 25]

    def birth(columns):
        return [str(day) for day in columns["opened"] - 8000 - np.arange(1500) % 9000]

    for name, make in (("pulled", bureau_pull), ("born", birth)):
        assert all(s.severity is not SuspectSeverity.BLOCKS for s in suspected(suspects, name, **{name: make}))


def test_what_goes_up_with_the_calendar_warns(suspects):
    (suspect,) = suspected(
        suspects, "age_days", age_days=lambda c: (c["opened"] - np.datetime64("2000-01-01")).astype(int) // 3
    )
    assert (suspect.screen, suspect.severity) == ("sorts like time", SuspectSeverity.WARNS)
    assert suspect.figures["spearman"] > 0.99


def test_a_date_without_a_time_column_to_compare_it_with_warns(suspects):
    columns = clean(1500, 2)
    columns["signed"] = [str(day) for day in columns.pop("opened")]
    (suspect,) = (s for s in suspects(columns) if s.column == "signed" and s.severity is SuspectSeverity.WARNS)
    assert suspect.evidence == "reads as dates; data.time or data.ignore may be meant"
