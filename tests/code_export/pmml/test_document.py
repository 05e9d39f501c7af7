"""A model as PMML: what its file says by the standard is what `score` answers, and its form is that of version 4.4."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from code_export.cases import HARD, STRICT, saved

from riskmodel.code_export import pmml
from riskmodel.errors import DataError, UnsupportedScorer
from riskmodel.workflows.code_export import export_code, exporting

ORDER = {  # of the elements of a model, which the standard fixes
    "MiningModel": ["MiningSchema", "Output", "Segmentation"],
    "TreeModel": ["MiningSchema", "Node"],
    "RegressionModel": ["MiningSchema", "RegressionTable"],
    "Scorecard": ["MiningSchema", "Output", "Characteristics"],
}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(exporting, "MADE_UP", 1_000)


@pytest.mark.parametrize(
    ("kind", "model"),
    [("lgbm", "MiningModel"), ("xgb", "MiningModel"), ("blend", "MiningModel"), ("scorecard", "Scorecard")],
)
def test_a_file_by_the_standard_answers_as_score(kind, model, fitted, tmp_path):
    certificate = export_code(saved(fitted(kind), tmp_path / "bundle"), tmp_path / "m.pmml", "pmml")
    assert certificate["parity"]["rows"] == 1_000
    assert certificate["parity"]["largest_pd_change"] <= 1e-9
    assert certificate == json.loads((tmp_path / "m.pmml.json").read_bytes())
    document = pmml.read((tmp_path / "m.pmml").read_bytes())
    assert [element.tag for element in document] == ["Header", "DataDictionary", "TransformationDictionary", model]
    for tag, order in ORDER.items():
        for one in document.iter(tag):
            assert [element.tag for element in one] == [name for name in order if one.find(name) is not None]
    assert b'"inf"' not in (tmp_path / "m.pmml").read_bytes()  # which is no number in XML
    names = {one.attrib["name"] for one in document.iter() if one.tag in ("DataField", "DerivedField", "OutputField")}
    assert {one.attrib["field"] for one in document.iter() if "field" in one.attrib} <= names


@pytest.mark.parametrize(("kind", "scoring"), [("lgbm", STRICT[1]), ("xgb", STRICT[3])])
def test_codes_levels_and_ranges_are_those_of_score(kind, scoring, fitted, tmp_path):
    folder = saved(replace(fitted(kind), features=HARD), tmp_path / "bundle", scoring)
    certificate = export_code(folder, tmp_path / "m.pmml", "pmml")
    assert certificate["parity"]["differing_answers"] == 0
    assert certificate["not_said"].startswith("reasons, and rules of data.scoring")


def test_what_xml_cannot_hold_and_what_is_no_tree_is_refused(fitted, tmp_path):
    scorer = fitted("lgbm")
    odd = replace(scorer, features=(replace(scorer.features[0], name="in\x07come"), *scorer.features[1:]))
    with pytest.raises(UnsupportedScorer, match="must be text that XML can hold"):
        export_code(saved(odd, tmp_path / "odd"), tmp_path / "m.pmml", "pmml")
    with pytest.raises(UnsupportedScorer, match="must be a sum of trees"):
        export_code(saved(fitted("mlp"), tmp_path / "mlp"), tmp_path / "m.pmml", "pmml")
    assert not (tmp_path / "m.pmml").exists()


@pytest.mark.parametrize("text", [b"", b"<PMML/>", b"<PMML xmlns='http://www.dmg.org/PMML-4_3'/>"])
def test_another_document_is_not_read(text):
    with pytest.raises(DataError, match=r"must be (XML|PMML 4\.4), however"):
        pmml.read(text)


def test_an_answer_that_differs_leaves_no_file(fitted, tmp_path, monkeypatch):
    written = pmml.pmml

    def changed(decider):
        root = ElementTree.fromstring(written(decider))  # noqa: S314 - written a line before
        for one in root.iter("{http://www.dmg.org/PMML-4_4}RegressionTable"):
            one.set("intercept", "0.5")
        return ElementTree.tostring(root)

    monkeypatch.setattr(pmml, "pmml", changed)
    with pytest.raises(Exception, match="the code may move a PD by"):
        export_code(saved(fitted("lgbm"), tmp_path / "bundle"), tmp_path / "m.pmml", "pmml")
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_on_the_command_line(fitted, tmp_path, riskmodel):
    folder = saved(fitted("scorecard"), tmp_path / "bundle")
    code, out, _ = riskmodel("--quiet", "export", folder, "--format", "pmml", "--output", tmp_path / "m.pmml")
    assert (code, "is that of score" in out) == (0, True)
