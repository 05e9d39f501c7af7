"""One way to write each kind of number."""

import pytest

from riskmodel.review import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NOT EVALUATED"),
        (0.4, "0.4 µs"),
        (283.4, "283 µs"),
        (999.7, "1.00 ms"),
        (5000, "5.00 ms"),
        (2.5e6, "2.50 s"),
    ],
)
def test_a_duration_is_in_the_unit_that_reads_best(value, text):
    assert wording.micros(value).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NOT EVALUATED"),
        (850, "850 bytes"),
        (272_000, "272 kB"),
        (999_999, "1 MB"),
        (1.08e6, "1.08 MB"),
        (2e9, "2 GB"),
    ],
)
def test_a_size_is_in_the_unit_that_reads_best(value, text):
    assert wording.size(value).replace("\N{NO-BREAK SPACE}", " ") == text


def test_a_rounded_zero_has_no_sign():
    assert [wording.signed(value) for value in (-0.00004, 0.0, 0.00004, 0.0021, -0.0021)] == [
        "0.0000",
        "0.0000",
        "0.0000",
        "+0.0021",
        "-0.0021",
    ]


def test_a_p_value_is_never_written_as_nothing():
    values = (None, 0.0, 8.6e-06, 0.0001, 0.0112, 1.0)
    least = "<\N{NO-BREAK SPACE}0.0001"
    assert [wording.p_value(value) for value in values] == ["", least, least, "0.0001", "0.0112", "1.0000"]


def test_a_missing_figure_is_not_evaluated_everywhere():
    assert {word(None) for word in (wording.figure, wording.signed, wording.interval, wording.count)} == {
        "NOT EVALUATED"
    }
    assert wording.interval([None, 0.1, 0.2]) == "NOT EVALUATED"


def test_an_interval_shows_value_and_both_ends():
    assert wording.interval([0.7812, 0.769, 0.7934]) == "0.7812 (0.7690 to 0.7934)"


def test_a_long_list_says_how_many_more_there_are():
    assert wording.listed(["a", "b", "c"], limit=3) == "a, b, c"
    assert wording.listed([str(i) for i in range(1_203)], limit=3) == "0, 1, 2 and 1,200 more"


def test_nested_settings_become_dotted_paths_in_order():
    data = {"b": {"y": [1, 2], "x": None}, "a": True, "steps": [{"keep": 0.25}, {"keep": 0.1}], "empty": []}
    assert wording.flat(data) == [
        ("a", "yes"),
        ("b.x", "none"),
        ("b.y", "1, 2"),
        ("empty", "none"),
        ("steps.0.keep", "0.25"),
        ("steps.1.keep", "0.1"),
    ]


def test_an_unknown_figure_still_has_a_readable_label():
    assert (wording.label("log_loss"), wording.label("bad_rate")) == ("Log-loss", "Bad rate")


def test_a_bound_that_few_calls_cannot_give_is_said():
    assert wording.micros(float("inf")) == "no bound"
