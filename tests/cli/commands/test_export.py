"""`riskmodel export` asks the writer of the form, with the options of that form and no others."""

import pytest
from cli.commands.recorder import recorded

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
    code, out, _ = riskmodel(*LINE, "--format", form, "--missing", "-9", "--width", "float32")
    assert (code, out) == (0, "in words\n")
    model, output, asked = writers["file"].arguments
    named = writers["file"].named
    assert (model, str(output), asked) == ("bundle", "file", form)
    assert (named["width"], named["settings"].missing, named["data"]) == ("float32", -9.0, None)


@pytest.mark.parametrize("form", ["sql", "c", "json", "pmml"])
def test_code_is_written_with_its_options(form, writers, riskmodel):
    line = ["--dialect", "duckdb", "--table", "t", "--id", "loan", "--name", "n", "--no-reasons", "--json"]
    assert riskmodel(*LINE, "--format", form, *line)[:2] == (0, "as json\n")
    _, _, asked, options = writers["code"].arguments
    assert asked == form
    assert (options.dialect, options.table, options.id_column) == ("duckdb", "t", "loan")
    assert (options.name, options.reasons) == ("n", False)


def test_a_scorecard_is_written_by_the_room_of_points(writers, riskmodel):
    assert riskmodel(*LINE, "--format", "scorecard", "--data", "rows.csv")[0] == 0
    assert str(writers["points"].named["data"]) == "rows.csv"
    assert writers["file"].calls == writers["code"].calls == []


@pytest.mark.parametrize("form", ["sql", "scorecard"])
@pytest.mark.parametrize("option", [("--missing", "-9"), ("--all-trees",)])
def test_what_a_file_lost_is_not_said_of_code(form, option, writers, riskmodel):
    code, _, err = riskmodel(*LINE, "--format", form, *option)
    assert code == 2
    assert "are of --format onnx and native" in err
    assert all(writer.calls == [] for writer in writers.values())


def test_another_form_and_a_missing_output_are_mistakes_of_usage(writers, riskmodel):
    assert riskmodel(*LINE, "--format", "fortran")[0] == 2
    assert riskmodel("export", "bundle")[0] == 2
