"""`riskmodel export` asks the writer of the form, with the options of that form and no others."""

import pytest
from cli.commands.recorder import recorded
from code_export.cases import saved

LINE = ["--quiet", "export", "bundle", "--output", "file"]


@pytest.fixture
def writers(monkeypatch):
    """Each writer, none of which writes."""
    rooms = {
        "file": "riskmodel.workflows.export.export",
        "code": "riskmodel.workflows.code_export.export_code",
        "points": "riskmodel.workflows.code_export.points_export.export_points",
    }
    for room in ("export", "code_export", "code_export.points_export"):
        recorded(monkeypatch, f"riskmodel.workflows.{room}.in_words", "in words")
    recorded(monkeypatch, "riskmodel.workflows.export.as_json", "as json")
    return {name: recorded(monkeypatch, target, "a certificate") for name, target in rooms.items()}


@pytest.mark.parametrize("form", ["onnx", "native"])
def test_a_file_is_written_by_the_room_of_files(form, writers, riskmodel):
    width = ("--width", "float32") if form == "onnx" else ()
    code, out, _ = riskmodel(*LINE, "--format", form, "--missing", "-9", *width)
    assert (code, out) == (0, "in words\n")
    model, output, asked = writers["file"].arguments
    named = writers["file"].named
    assert (model, str(output), asked) == ("bundle", "file", form)
    assert (named["width"], named["settings"].missing, named["data"]) == (width[1] if width else "float64", -9.0, None)


SQL = {"dialect": "duckdb", "table": "t", "id_column": "loan", "reasons": False}
OWN = {"sql": SQL, "c": {"name": "n", "reasons": False}, "json": {"reasons": False}, "pmml": {}}
SPELT = {
    "dialect": ("--dialect", "duckdb"),
    "table": ("--table", "t"),
    "id_column": ("--id", "loan"),
    "name": ("--name", "n"),
    "reasons": ("--no-reasons",),
}


@pytest.mark.parametrize("form", OWN)
def test_code_is_written_with_its_options(form, writers, riskmodel):
    line = [word for option in OWN[form] for word in SPELT[option]]
    assert riskmodel(*LINE, "--format", form, *line, "--json")[:2] == (0, "as json\n")
    _, _, asked, options = writers["code"].arguments
    assert asked == form
    assert {name: getattr(options, name) for name in OWN[form]} == OWN[form]


@pytest.mark.parametrize("form", [*OWN, "onnx", "native", "scorecard"])
def test_options_of_another_form_are_refused_all_at_once(form, writers, riskmodel):
    others = [option for option in SPELT if option not in OWN.get(form, {})]
    if not others:
        return
    code, _, err = riskmodel(*LINE, "--format", form, *(word for option in others for word in SPELT[option]))
    assert code == 2
    assert f", however: {form}" in err
    assert all(SPELT[option][0].replace("--no-", "--") in err for option in others)
    assert all(writer.calls == [] for writer in writers.values())


def test_a_scorecard_is_written_by_the_room_of_points(writers, riskmodel):
    assert riskmodel(*LINE, "--format", "scorecard", "--data", "rows.csv")[0] == 0
    assert str(writers["points"].named["data"]) == "rows.csv"
    assert writers["file"].calls == writers["code"].calls == []


@pytest.mark.parametrize("form", ["sql", "scorecard"])
@pytest.mark.parametrize("option", [("--missing", "-9"), ("--all-trees",)])
def test_what_a_file_lost_is_not_said_of_code(form, option, writers, riskmodel):
    code, _, err = riskmodel(*LINE, "--format", form, *option)
    assert code == 2
    assert f"{option[0]} is of --format onnx or native, however: {form}" in err
    assert all(writer.calls == [] for writer in writers.values())


def test_another_form_and_a_missing_output_are_mistakes_of_usage(writers, riskmodel):
    assert riskmodel(*LINE, "--format", "fortran")[0] == 2
    assert riskmodel("export", "bundle")[0] == 2


def test_too_many_reasons_name_the_option_that_leaves_them_out(riskmodel, fitted, tmp_path, monkeypatch):
    monkeypatch.setattr("riskmodel.code_export.terms.MOST_CELLS", 50)
    folder = saved(fitted("lgbm"), tmp_path / "bundle")
    code, _, said = riskmodel("export", folder, "--format", "sql", "--output", tmp_path / "m.sql")
    assert code == 1
    assert said.rstrip().endswith("allow fewer features a tree, or leave reasons out: --no-reasons")
