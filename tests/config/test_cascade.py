"""`[cascade]`: what it is without a word, and what it must agree with."""

import pytest
from small_run import toml

from riskmodel import config
from riskmodel.errors import ConfigError

PRICED = """
[data.vendors]
bureau = { features = ["utilisation"], price = 1.5 }
free = { features = ["income"], price = 0 }
"""


def read(cascade, data=PRICED):
    return config.parse(f"{toml()}{data}\n[cascade]\n{cascade}\n".encode(), "run.toml")


def test_all_that_is_charged_is_bought_where_nothing_is_named():
    assert config.parse(toml().encode(), "run.toml").cascade is None
    rule = read("").cascade
    assert (rule.full, rule.buy, rule.differ, rule.alpha) == (None, [], 0.01, 0.05)
    assert rule.fixed_margins.model_dump() == {"decisions": 0.02, "approved_bad_rate": 1.05}
    assert read('judged_by = "scores"').cascade.fixed_margins is None
    assert read("margins = { decisions = 0.03 }").cascade.fixed_margins.decisions == 0.03
    assert read('buy = ["bureau"]\nfull = "xgb"').cascade.buy == ["bureau"]


@pytest.mark.parametrize(
    ("cascade", "said"),
    [
        ('buy = ["registry"]', "cascade.buy must be among bureau, however: registry"),
        ('buy = ["free"]', "cascade.buy must be among bureau, however: free"),
        ('full = "other"', "cascade.full must be among lgbm, xgb, scorecard, however: other"),
        ("differ = 0.0", "cascade.differ"),
        ('cheap = "lgbm"', "cascade.cheap"),
        ("margins = { decisions = 0.01 }", "cascade: margins.decisions must be above differ = 0.01, however: 0.01"),
        ('judged_by = "scores"\nmargins = { decisions = 0.02 }', 'cascade: margins are for judged_by = "decisions"'),
        (
            'judged_by = "scores"\nmargins = { approved_bad_rate = 1.05 }',
            'cascade: margins are for judged_by = "decisions"',
        ),
        ("margins = { approved_bad_rate = 1.0 }", "cascade.margins.approved_bad_rate"),
    ],
)
def test_what_does_not_agree_is_told(cascade, said):
    with pytest.raises(ConfigError, match=said):
        read(cascade)


def test_without_a_price_there_is_nothing_to_save():
    with pytest.raises(ConfigError, match="cascade needs a price, however: neither"):
        read("", data="")


def test_the_name_of_the_variant_is_no_scorers():
    text = f"{toml()}{PRICED}\n[cascade]\n".replace('"scorecard"', '"cascade"', 1)
    with pytest.raises(ConfigError, match="scorers must not be named 'cascade'"):
        config.parse(text.encode(), "run.toml")
