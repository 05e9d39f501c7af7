"""`[[recipes]]`: a step is one cut, with a keep where it prunes and none where it compresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from small_run import toml

from riskmodel import config
from riskmodel.config import RecipeEntry, ScorerEntry, Step
from riskmodel.errors import ConfigError

KEEPS = st.floats(0, 1, exclude_min=True)


@given(KEEPS, st.lists(KEEPS, min_size=1, max_size=4))
def test_one_keep_is_a_list_of_one(keep, keeps):
    assert Step(pruner="trees", keep=keep).keep == (keep,)
    assert Step(pruner="trees", keep=keeps).keep == tuple(keeps)


@given(st.floats().filter(lambda keep: not 0 < keep <= 1))
def test_a_keep_outside_its_range_is_refused(keep):
    with pytest.raises(ValidationError, match="keep"):
        Step(pruner="trees", keep=[0.5, keep])


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"pruner": "trees"}, "a pruner needs keep, and a compressor has none"),
        ({"pruner": "trees", "keep": []}, "a pruner needs keep, and a compressor has none"),
        ({"compressor": "float16", "keep": 0.5}, "a pruner needs keep, and a compressor has none"),
        ({"pruner": "trees", "compressor": "float16", "keep": 0.5}, "must have either pruner or compressor"),
        ({"keep": 0.5}, "must have either pruner or compressor"),
    ],
)
def test_a_step_is_one_cut(step, message):
    with pytest.raises(ValidationError, match=message):
        Step(**step)


def test_a_keep_is_refused_in_the_words_of_the_command_line():
    with pytest.raises(ConfigError, match=r"recipes\.0\.steps\.0\.keep\.1: keep must be in \(0, 1\], however: 1\.5"):
        config.parse(toml(keep="[0.5, 1.5]").encode(), "run.toml")


@pytest.mark.parametrize("empty", [{"scorers": []}, {"steps": []}])
def test_a_recipe_has_scorers_and_steps(empty):
    whole = {"scorers": ["lgbm"], "steps": [Step(compressor="float16")], **empty}
    with pytest.raises(ValidationError, match="at least 1 item"):
        RecipeEntry(**whole)


@pytest.mark.parametrize("name", ["", "-a", "a/b", "a b", "../a", "ä", "a" * 61])
def test_a_name_is_safe_as_a_files(name):
    with pytest.raises(ValidationError, match="name"):
        ScorerEntry(name=name, kind="lgbm")


@pytest.mark.parametrize("name", ["a", "A-1", "lgbm.v2_b", "9", "a" * 60])
def test_letters_digits_and_a_few_signs_name_a_scorer(name):
    assert ScorerEntry(name=name, kind="lgbm").name == name
