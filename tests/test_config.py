"""The TOML is refused by the key that is wrong, in words; what is right is frozen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from small_run import toml

from riskmodel import config, pruning
from riskmodel.config import MarginRule, Margins
from riskmodel.errors import ConfigError


def parsed(**changed):
    return config.parse(toml(**changed).encode(), "run.toml")


def test_keep_may_be_one_share_or_several():
    assert parsed(keep="0.5").recipes[0].steps[0].keep == (0.5,)
    assert parsed(keep="[0.5, 0.2]").recipes[0].steps[0].keep == (0.5, 0.2)


def test_what_is_not_said_has_a_default():
    run = parsed()
    assert (run.margins.share("auc"), run.split.test, run.choice.cost) == (0.02, 0.2, "work")


def test_a_run_is_frozen():
    with pytest.raises(ValidationError):
        parsed().seed = 9


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "small"', 'name = "../../etc"', "name: "),
        (
            "approval_rate = 0.8",
            "approval_rate = 0.8\ncutoff = 0.3",
            "policy: must have either cutoff or approval_rate",
        ),
        ("approval_rate = 0.8", "", "policy: must have either cutoff or approval_rate"),
        ("approval_rate = 0.8", "approval_rate = 80", "policy.approval_rate: must be less than 1, however: 80"),
        ("[0.05, 0.1, 0.2]", "[0.1, 0.05]", "policy.grade_edges: must rise"),
        ("[0.05, 0.1, 0.2]", "[]", "policy.grade_edges"),
        ("[policy]", "[split]\ntest = 0.9\n[policy]", "split: tune + selection + test must be at most 0.9"),
        ('scorers = ["lgbm", "xgb"]', 'scorers = ["lgbm", "catboost"]', "must be among lgbm, xgb, scorecard"),
        ('name = "xgb"', 'name = "lgbm"', "lgbm twice"),
        ('pruner = "trees", keep', 'compressor = "float16", keep', "a pruner needs keep, and a compressor has none"),
        ('{ pruner = "trees", keep = [0.5, 0.2] }', '{ pruner = "trees" }', "a pruner needs keep"),
        ('pruner = "prefix"', 'pruner = "prefix", compressor = "float16"', "must have either pruner or compressor"),
        ("budget_us = 1000000", "budget = 3", "latency.budget: unknown key; allowed are budget_us"),
        ("budget_us = 1000000", "budget_us = -3", "latency.budget_us: must be greater than 0, however: -3"),
        ("threads = 1", "threads = true", "threads: "),
        ("[data]", "[data", "not a TOML file"),
    ],
)
def test_what_is_wrong_is_told_by_its_key(old, new, message):
    assert old in toml()
    with pytest.raises(ConfigError) as refusal:
        config.parse(toml().replace(old, new, 1).encode(), "run.toml")
    assert str(refusal.value).startswith("run.toml: ")
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@given(st.binary(max_size=200))
def test_no_bytes_end_in_another_error(text):
    with pytest.raises(ConfigError):
        config.parse(text, "run.toml")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"absent.toml: cannot be read: No such file"):
        config.read(tmp_path / "absent.toml")


def test_options_are_checked_against_the_fields_that_there_are():
    assert pruning.make("features", {"rows": 7}).rows == 7
    with pytest.raises(ConfigError, match=r"here.rowz: unknown key; allowed are rows"):
        pruning.make("features", {"rowz": 7}, "here")
    with pytest.raises(ConfigError, match=r"here.rows: must be a valid integer"):
        pruning.make("features", {"rows": "7"}, "here")
    with pytest.raises(ConfigError, match="pruner must be among best, blend_members, collapse"):
        pruning.make("nothing")


def test_margins_are_shares_of_the_champions_skill_unless_they_are_figures():
    skill = {"auc": 0.3, "brier": 0.04, "log_loss": 0.1}
    assert MarginRule().fixed(skill).model_dump() == pytest.approx(Margins(auc=0.006).model_dump())
    own = MarginRule(auc=0.01, brier_share=0.1, mean_pd=1.2).fixed(skill)
    assert own.model_dump() == pytest.approx(Margins(auc=0.01, brier=0.004, mean_pd=1.2).model_dump())
    with pytest.raises(ValueError, match="auc and auc_share each set one margin: give one of them"):
        MarginRule(auc=0.01, auc_share=0.1)
