"""Names of features in a library's file: what it forbids is an underscore, and no two names become one."""

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.scorers.base.native_names import spelt
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.scorers.xgb.model import XgbModel


def test_each_library_forbids_its_own_characters():
    names = ("net income", 'a"b', "rate [%]", "x<1", "größe", "")
    assert spelt(names, LgbmModel.forbidden) == ("net_income", "a_b", "rate__%_", "x<1", "größe", "_")
    assert spelt(names, XgbModel.forbidden) == ("net income", 'a"b', "rate _%_", "x_1", "größe", "_")


def test_two_names_that_become_one_are_refused():
    with pytest.raises(RiskModelError, match=r"columns 'x\[' and 'x<' must differ, however: in the file both are 'x_'"):
        spelt(("x[", "y", "x<"), XgbModel.forbidden)
