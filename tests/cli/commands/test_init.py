"""`riskmodel init`: roles that are known are handed on; one column has one role; the TOML is named after the table."""

import pytest
from cli.commands.recorder import recorded

from riskmodel.core import Role

LINE = ["--quiet", "init", "data/loans.csv.gz", "--target", "bad", "--json"]


@pytest.fixture
def proposed(monkeypatch):
    recorded(monkeypatch, "riskmodel.cli.render.init.as_json", "{}\n")
    return recorded(monkeypatch, "riskmodel.workflows.init.proposal.init")


@pytest.mark.parametrize(("options", "output"), [([], "loans.toml"), (["--output", "other.toml"], "other.toml")])
def test_the_toml_is_named_after_the_table_unless_it_is_named(options, output, proposed, riskmodel):
    assert riskmodel(*LINE, *options)[:2] == (0, "{}\n")
    table, target, written, given = proposed.arguments
    assert (str(table), target, str(written), given) == ("data/loans.csv.gz", "bad", output, {})
    assert proposed.named == {"force": False}


def test_roles_are_those_of_the_options(proposed, riskmodel):
    line = ["--id", "a", "--time", "b", "--borrower", "c", "--amount", "d", "--weight", "e", "--force"]
    riskmodel(*LINE, *line)
    roles = (Role.ID, Role.TIME, Role.BORROWER, Role.AMOUNT, Role.WEIGHT)
    assert proposed.arguments[3] == dict(zip("abcde", roles, strict=True))
    assert proposed.named == {"force": True}


def test_a_column_has_one_role(proposed, riskmodel):
    code, _, err = riskmodel(*LINE, "--id", "a", "--time", "a")
    assert (code, err) == (1, "riskmodel: a column has one role, however: 'a' is named for two\n")
    assert proposed.calls == []
