"""Many rows at a time have the answers of single rows to the last bit, however the header is compiled."""

import ctypes
import subprocess

import numpy as np
import pytest
from code_export.cases import HARD, POLICY, STRICT

from riskmodel.code_export import Decider
from riskmodel.code_export.c import byte_columns, c_header
from riskmodel.core import Scale
from riskmodel.trees.conditions import Case, Condition, size
from riskmodel.workflows.code_export import engines

pytestmark = pytest.mark.skipif(not engines.compiler(), reason="no C compiler")
ROWS = 700
LEVELS = HARD.index(next(one for one in HARD if one.categories))


def ladder(kind, feature, edges):
    rule = 0.125
    for edge in edges:
        rule = Case(Condition(feature, kind, edge), edge / 7, rule)
    return rule


def listed(*codes):
    return Case(Condition(LEVELS, "in", codes=codes), 0.3, Case(Condition(LEVELS, "missing"), -0.2, 0.01))


RULES = [  # few edges and many, more than a byte counts, codes beyond a word and beyond a byte, too many leaves
    ladder("above", 0, [0.5, 1.0]),
    ladder("at_most", 1, np.linspace(-2, 2, 40).tolist()),
    ladder("above", 1, np.linspace(-2, 2, 255).tolist()),
    ladder("above", 1, np.linspace(-2, 2, 300).tolist()),
    ladder("at_most", 0, np.linspace(-2, 2, 99).tolist()),
    listed(1, 2),
    listed(3, 70),
    Case(Condition(0, "zero"), listed(0), ladder("above", 0, [0.5])),
    0.5,
]


@pytest.fixture
def decider(fitted):
    return Decider(fitted("lgbm"), POLICY, Scale(), STRICT[2], {}, "0" * 64)


def rows(decider):
    random = np.random.default_rng(0)
    raw = random.normal(size=(ROWS, len(decider.columns)))
    raw[:, LEVELS] = random.choice([-1.0, 0.0, 1.0, 2.5, 3.0, 63.5, 70.0, 70.5, 299.0, 300.0, 1e12], ROWS)
    odd = random.choice([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, 2.0, -2.0], raw.shape)
    return np.where(random.random(raw.shape) < 0.2, odd, raw)


def library(decider, folder, flags):
    (folder / "m.h").write_text(c_header(decider, engines.NAME, reasons=False))
    (folder / "all.c").write_text(engines._CALLED.replace(f"{engines.NAME}.h", "m.h"))
    command = [engines.compiler(), "-std=gnu99", "-Wall", "-Wextra", "-Werror", *flags, "-shared", "-fPIC"]
    subprocess.run([*command, "-o", "all.so", "all.c", "-lm"], cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "all.so"))


def answers(call, raw, kind):
    out = (kind * len(raw))()
    call(raw.ctypes.data_as(ctypes.c_void_p), ctypes.c_long(len(raw)), out)
    return out


@pytest.mark.parametrize(
    ("flags", "largest"), [(["-O0"], 300), (["-O2"], 70), (["-O3", "-march=native", "-ffp-contract=fast"], 254)]
)
def test_blocks_answer_as_single_rows_do(flags, largest, decider, tmp_path):
    vars(decider)["margin"] = (-1.0, (*RULES, listed(largest)))
    built, raw = library(decider, tmp_path, flags), rows(decider)
    due = answers(built.decide_each, raw, engines._Decision)
    assert 0.1 < np.mean([one.why is not None for one in due]) < 0.8
    for count in (0, 1, 255, 256, 257, ROWS):
        many = answers(built.decide_all, raw[:count], engines._Decision)
        assert bytes(many) == bytes((engines._Decision * count)(*due[:count]))
        pds = answers(built.pd_all, raw[:count], ctypes.c_double)
        np.testing.assert_array_equal(pds, [one.pd for one in due[:count]])


def test_a_model_without_trees_compiles_too(decider, tmp_path):
    vars(decider)["margin"] = (-1.0, ())
    raw = rows(decider)
    pds = np.array(answers(library(decider, tmp_path, ["-O1"]).pd_all, raw, ctypes.c_double))
    assert set(pds[~np.isnan(pds)]) == {1 / (1 + np.exp(1.0))}


def test_a_compiler_that_knows_no_nan_is_refused(decider, tmp_path, capfd):
    with pytest.raises(subprocess.CalledProcessError):
        library(decider, tmp_path, ["-ffast-math"])
    assert "-ffast-math takes no value for missing" in capfd.readouterr().err


def test_the_bytes_are_those_of_small_rules_alone(decider):
    vars(decider)["margin"] = (-1.0, tuple(RULES))
    assert [byte_columns.tree(rule, {}) is None for rule in RULES if size(rule) > 256] == [True]
    assert c_header(decider, "m", reasons=False).count("sum[i] += (x[1] > ") == 1
