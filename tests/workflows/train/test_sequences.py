"""A run with scorers of months, from the TOML to scored rows and a plain ONNX file."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.errors import ConfigError, RiskModelError
from riskmodel.workflows.export import export
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import training

TOML = """
name = "months"
threads = 1

[data]
path = "months.parquet"
target = "default"
id = "loan"

[data.sequence]
pay = ["pay3", "pay2", "pay1"]
bill = ["bill3", "bill2", "bill1"]

[policy]
approval_rate = 0.8
refer_rate = 0.1
grade_edges = [0.1, 0.3]

[latency]
budget_us = 1000000

[[scorers]]
name = "scorecard"
kind = "scorecard"

[[scorers]]
name = "gru"
kind = "gru"
options = { units = 6, hidden = [6], epochs = 4, least_steps = 0, rate = 0.02 }

[[recipes]]
scorers = ["gru"]
steps = [{ pruner = "neurons", keep = [0.5] }]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("months")
    random = np.random.default_rng(0)
    level, trend = random.normal(size=(2400, 1)), random.normal(size=(2400, 1))
    pay, bill = (level + trend * np.array([-1, 0, 1]) + 0.5 * random.normal(size=(2400, 3)) for _ in range(2))
    columns = {f"{name}{3 - i}": values[:, i] for name, values in (("pay", pay), ("bill", bill)) for i in range(3)}
    bad = (random.random(2400) < 1 / (1 + np.exp(1 - 1.5 * trend[:, 0]))).astype(np.int8)
    table = pa.table({"loan": np.arange(2400), "age": random.integers(20, 70, 2400), **columns, "default": bad})
    pq.write_table(table, place / "months.parquet")
    (place / "run.toml").write_text(TOML)
    return place


def test_from_the_toml_to_scored_rows_and_plain_onnx(folder, riskmodel):
    training.train(folder / "run.toml", folder / "report", None, Stages())
    bundles = folder / "report" / "bundles"
    (small,) = (place for place in bundles.iterdir() if place.name.startswith("gru") and place.name != "gru")
    code, _, errors = riskmodel(
        "score", "--model", small, "--input", folder / "months.parquet", "--output", folder / "scored"
    )
    assert code == 0, errors
    export(small, folder / "small.onnx", data=folder / "months.parquet")  # refuses where a PD or a decision differs
    assert (folder / "small.onnx").stat().st_size > 0
    scored = pa.concat_tables(map(pq.read_table, (folder / "scored").glob("part*.parquet"))).to_pandas()
    assert scored["pd"].between(0, 1).all()
    assert set(scored["decision"]) == {"approve", "refer", "decline"}


def test_a_kind_of_months_without_months_is_refused_before_the_table_is_fitted(folder):
    toml = folder / "none.toml"
    toml.write_text(
        TOML.replace("[data.sequence]", "[data.reasons]")
        .replace('["pay3", "pay2", "pay1"]', '"a"')
        .replace('["bill3", "bill2", "bill1"]', '"b"')
    )
    with pytest.raises(ConfigError, match=r"scorers.1.options: gru needs \[data.sequence\]"):
        training.train(toml, folder / "none", None, Stages())
    assert not (folder / "none").exists()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            'pay = ["pay3", "pay2"]\nbill = ["bill3"]',
            "data.sequence: 'bill' must have as many months as 'pay', 2, however: 1",
        ),
        ('pay = ["pay3"]\nbill = ["pay3"]', "data.sequence: a column must stand once, however: 'pay3' is in"),
        ('pay = ["pai3"]', r"data.sequence: no column 'pai3'; did you mean 'pay3'\?"),
        ('pay = ["loan"]', "data.sequence: must name features, however: 'loan' is the id"),
        ('pay = ["age"]\n[data]', "data.sequence.pay: must name numbers, however: 'age' is in data.categorical"),
    ],
)
def test_months_that_do_not_fit_get_one_line(folder, lines, message):
    begin, rest = TOML.split("[data.sequence]")
    if lines.endswith("[data]"):
        begin, lines = begin + 'categorical = ["age"]\n\n', lines.removesuffix("[data]")
    toml = folder / "wrong.toml"
    toml.write_text(begin + "[data.sequence]\n" + lines + "\n\n[policy]" + rest.split("[policy]")[1])
    with pytest.raises(RiskModelError) as refused:
        training.train(toml, folder / "wrong", None, Stages())
    assert re.search(message, str(refused.value)), str(refused.value)
