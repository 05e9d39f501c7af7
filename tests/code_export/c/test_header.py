"""The header compiled: on any text and any number it answers as the scorer does, and its name is one that C has."""

import ctypes
import math
import re
from dataclasses import replace

import pyarrow as pa
import pytest
from code_export.hand_made import ASIDE, COLUMNS, LEVELS, MILD, decider, raw_rows, same

from riskmodel.code_export import c_header
from riskmodel.code_export.c.raw_values import UNSEEN
from riskmodel.core import Policy
from riskmodel.errors import RiskModelError
from riskmodel.workflows.code_export import engines

ODD = 'it\'s \\ "low" ??/ */ %s Łódź\n'
compiled = pytest.mark.skipif(engines.compiler() is None, reason="no C compiler here")


def table(rows):
    columns = {"first": pa.array([row["first"] for row in rows], pa.float64())}
    return pa.RecordBatch.from_pydict({**columns, "level": pa.array([row["level"] for row in rows], pa.string())})


@pytest.mark.parametrize("name", ["a", "A1_", "x" * 41, "_".join("abc")])
def test_a_name_of_letters_digits_and_underscores_begins_every_function(name):
    text = c_header(decider(), name)
    functions = re.findall(r"(?:static inline|_INLINE) (?:const )?\w+ [(*]*(\w+)\(", text)
    assert len(functions) == 22
    assert all(function.startswith(f"{name}_") for function in functions)
    assert text.count(f"#ifndef {name.upper()}\n#define {name.upper()}\n") == 1


@pytest.mark.parametrize("name", ["", "1a", "_a", "a b", "a-b", "x" * 42, "é", "a\n", "a;"])
def test_a_name_that_c_has_no_identifier_for_is_refused(name):
    with pytest.raises(RiskModelError, match=r"^the name must be letters, digits and _, .* however: "):
        c_header(decider(), name)


@compiled
@pytest.mark.parametrize(("rules", "scoring"), [("lightgbm", MILD), ("xgboost", ASIDE)])
def test_the_compiled_header_answers_as_the_scorer_itself(rules, scoring):
    made, rows = decider(11, rules, scoring, {"first": ODD, "level": "its level"}), raw_rows()
    answers = engines.run_c(made, table(rows), reasons=True)
    whys = same(answers, made, rows)
    assert list(answers["why"]) == [None if why is None else why.partition(";")[0] for why in whys]
    assert ODD in {answers[f"reason_{rank}"][i] for rank in (1, 2) for i in range(len(rows))}


@compiled
def test_a_level_is_passed_as_its_code_and_a_column_without_levels_has_none(tmp_path):
    made = decider(spelt={"level": {ODD: 7}})
    library = ctypes.CDLL(str(engines._compiled(made, tmp_path, reasons=False)))
    library.level.restype = ctypes.c_double
    given = {LEVELS[0]: 0.0, LEVELS[44]: 44.0, ODD: 7.0, "never heard of": UNSEEN, "level": UNSEEN}
    assert {text: library.level(1, text.encode()) for text in given} == given
    for column, text in [(1, b"NA"), (1, b""), (1, None), (0, b"level 1"), (9, b"level 1")]:
        assert math.isnan(library.level(column, text)), (column, text)


def test_without_reasons_and_without_grades_the_header_says_so():
    text = c_header(decider(policy=Policy(0.4, 0.4, ())), "m", reasons=False)
    assert "M_REASONS = 0 }" in text
    assert "(void)x; (void)reason;" in text
    assert "edges[1] = { 0.0 };" in text
    assert 'out->grade = "A"[place];' in text


def test_every_column_is_listed_once_and_no_name_ends_the_comment():
    features = (replace(COLUMNS[0], name="a */ b"), replace(COLUMNS[1], source="a */ b"), COLUMNS[2])
    made = decider()
    text = c_header(replace(made, scorer=replace(made.scorer, features=features)), "m")
    opening = text[: text.index("#ifndef")]
    assert opening.count("*/") == 1
    assert '0: "a * / b"' in opening
    assert '1: "level"' in opening


def test_a_column_with_a_level_for_all_others_has_no_unseen_one():
    made = decider(scoring=ASIDE)
    other = replace(made, scorer=replace(made.scorer, features=(*COLUMNS[:2], replace(COLUMNS[2], other=True))))
    assert 'return "level: unseen level";' in c_header(made, "m")
    assert "unseen level" not in c_header(other, "m").partition("m_fault(const double *raw) {")[2]
