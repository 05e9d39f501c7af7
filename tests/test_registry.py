"""A folder as a registry."""

import pytest

from riskmodel import pruning, registry
from riskmodel.core import Pruner
from riskmodel.errors import ConfigError


def test_the_rooms_that_all_share_are_no_names():
    assert "algorithms" not in registry.PRUNERS.names()
    assert "trees" in registry.PRUNERS.names()
    assert not {"base", "foreign"} & set(registry.SCORERS.names())


def test_each_name_leads_to_the_class_of_its_own_module():
    for name in pruning.names():
        result = registry.PRUNERS.find(name, Pruner)
        assert result.__module__ == f"riskmodel.pruning.{name}"


def test_an_unknown_name_is_told_with_those_that_there_are():
    with pytest.raises(ConfigError, match=r"pruner must be among .*features, .*, however: 'os'"):
        registry.PRUNERS.find("os", Pruner)
