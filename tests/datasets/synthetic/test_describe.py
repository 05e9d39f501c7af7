import re

import pytest

from riskmodel import config
from riskmodel.core import Role
from riskmodel.datasets import schema, synthetic
from riskmodel.datasets.synthetic import World
from riskmodel.datasets.synthetic.describe import run_toml
from riskmodel.datasets.synthetic.readme import readme
from riskmodel.datasets.synthetic.tally import Tally

EVERYTHING = World(40, 0.3, 0.4, 0.2, 0.05, 2.0, 0.3, 0.1, leak=True, intercept=-0.5)


@pytest.mark.parametrize("features", [12, 23, 40])
def test_it_fits_its_own_roles_with_as_many_features_as_asked_for(features):
    world = World(features, noise=0.1, returning=0.2)
    table = synthetic.portfolio(2000, 1, world)
    columns = schema.learn(table, synthetic.roles("loans", world), table["default"].to_numpy())
    assert len({column.read_from for column in columns.features}) == features
    assert [column.name for column in columns.named(Role.PROTECTED)] == ["group"]
    assert [column.name for column in columns.named(Role.BORROWER)] == ["borrower_id"]
    assert not {"true_pd", "observed_pd"} & {column.name for column in columns.columns}


@pytest.mark.parametrize("world", [World(), World(23), EVERYTHING])
def test_the_toml_is_a_run_with_these_roles(world):
    run = config.parse(run_toml("loans", "0" * 64, world).encode(), "run.toml")
    assert run.data == synthetic.roles("loans", world).model_copy(update={"sha256": "0" * 64})
    assert ("written_off" in run_toml("loans", "0" * 64, world)) == world.leak


@pytest.mark.parametrize("world", [World(), World(23), EVERYTHING])
def test_the_readme_names_every_column_every_setting_and_every_code(world):
    tally = Tally()
    for batch in synthetic.batches(2000, 1, world):
        tally = tally.add(batch)
    text = readme(world, 1, tally)
    assert tuple(re.findall(r"^\| `(\w+)` \| \S", text, re.MULTILINE)) == synthetic.column_names(world)
    assert all(f"| {name} | {value}: " in text for name, value in vars(world).items())
    codes = [code for entry in synthetic.FEATURES[: world.features] for code in entry.codes]
    assert all(f"**{code}**" in text for code in codes)
    assert f"| bads | {tally.bads.sum():,} (" in text
    assert ("+ overdraft_days" in text) == (world.features == 40)
