"""Trees as a mining model and scorecards as points: read by the standard, they answer as the scorer does."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from code_export.hand_made import COLUMNS, LEVELS, MILD, OfTrees, decider, due, raw_rows, scorer_of
from random_trees import random_ensemble

from riskmodel.code_export import pmml
from riskmodel.core import Calibration
from riskmodel.trees import TreePart


class Card(OfTrees):
    """Trees of one feature each, told as a scorecard."""

    kind = "scorecard"


def answers(made, rows):
    document = pmml.read(pmml.pmml(made))
    return document, [pmml.decide(document, row) for row in rows]


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_sum_of_trees_answers_as_the_scorer(rules):
    made, rows = decider(11, rules, MILD), raw_rows()
    _, answered = answers(made, rows)
    for one, expected in zip(answered, due(made, rows), strict=True):
        assert one["pd"] == pytest.approx(expected["pd"], abs=1e-9)
        assert (one["grade"], one["decision"], one["points"]) == tuple(
            expected[name] for name in ("grade", "decision", "points")
        )


def test_no_tree_at_all_is_the_intercept():
    made = replace(
        decider(), scorer=scorer_of(TreePart(random_ensemble(0, "lightgbm", 0)), calibration=Calibration(0.2))
    )
    _, [answered] = answers(made, [{"first": 0.0, "level": None}])
    assert answered["pd"] == pytest.approx(1 / (1 + np.exp(-0.2 - 0.25)))


def card(rules, line=Calibration(-0.4, 1.5)):  # noqa: B008 - frozen
    parts = tuple(
        TreePart(random_ensemble(7 + feature, rules, 3, features=(feature,)), 0.5 + feature) for feature in (0, 1, 2)
    )
    return replace(decider(), scorer=Card(COLUMNS, line, parts))


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_scorecard_answers_as_the_scorer_and_adds_points_of_the_scale(rules):
    made, rows = card(rules), raw_rows()
    document, answered = answers(made, rows)
    [scorecard] = document.iterfind("Scorecard")
    assert scorecard.attrib["useReasonCodes"] == "false"
    for one, expected in zip(answered, due(made, rows), strict=True):
        assert one["pd"] == pytest.approx(expected["pd"], abs=1e-9)
        assert one["score"] == pytest.approx(made.scale.points(log(expected["pd"] / (1 - expected["pd"]))))
        assert (one["grade"], one["decision"], one["points"]) == tuple(
            expected[name] for name in ("grade", "decision", "points")
        )


def test_a_characteristic_is_named_after_its_feature_and_no_attribute_asks_for_the_impossible():
    document, _ = answers(card("xgboost"), [])
    names = [one.attrib["name"] for one in document.iter("Characteristic")]
    assert len(set(names)) == len(names)
    assert {name.rpartition(" ")[0] for name in names} == {column.name for column in COLUMNS}
    for characteristic in document.iter("Characteristic"):
        assert characteristic[-1][0].tag in {"True", "SimplePredicate", "CompoundPredicate"}
        assert "inf" not in {one.attrib.get("value") for one in characteristic.iter("SimplePredicate")}
        assert next(iter(characteristic))[0].attrib["operator"] == "isMissing"


def test_levels_are_mapped_to_codes_and_unknown_ones_are_missing():
    document, answered = answers(decider(), [{"first": 0.0, "level": level} for level in (None, "NA", "never")])
    assert answered[0] == answered[1] == answered[2]
    rows = {row[0].text: row[1].text for row in document.iter("row")}
    assert rows == {level: str(code) for code, level in enumerate(LEVELS)}
