"""A document of riskmodel's own kind is read as its documentation says, rule by rule; any other is refused."""

import json
from math import exp, inf, nan

import pytest
from code_export import hand_made
from code_export.hand_made import ASIDE, MILD, decider, raw_rows

from riskmodel.code_export import json_document, json_reader
from riskmodel.code_export.json_reader import ZERO
from riskmodel.config import Scoring
from riskmodel.errors import DataError


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", "null", '{"format": "riskmodel decision"}'])
def test_a_text_of_another_kind_is_not_read(text):
    with pytest.raises(DataError, match=r"must be a document of 'riskmodel decision', however: not so"):
        json_reader.read(text)


@pytest.mark.parametrize(("kind", "version"), [("riskmodel decision", 2), ("other", 1)])
def test_another_format_or_version_is_named(kind, version):
    with pytest.raises(
        DataError, match=f"must be 'riskmodel decision', version 1, however: '{kind}', version {version}"
    ):
        json_reader.read(json.dumps({"format": kind, "version": version}))


def document(*rules, **changes):
    """A document written by hand, of one number `n` and one level `l`."""
    given = {
        "format": "riskmodel decision",
        "version": 1,
        "columns": ["n", "l"],
        "set_aside": [],
        "features": [
            {"column": "n", "kind": "number", "codes": [-1.0]},
            {"column": "l", "kind": "level", "levels": {"a": 0, "b": 1, "NA": None}},
        ],
        "margin": {"intercept": 0.0, "rules": list(rules)},
        "calibration": {"intercept": 0.0, "slope": 1.0},
        "scale": {"pdo": 20.0, "base_points": 600.0, "base_odds": 1.0},
        "policy": {"cutoff": 0.5, "refer_from": 0.3, "grade_edges": [0.1, 0.5]},
        **changes,
    }
    return json_reader.read(json.dumps(given))


def margin(rule, n=0.0, level="a"):
    return json_reader.log_odds(document(rule), [n, {"a": 0, "b": 1}.get(level)])


def asked(**question):
    return {"feature": 0, **question, "yes": 1.0, "no": 2.0}


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ({"above": 0.5}, [0.5000000000000001, 9.0], [0.5, -1.0, None]),
        ({"at_most": 0.5}, [0.5, -inf], [0.5000000000000001, None]),
        ({"zero": True}, [0.0, -0.0, ZERO, -ZERO], [1e-34, -1e-34, None]),
        ({"missing": True}, [None], [0.0, -1.0]),
        ({"in": [0, 3]}, [0.0, 3.0], [1.0, None]),
    ],
)
def test_a_question_is_answered_as_documented_and_a_missing_value_says_no(question, yes, no):
    assert {margin(asked(**question), value) for value in yes} == {1.0}
    assert {margin(asked(**question), value) for value in no} == {2.0}


def test_questions_follow_one_another():
    rule = {"feature": 0, "above": 0.0, "yes": asked(above=1.0), "no": {"feature": 1, "in": [1], "yes": 5.0, "no": 6.0}}
    assert [margin(rule, n, level) for n, level in [(2.0, "a"), (1.0, "a"), (0.0, "b"), (0.0, "a")]] == [1, 2, 5, 6]


def test_the_calibration_is_a_line_through_the_sum_of_intercept_and_rules():
    line = {"intercept": 0.25, "slope": -2.0}
    made = document(
        1.0, asked(above=0.0), calibration=line, margin={"intercept": 0.5, "rules": [1.0, asked(above=0.0)]}
    )
    assert json_reader.log_odds(made, [1.0, None]) == 0.25 - 2.0 * (0.5 + 1.0 + 1.0)


@pytest.mark.parametrize(
    ("log_odds", "pd", "grade", "decision"),
    [
        (-800.0, 0.0, "A", "approve"),
        (800.0, 1.0, "C", "decline"),
        (0.0, 0.5, "C", "decline"),
        (-1.0, None, "B", "approve"),
    ],
)
def test_a_pd_of_any_log_odds_is_a_probability_and_edges_belong_above(log_odds, pd, grade, decision):
    answer = json_reader.decide(document(log_odds), {"n": 0.0, "l": "a"})
    assert answer["pd"] == pytest.approx(1 / (1 + exp(-log_odds)) if pd is None else pd, abs=1e-15)
    assert (answer["grade"], answer["decision"], answer["why"]) == (grade, decision, None)
    assert "reason_1" not in answer  # a document without reasons has no columns of them


def test_points_double_the_odds_and_round_halves_to_even():
    row = {"n": 0.0, "l": "a"}
    assert json_reader.decide(document(0.0), row)["points"] == 600
    assert json_reader.decide(document(0.6931471805599453), row)["points"] == 580
    flat = [{"pdo": 0.0, "base_points": base, "base_odds": 1.0} for base in (600.5, 601.5)]
    assert [json_reader.decide(document(0.0, scale=scale), row)["points"] for scale in flat] == [600, 602]


@pytest.mark.parametrize("raw", [None, nan, inf, -inf, -1.0])
def test_codes_infinite_and_absent_numbers_are_missing(raw):
    answer = json_reader.decide(document(asked(missing=True)), {"n": raw, "l": "a"})
    assert answer["pd"] == pytest.approx(1 / (1 + exp(-1.0)))


def of_feature(feature, value, question):
    made = document({"feature": 0, **question, "yes": 1.0, "no": 2.0}, features=[feature])
    return json_reader.decide(made, {feature["column"]: value})["pd"] == pytest.approx(1 / (1 + exp(-1.0)))


def test_a_number_outside_its_range_is_missing_where_the_document_has_one():
    ranged = {"column": "n", "kind": "number", "codes": [], "from": -1.0, "to": 2.0}
    assert [of_feature(ranged, raw, {"missing": True}) for raw in (-1.0, 2.0, -1.01, 2.01)] == [
        False,
        False,
        True,
        True,
    ]


def test_an_indicator_is_one_for_its_codes_and_zero_for_all_else():
    indicator = {"column": "n", "kind": "indicator", "codes": [7.0, 9.0]}
    assert [of_feature(indicator, raw, {"above": 0.5}) for raw in (7.0, 9.0, 8.0, None, nan)] == [1, 1, 0, 0, 0]
    assert not any(of_feature(indicator, raw, {"missing": True}) for raw in (7.0, None))


def test_a_level_that_nobody_knows_is_missing_or_the_other():
    level = {"column": "l", "kind": "level", "levels": {"a": 0, "NA": None}}
    assert [of_feature(level, raw, {"missing": True}) for raw in ("a", "NA", "x", None)] == [False, True, True, True]
    other = {**level, "other": 4}
    assert [of_feature(other, raw, {"in": [4]}) for raw in ("a", "NA", "x", None)] == [False, False, True, False]


FAULTS = [
    {"feature": 0, "what": "wrong type"},
    {"feature": 0, "what": "missing value"},
    {"feature": 0, "what": "out of range", "from": -1.0, "to": 2.0, "but": [-9.0]},
    {"feature": 1, "what": "missing value"},
    {"feature": 1, "what": "unseen level"},
]


@pytest.mark.parametrize(
    ("n", "level", "why"),
    [
        (0.0, "a", None),
        (2.0, "a", None),
        (-9.0, "a", None),  # a code is no number out of its range
        (2.5, "a", "n: out of range"),
        (-1.5, "a", "n: out of range"),
        (inf, "a", "n: wrong type"),
        (None, "a", "n: missing value"),
        (nan, "b", "n: missing value"),
        (0.0, "NA", "l: missing value"),
        (0.0, None, "l: missing value"),
        (0.0, "x", "l: unseen level"),
        (-inf, "x", "n: wrong type; l: unseen level"),
        (3.0, None, "n: out of range; l: missing value"),
    ],
)
def test_every_fault_of_a_row_is_told_in_order_and_it_has_no_pd_then(n, level, why):
    answer = json_reader.decide(document(1.0, set_aside=FAULTS), {"n": n, "l": level})
    assert answer["why"] == why
    assert (answer["pd"] is None) is (why is not None)
    assert {answer[name] is None for name in ("points", "grade", "decision")} == {why is not None}


def reasons(log_odds, *effects):
    spelt = [{"text": text, "rules": list(rules)} for text, *rules in effects]
    answer = json_reader.decide(document(log_odds, reasons=spelt), {"n": 1.0, "l": "a"})
    return [answer[f"reason_{rank}"] for rank in range(1, 5)]


def test_reasons_are_the_four_largest_that_raise_the_log_odds_ties_in_order():
    effects = [("a", 0.1), ("b", 0.3), ("c", -1.0), ("d", 0.1), ("e", 0.2, 0.2), ("f", 0.05), ("g", 0.0)]
    assert reasons(2.0, *effects) == ["e", "b", "a", "d"]
    assert reasons(2.0, ("a", -0.1), ("b", asked(above=0.0))) == ["b", None, None, None]


def test_whoever_is_approved_is_given_no_reason():
    assert reasons(-2.0, ("a", 0.5)) == [None] * 4
    assert reasons(-0.5, ("a", 0.5)) == ["a", None, None, None]  # referred


@pytest.mark.parametrize("scoring", [MILD, ASIDE, Scoring()])
@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_written_document_read_back_answers_as_the_scorer_itself(rules, scoring):
    made, rows = decider(11, rules, scoring, {"first": "the first", "level": "its level"}), raw_rows()
    read = json_reader.read(json_document(made))
    answers = [json_reader.decide(read, row) for row in rows]
    whys = hand_made.same({name: [one[name] for one in answers] for name in answers[0]}, made, rows)
    assert [one["why"] for one in answers] == whys
    assert {one["decision"] for one in answers} >= {"approve", "refer"}
