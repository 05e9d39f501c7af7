"""`riskmodel rows`: from a TOML to a curve, its law and a sentence; what cannot be is one line."""

import json

import pytest
from small_run import written

import riskmodel as rm
from riskmodel.api.rows import RowsCurve
from riskmodel.errors import ConfigError
from riskmodel.workflows import rows as workflow
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import develop

STEPS = """
[[recipes]]
scorers = ["scorecard"]
steps = [{ pruner = "recent_rows", keep = 0.5 }]
"""


@pytest.fixture(scope="module")
def toml(tmp_path_factory):
    return written(tmp_path_factory.mktemp("rows"))


@pytest.fixture(scope="module")
def curve(toml):
    return workflow.rows(toml, workflow.Asked("scorecard", ("duplicate_rows",), (0.25,), 2), Stages())


def test_the_curve_has_a_point_a_method_and_share_against_all_rows(curve):
    assert [(p.method, p.share) for p in curve.points] == [
        (method, share) for method in ("random_rows", "duplicate_rows") for share in (0.25, 0.5, 1.0)
    ]
    for point in curve.points:
        assert point.rows == pytest.approx(point.share * curve.rows, abs=1)
        assert point.auc.low < point.auc.value < point.auc.high
        if point.share == 1:
            assert point.change.value == 0
    assert curve.doubled.upper >= curve.doubled.value >= 0
    assert f"at most {curve.doubled.upper:.4f}" in curve.in_words


def test_the_same_run_gives_the_same_curve(toml, curve):
    again = workflow.rows(toml, workflow.Asked("scorecard", ("duplicate_rows",), (0.25,), 2), Stages())
    assert again.as_json() == curve.as_json()


def test_python_has_table_chart_and_sentence(curve):
    made = RowsCurve(curve)
    assert made.table().shape == (6, 9)
    assert "<svg" in made.plot().svg
    assert made.why() == str(made) == curve.in_words
    assert rm.learning_curve


def test_the_command_prints_a_table_json_and_a_picture(riskmodel, toml, tmp_path):
    picture = tmp_path / "curve.svg"
    asked = ["--scorer", "scorecard", "--share", 0.25, "--repeats", 2]
    code, out, _ = riskmodel("--quiet", "rows", toml, *asked, "--output", picture)
    assert code == 0
    assert "Twice the rows would bring about" in out
    assert "recent_rows" in out  # data.time is named
    assert out.count("these are all rows") == 2
    assert "power law" in picture.read_text()
    code, out, _ = riskmodel("--quiet", "rows", toml, *asked, "--json")
    assert code == 0
    assert json.loads(out)["law"]["rate"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--share", 1.5], "share must be in (0, 1], however: 1.5"),
        (["--share", 0], "share must be in (0, 1], however: 0.0"),
        (["--share", "nan"], "share must be in (0, 1], however: nan"),
        (["--share", 0.01], "keep must leave at least 20 bads and as many goods"),
        (["--scorer", "none"], "scorer must be among lgbm, xgb, scorecard, however: 'none'"),
        (["--method", "trees"], "method must drop rows, however: 'trees' prunes trees"),
        (["--method", "nothing"], "pruner must be among"),
        (["--repeats", 1], "repeats must be a whole number between 2 and 100, however: 1"),
        (["--output", "curve.html"], "must end in .svg, however: .html"),
        (["--scorer", "scorecard"], "a curve needs three shares with 50 bads and goods in each"),
    ],
)
def test_what_cannot_be_is_one_line(riskmodel, toml, arguments, words):
    code, _, error = riskmodel("--quiet", "rows", toml, *arguments)
    assert code == 1
    assert words in error
    assert len(error.splitlines()) == 1


def test_recent_rows_need_a_date_before_anything_is_fitted(riskmodel, toml):
    undated = toml.with_name("undated.toml")
    undated.write_text(toml.read_text().replace('time = "vintage"\n', ""))
    code, _, error = riskmodel("--quiet", "rows", undated, "--method", "recent_rows")
    assert code == 1
    assert "method recent_rows needs data.time, however: it names no column" in error
    undated.write_text(undated.read_text() + STEPS)
    run, _ = workflow.config.read(undated)
    with pytest.raises(ConfigError, match=r"recipes\.2\.steps\.0: recent_rows needs data\.time, however: it names no"):
        develop.check_steps(run)
