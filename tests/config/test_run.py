"""A run's TOML as a whole: what must agree between sections, what is not said has a default, all of it is frozen."""

import pytest
from pydantic import ValidationError
from small_run import toml

from riskmodel import config
from riskmodel.errors import ConfigError


def parsed(**changed):
    return config.parse(toml(**changed).encode(), "run.toml")


def test_keep_may_be_one_share_or_several():
    assert parsed(keep="0.5").recipes[0].steps[0].keep == (0.5,)
    assert parsed(keep="[0.5, 0.2]").recipes[0].steps[0].keep == (0.5, 0.2)


def test_what_is_not_said_has_a_default():
    run = parsed()
    assert (run.margins.share("auc"), run.split.test, run.choice.cost) == (0.02, 0.2, "work")
    assert (run.choice.least_gain, run.tracking.ids, run.points.pdo) == (1.5, False, 20.0)


def test_a_run_is_frozen_and_so_is_each_of_its_sections():
    run = parsed()
    with pytest.raises(ValidationError):
        run.seed = 9
    with pytest.raises(ValidationError):
        run.data.target = "other"


def test_two_runs_share_no_default_that_one_could_change():
    one, other = parsed(), parsed()
    one.data.codes["late"] = [96]
    assert other.data.codes == {}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "small"', 'name = "../../etc"', "name: "),
        ('name = "small"', f'name = "{"n" * 61}"', "name: "),
        ('name = "xgb"', 'name = "lgbm"', "scorers must have different names, however: lgbm twice"),
        (
            'scorers = ["lgbm", "xgb"]',
            'scorers = ["lgbm", "catboost"]',
            "recipes.0.scorers must be among lgbm, xgb, scorecard, however: catboost",
        ),
        ("threads = 1", "threads = true", "threads: "),
        ("threads = 1", "threads = 0", "threads: must be greater than or equal to 1, however: 0"),
        ("seed = 3", "seed = -1", "seed: must be greater than or equal to 0, however: -1"),
        ("seed = 3", "sede = 3", "sede: unknown key; allowed are cascade, choice, data, latency, margins"),
    ],
)
def test_what_is_wrong_is_told_by_its_key(old, new, message):
    assert old in toml()
    with pytest.raises(ConfigError) as refusal:
        config.parse(toml().replace(old, new, 1).encode(), "run.toml")
    assert str(refusal.value).startswith("run.toml: ")
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_run_without_scorers_is_none():
    with pytest.raises(ConfigError, match="scorers"):
        config.parse(toml().partition("[[scorers]]")[0].encode(), "run.toml")
