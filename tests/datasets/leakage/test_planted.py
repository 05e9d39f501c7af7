"""Whether the screens as a whole catch what is planted, and let pass what is not."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from leaky_loans import LEAKS, clean, with_leaks

from riskmodel import tables
from riskmodel.config import Data, SplitShares
from riskmodel.datasets import leakage, schema, split, synthetic, taiwan
from riskmodel.datasets.leakage import SuspectSeverity
from riskmodel.datasets.synthetic import World

SEEDS = range(20)
DATA = Path(__file__).parents[3] / "data"


def blocked(suspects):
    return {suspect.column for suspect in suspects if suspect.severity is SuspectSeverity.BLOCKS}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_leak_is_caught_and_no_clean_feature_blocked(suspects, seed):
    assert blocked(suspects(with_leaks(clean(2500, seed), seed))) == set(LEAKS)


def honest(rows, seed):
    """Strong features as they come: AUC alone up to .93, an extreme that is all but certain, missingness that tells."""
    draw = np.random.default_rng([seed, 1])
    share = [0.08, 0.2, 0.35, 0.5][seed % 4]
    default = (draw.random(rows) < share).astype(np.int8)
    strong = 2.05 * default + draw.normal(size=rows)
    ends = np.where(draw.random(rows) < 0.15 * default, 9.0, draw.normal(size=rows) + default)
    gone = draw.random(rows) < np.where(default, 0.45, 0.03)
    return {
        "default": default,
        "strong": strong,
        "band": np.digitize(strong, [-1, 0, 1, 2, 3]),
        "ends": ends,
        "thin_file": np.where(gone, np.nan, draw.normal(size=rows)),
        "flag": np.where(gone, "none", "some"),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_strong_honest_features_are_asked_about_and_never_blocked(suspects, seed):
    columns = honest(3000, seed)
    assert blocked(suspects(columns)) == set()
    high = {s.column for s in suspects(columns) if s.severity is SuspectSeverity.WARNS and "AUC" in s.evidence}
    assert "strong" in high


@pytest.mark.parametrize("seed", SEEDS)
def test_the_leaks_of_the_synthetic_portfolio_are_caught_and_nothing_else(seed):
    assert blocked(of_portfolio(1500, seed, World(features=40, leak=True))) == {"collections_amount", "written_off"}


@pytest.mark.parametrize("seed", SEEDS)
def test_chance_blocks_nothing_where_bads_are_few_and_features_many(suspects, seed):
    draw = np.random.default_rng(seed)
    columns = clean(230, seed, intercept=-4.0)
    columns["default"][:5] = 1  # two of each class in every sample
    columns |= {f"x{i}": draw.normal(size=230).round(1) for i in range(40)}
    assert blocked(suspects(columns)) == set()


def of_portfolio(rows, seed, world):
    whole, data = synthetic.portfolio(rows, seed, world), synthetic.roles("portfolio", world)
    return of_table(whole, data)


def of_table(whole, data):
    keys = split.row_keys(whole, data)
    rows = split.draw(keys.default, SplitShares(), 0, keys.days)
    return leakage.suspects(whole, schema.learn(whole, data, keys.default, rows.train), data, keys, rows)


def test_real_cards_are_not_blocked():
    whole = taiwan.load(DATA / "taiwan_credit.parquet")
    result = of_table(whole, Data(path="x", target="DEFAULT", id="ID", categorical=["SEX", "EDUCATION", "MARRIAGE"]))
    assert {suspect.screen for suspect in result} == {"both sides of the split", "copies of rows"}
    assert blocked(result) == set()


@pytest.mark.parametrize("file", ["give_me_some_credit.csv", "lendingclub_2018.parquet"])
def test_real_loans_are_blocked_by_their_id_alone(file):
    if not (path := DATA / "raw" / file).exists():
        pytest.skip(f"{path} is not there")
    whole = tables.read(path)
    target = "loan_status" if file.startswith("lending") else "SeriousDlqin2yrs"
    time = "issue_d" if "issue_d" in whole.column_names else None
    text = [f.name for f in whole.schema if pa.types.is_large_string(f.type) and f.name != time]
    result = of_table(whole, Data(path="x", target=target, time=time, categorical=text))
    assert blocked(result) == {"id"}
    own = {suspect.column for suspect in result if suspect.screen == "own score"}
    assert own == ({"grade", "sub_grade"} if time else set())
