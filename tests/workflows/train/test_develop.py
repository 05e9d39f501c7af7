"""Names of variants: short, the same tool under other options by number."""

from types import SimpleNamespace

from riskmodel.config import RecipeEntry, Step
from riskmodel.workflows.train.develop import short_names

RECIPES = [
    RecipeEntry(scorers=["a"], steps=[Step(pruner="neurons", keep=[0.5], options={"criterion": "obs"})]),
    RecipeEntry(scorers=["a"], steps=[Step(pruner="neurons", keep=[0.5]), Step(compressor="float16")]),
    RecipeEntry(scorers=["b"], steps=[Step(pruner="neurons", keep=[0.25], options={"criterion": "obs"})]),
]


def test_the_same_tool_under_other_options_has_a_number():
    assert list(short_names(SimpleNamespace(recipes=RECIPES)).values()) == ["neurons", "neurons-2", "float16"]
