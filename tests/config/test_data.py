"""`[data]`: roles and rules of columns, each refused by its own key."""

import pytest
from pydantic import ValidationError
from small_run import toml

from riskmodel import config
from riskmodel.config import Data, Scoring, Where
from riskmodel.errors import ConfigError

WHY = "a product of another unit"


def refusal(section):
    """What parsing says where `[data]` has more lines."""
    with pytest.raises(ConfigError) as error:
        config.parse(toml().replace("[policy]", f"{section}\n[policy]", 1).encode(), "run.toml")
    return str(error.value)


@pytest.mark.parametrize(
    "rule",
    [
        {"keep": ["car"]},
        {"drop": ["car", 3, True]},
        {"from": 0},
        {"from": "2018-01", "before": "2019-01"},
        {"before": 1.5},
    ],
)
def test_a_rule_of_rows_has_one_way_and_a_reason(rule):
    where = Where.model_validate({**rule, "why": WHY})
    assert where.why == WHY
    with pytest.raises(ValidationError, match="why"):
        Where.model_validate(rule)
    with pytest.raises(ValidationError, match="at least 8 characters"):
        Where.model_validate({**rule, "why": "because"})


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"keep": ["a"], "drop": ["b"]},
        {"keep": ["a"], "from": 3},
        {"drop": ["a"], "before": 3},
        {"keep": ["a"], "drop": ["b"], "before": 3},
    ],
)
def test_two_ways_or_none_are_refused(rule):
    with pytest.raises(ValidationError, match="one of these ways alone"):
        Where.model_validate({**rule, "why": WHY})


def test_a_span_is_of_numbers_or_of_dates():
    with pytest.raises(ValidationError, match="both be numbers or both be dates"):
        Where.model_validate({"from": "2018-01", "before": 2019, "why": WHY})
    with pytest.raises(ValidationError, match="at least 1 item"):
        Where.model_validate({"keep": [], "why": WHY})


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("[data.kept]\nincome = 'fine'", "data.kept.income: must have at least 8 letters"),
        ("[data.monotone]\nincome = 2", "data.monotone.income: "),
        ("[data.ranges]\nincome = [0.0]", "data.ranges.income: "),
        ("[data.ranges]\nincome = [0.0, 1.0, 2.0]", "data.ranges.income: "),
        ("[data.costs]\nincome = -1.0", "data.costs.income: must be greater than or equal to 0, however: -1.0"),
        ("[data.costs]\nincome = inf", "data.costs.income: must be a finite number, however: inf"),
        (
            "[data.vendors.bureau]\nfeatures = ['income']",
            "data.vendors.bureau.price: must be stated, however: it is missing",
        ),
        (
            "[data.vendors.bureau]\nfeatures = []\nprice = 1",
            "data.vendors.bureau.features: must have at least 1",
        ),
        ("[data.vendors.bureau]\nfeatures = ['a']\nprice = -1", "must be greater than or equal to 0, however: -1"),
        ("[data.vendors.bureau]\nfeatures = ['a']\nprice = nan", "vendors.bureau.price: must be a finite number, howe"),
        ("[data.vendors.bureau]\nfeatures = ['a']\nprices = 1", "data.vendors.bureau.prices: unknown key; allowed are"),
        ("[data.vendors.'']\nfeatures = ['a']\nprice = 1", "data.vendors: a vendor must have a name, however: ''"),
        (
            "[data.vendors]\na = { features = ['x'], price = 1 }\nb = { features = ['y', 'x'], price = 2 }",
            "data.vendors: a feature must stand once, however: 'x' is in a and b",
        ),
        (
            "[data.costs]\nx = 1.0\n[data.vendors]\na = { features = ['x'], price = 1 }",
            "data: costs must not name a vendor's feature, however: 'x' is in vendors.a",
        ),
        ("[data.scoring]\nunseen = 'ignore'", "data.scoring.unseen: must be 'refuse', 'quarantine' or 'missing'"),
        ("[data.scoring]\nunsen = 'refuse'", "data.scoring.unsen: unknown key; allowed are extra_column, missing_co"),
        ("[data.where.purpose]\nkeep = ['car']", "data.where.purpose.why: "),
        (
            "[data.where.purpose]\nkep = ['car']\nwhy = 'another unit'",
            "data.where.purpose.kep: unknown key; allowed",
        ),
        ("[data.codes]\nincome = ['a']", "data.codes.income.0"),
    ],
)
def test_a_wrong_table_of_columns_is_told_by_its_key(section, message):
    assert message in refusal(section)


@pytest.mark.parametrize("sha256", ["", "ab", "AB" * 32, "g" * 64, "ab" * 33])
def test_a_checksum_is_64_small_hexadecimal_digits(sha256):
    with pytest.raises(ValidationError, match="sha256"):
        Data(path="x", target="y", sha256=sha256)
    assert Data(path="x", target="y", sha256="ab" * 32).sha256 == "ab" * 32


@pytest.mark.parametrize(("levels", "fits"), [(1, False), (2, True), (10_000, True), (10_001, False)])
def test_a_category_has_two_levels_to_ten_thousand(levels, fits):
    if fits:
        assert Data(path="x", target="y", max_levels=levels).max_levels == levels
    else:
        with pytest.raises(ValidationError, match="max_levels"):
            Data(path="x", target="y", max_levels=levels)


def test_by_default_a_score_refuses_lost_columns_and_sets_odd_rows_aside():
    assert Scoring().model_dump() == {
        "missing_column": "refuse",
        "extra_column": "ignore",
        "wrong_type": "quarantine",
        "missing_value": "accept",
        "unseen": "missing",
        "most_unseen": 0.05,
        "out_of_range": "accept",
    }


def test_a_number_is_no_text():
    with pytest.raises(ValidationError, match="path"):
        Data(path=3, target="y")
