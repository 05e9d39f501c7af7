"""The cascade of a run: what its cheap scorer reads, which rows set its band, and why there may be none."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, drawn
from small_run import toml

from riskmodel import config
from riskmodel.core import Development, Policy, Variant
from riskmodel.errors import ConfigError
from riskmodel.explanation.cost import price, used_columns
from riskmodel.workflows.train import cascade_variant

POLICY = Policy(0.5, 0.5, (0.1,))
COLUMNS = tuple(
    replace(c, cost=2.0, vendor="register") if c.name == "months" else replace(c, cost=0.5) if c.name == "noise" else c
    for c in FEATURES
)


def run(cascade):
    priced = '\n[data.vendors]\nregister = { features = ["months"], price = 2.0 }\n[data.costs]\nnoise = 0.5\n'
    return config.parse(f"{toml()}{priced}\n[cascade]\n{cascade}\n".encode(), "run.toml")


@pytest.fixture(scope="module")
def priced(development):
    tune = drawn(2501, 2, "tune")
    return Development(*(replace(s, features=COLUMNS) for s in (development.train, tune)))


@pytest.fixture(scope="module")
def unpruned(fitted):
    return {"lgbm": Variant("lgbm", "lgbm", replace(fitted("lgbm"), features=COLUMNS))}


def made(cascade, unpruned, development):
    return cascade_variant.made(run(cascade), unpruned, "lgbm", POLICY, development)


def test_it_asks_the_champion_where_the_recipe_without_what_is_bought_is_not_certain(unpruned, priced):
    attempt = made("differ = 0.05", unpruned, priced)
    cascade = attempt.variant.scorer
    assert not {"months", "noise"} & {c.name for c in used_columns(cascade.cheap)}
    assert cascade.full is unpruned["lgbm"].scorer
    assert (attempt.variant.name, attempt.variant.family, attempt.variant.steps) == ("cascade", "lgbm", ("cascade",))
    assert attempt.record["band"]["upper"] <= 0.05
    rows = priced.tune.columns(cascade.features)
    other = (cascade.pd(rows) >= 0.5) != (cascade.full.pd(priced.tune.columns(cascade.full.features)) >= 0.5)
    assert other.sum() == attempt.record["band"]["differing"]
    assert price(cascade) == pytest.approx(2.5 * cascade.bought_share)


def test_only_what_is_named_is_bought(unpruned, priced):
    cascade = made('differ = 0.05\nbuy = ["register"]', unpruned, priced).variant.scorer
    assert cascade.bought == ("months",)


def test_a_borrower_counts_once(unpruned, priced):
    twice = replace(priced.tune, borrower=np.arange(len(priced.tune)) // 2)
    attempt = made("differ = 0.05", unpruned, replace(priced, tune=twice))
    assert attempt.record["band"]["rows"] == -(-len(priced.tune) // 2)


def test_where_no_band_is_shown_it_is_said(unpruned, priced):
    few = replace(priced, tune=priced.tune.take(np.arange(200)))
    attempt = made("", unpruned, few)
    assert attempt.variant is None
    assert attempt.why == "no band is shown to decide otherwise of at most 0.01 of the 200 rows of tune"


def test_a_run_without_the_table_has_none(unpruned, priced):
    plain = config.parse(toml().encode(), "run.toml")
    cascade_variant.check(plain, COLUMNS)
    assert cascade_variant.made(plain, unpruned, "lgbm", POLICY, priced) is None


def test_something_must_be_left_to_decide_on():
    cascade_variant.check(run(""), COLUMNS)
    for columns, left in ((COLUMNS[-1:] if COLUMNS[-1].cost else COLUMNS[3:4], 0), (COLUMNS[:1], 1)):
        with pytest.raises(ConfigError, match=f"however: {left} of 1 are left"):
            cascade_variant.check(run(""), columns)
