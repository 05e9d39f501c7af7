"""A learning curve in the terminal: a table a method, a line a share, and what twice the rows would bring."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from riskmodel.cli.render import rows
from riskmodel.core import Interval


def point(method, share, against=None):
    auc, change = Interval(0.75 + share / 100, 0.74, 0.77), Interval(share / 100 - 0.01, -0.012, 0.003)
    return SimpleNamespace(
        method=method, share=share, rows=round(4000 * share), auc=auc, change=change, against_random=against
    )


CURVE = SimpleNamespace(
    scorer="[lgbm]",
    rows=4000,
    selection={"rows": 1500, "bads": 300},
    points=[
        point("random_rows", 0.0625),
        point("random_rows", 1.0),
        point("recent_rows", 0.5, Interval(0.002, -0.001, 0.005)),
    ],
    in_words="Twice the rows would bring about 0.001.",
)


def printed(output=None):
    console = Console(record=True, width=100, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115 - recorded alone
    rows.summary(CURVE, output, console)
    return console.export_text()


def test_names_and_counts_stand_first_as_they_are():
    assert printed().splitlines()[0] == "[lgbm]: 4,000 rows of train, judged on 1,500 rows of selection, 300 bads"


def test_each_method_has_its_table_against_all_or_against_random_rows():
    text = printed()
    assert text.index("random_rows") < text.index("against all rows") < text.index("recent_rows")
    assert text.index("recent_rows") < text.index("against random rows")
    assert "0.0625" in text
    assert "0.7600 (0.7400 to 0.7700)" in text
    assert "+0.0020 (-0.0010 to +0.0050)" in text


@pytest.mark.parametrize("output", [None, Path("curve.svg")])
def test_the_last_lines_are_the_words_and_the_file(output):
    lines = printed(output).splitlines()
    assert CURVE.in_words in lines
    assert (lines[-1] == "curve.svg: the curve") is (output is not None)
