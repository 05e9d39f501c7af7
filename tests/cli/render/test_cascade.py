"""What a cascade came to, in lines for a person: the band, what other rows say, what it saves, what was written."""

from types import SimpleNamespace

import pytest
from rich.console import Console

from riskmodel.cli.render import cascade
from riskmodel.core import Interval

BAND = SimpleNamespace(differing=3, rows=2000, upper=0.0049)
USUAL = {"alpha": 0.05, "aside": 0, "target": 0.01, "low": 0.1234, "high": 0.45678, "band": BAND}


def report_of(**changes):
    """A band and its trial, by hand."""
    return SimpleNamespace(**{**USUAL, "bought": ("income", "bureau"), "trial": None, "written": False, **changes})


def trial(price=None, informative=()):
    figure = SimpleNamespace(delta=-0.004, lower=-0.011, margin=0.02, verdict="non-inferior")
    change = SimpleNamespace(
        deciding=("decisions", "approved_bad_rate"),
        informative=informative,
        differences={"decisions": figure, "auc": figure},
    )
    auc = {"cascade": Interval(0.78, 0.76, 0.8), "full": Interval(0.79, 0.77, 0.81)}
    return SimpleNamespace(
        rows=1500,
        bads=300,
        bought_share=Interval(0.3, 0.28, 0.32),
        differing=9,
        differing_upper=0.0093,
        auc=auc,
        change=change,
        verdict="non-inferior",
        price=price,
    )


def printed(report, output=None):
    console = Console(record=True, width=60, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115 - recorded alone
    cascade.summary(report, output, console)
    return console.export_text().splitlines()


def test_without_a_band_nothing_is_written_and_that_is_said():
    for report in (report_of(band=None, trial=trial()), report_of(trial=None)):
        [line] = printed(report)
        assert line == (
            "No band is shown to change at most 1.00% of the decisions with 95% confidence on these rows; nothing is "
            "written."
        )


def test_the_band_is_told_with_its_bound_and_what_is_bought():
    first, second, *_ = printed(report_of(trial=trial()))
    assert first.startswith("Ask the full model where the cheap PD is in [0.1234, 0.4568): at most 1.00%")
    assert first.endswith("with 95% confidence (3 of 2,000 here, bound 0.49%).")
    assert second == "Bought there alone: income, bureau."


def test_rows_that_are_set_aside_are_counted():
    assert printed(report_of(aside=1234, band=None))[0] == "1,234 rows are not counted: score sets them aside."


def test_other_rows_judge_it_figure_by_figure():
    lines = printed(report_of(trial=trial(informative=("auc",))))
    assert "On 1,500 other rows, 300 bads:" in lines
    assert "  bought for 30.0% (28.0% to 32.0%) of the applications" in lines
    assert "  9 decisions differ, at most 0.93% with 95% confidence" in lines
    assert "  AUC: cascade 0.7800 (0.7600 to 0.8000), full 0.7900 (0.7700 to 0.8100)" in lines
    figures = [line for line in lines if line.startswith("    ")]
    assert all("-0.0040, lower bound -0.0110, margin 0.02: non-inferior" in line for line in figures)
    assert [line.endswith("(does not decide)") for line in figures] == [False, True]


@pytest.mark.parametrize("year", [None, Interval(12_000.0, 11_000.0, 13_000.0)])
def test_what_it_saves_is_told_with_its_interval(year):
    price = SimpleNamespace(
        cascade=Interval(1.5, 1.4, 1.6), full=4.0, cheap=1.0, saving=Interval(2.5, 2.4, 2.6), saving_a_year=year
    )
    lines = printed(report_of(trial=trial(price)))
    assert "  features of an application: 1.5 (1.4 to 1.6); of the full model 4, of the cheap one 1" in lines
    due = "" if year is None else ", 1.2e+04 (1.1e+04 to 1.3e+04) a year"
    assert f"  saving: 2.5 (2.4 to 2.6) an application{due}" in lines


@pytest.mark.parametrize(
    ("written", "output", "due"),
    [
        (True, "new", "new: the bundle of the cascade"),
        (False, "new", "Nothing is written: the cascade is not shown to be no worse than the full model."),
        (False, None, None),
    ],
)
def test_the_last_line_says_what_was_written(written, output, due):
    last = printed(report_of(trial=trial(), written=written), output)[-1]
    assert last == due or (due is None and "written" not in last)
