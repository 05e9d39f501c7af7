"""Settings of boosters: seeded, within what was asked for, and no larger than the size that they are for."""

import pytest

from riskmodel.scorers.lgbm import LgbmRecipe
from riskmodel.scorers.xgb import XgbRecipe

RECIPES = (LgbmRecipe, XgbRecipe)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_search_begins_with_the_recipe_itself_and_is_seeded(recipe):
    own = recipe(search=9, leaves=7, rate=0.11)
    tried = own.drawn(3)
    assert len(tried) == own.ticks == 9
    assert tried[0] == recipe(search=0, leaves=7, rate=0.11)
    assert tried == own.drawn(3) != own.drawn(4)
    assert all(one.search == 0 for one in tried)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("leaves", [1, 4, 5, 40, 333])
def test_settings_for_a_size_spend_no_more_leaves_than_it_has(recipe, leaves):
    for one in recipe().small(leaves):
        assert one.rounds * one.leaves <= max(leaves, 4)
    for one in recipe().taught(leaves, (4, 8, 16)):
        assert one.rounds * one.leaves <= max(leaves, 2)
    assert recipe().small(leaves)
    assert recipe().taught(leaves, (4, 8, 16))
