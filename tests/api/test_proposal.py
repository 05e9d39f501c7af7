"""A plan in memory: a key set, scorers and recipes exchanged, placed beside its table; the first plan never changes."""

from pathlib import Path

import pandas as pd
import pytest

from riskmodel import config
from riskmodel.api.proposal import Plan, propose
from riskmodel.core import Role
from riskmodel.errors import ConfigError, DataError, RiskModelError

TOML = """\
name = "loans"  # a reason that stays
seed = 7

[data]
path = "rows.csv"
target = "default"
sha256 = "SHA"

[policy]
cutoff = 0.3  # as the bank decides
grade_edges = [0.1, 0.2]

[[scorers]]
name = "small"
kind = "lgbm"

[scorers.options]
rounds = 30

[[scorers]]
name = "net"
kind = "mlp"

[[recipes]]
scorers = ["small", "net"]
steps = [{ pruner = "features", keep = [0.5] }]
""".replace("SHA", "ab" * 32)
PLAN = Plan(TOML)


def test_a_key_is_set_in_a_new_plan_and_comments_stay():
    made = PLAN.replace("policy.cutoff", 0.25).replace("seed", 8)
    assert (made.run.policy.cutoff, made.run.seed) == (0.25, 8)
    assert "# a reason that stays" in made.to_toml()
    assert (PLAN.run.policy.cutoff, str(PLAN)) == (0.3, TOML)


def test_a_table_on_the_way_to_a_key_is_made():
    assert PLAN.replace("margins.auc", 0.01).run.margins.auc == 0.01


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("policy.cutof", 0.2, r"policy\.cutof: unknown key"),
        ("policy.cutoff", 2.0, r"policy\.cutoff"),
        ("name.first", "x", "plan: name.first must lead through tables, however: name is a value"),
        ("policy.cutoff", object(), "plan: policy.cutoff must be what TOML has, however: object"),
    ],
)
def test_a_change_that_makes_no_plan_is_refused(key, value, why):
    with pytest.raises(ConfigError, match=why):
        PLAN.replace(key, value)


def test_scorers_are_taken_by_their_names_here_or_else_by_their_kinds():
    made = PLAN.scored_by(["small", "scorecard"]).run
    assert [(entry.name, entry.kind, entry.options) for entry in made.scorers] == [
        ("small", "lgbm", {"rounds": 30}),
        ("scorecard", "scorecard", {}),
    ]
    assert [recipe.scorers for recipe in made.recipes] == [["small"]]
    assert PLAN.scored_by(["scorecard"]).run.recipes == []


def test_a_plan_without_a_scorer_is_none():
    with pytest.raises(ConfigError, match="scorers"):
        PLAN.scored_by([])


def test_a_pruner_cuts_all_scorers_that_it_is_made_for():
    made = PLAN.pruned_by({"distil": [0.5, 0.25], "neurons": 0.5, "net/features": (0.75,)}).run
    assert [(one.scorers, one.steps[0].pruner, one.steps[0].keep) for one in made.recipes] == [
        (["small"], "distil", (0.5, 0.25)),
        (["net"], "neurons", (0.5,)),
        (["net"], "features", (0.75,)),
    ]


@pytest.mark.parametrize(
    ("prune", "why"),
    [
        ({"distill": 0.5}, "distill"),
        ({"distil": 1.5}, "keep"),
        ({"nobody/features": 0.5}, "nobody"),
        (["distil"], "prune must be a mapping by column, however: list"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(prune, why):
    with pytest.raises(RiskModelError, match=why):
        PLAN.pruned_by(prune)


def test_a_pruner_without_a_scorer_to_cut_says_which_kinds_it_cuts():
    with pytest.raises(ConfigError, match=r"^weights must have a scorer of kind neural or mlp to cut, however"):
        PLAN.scored_by(["small"]).pruned_by({"weights": 0.5})


def test_a_file_is_read_and_written_as_it_is(tmp_path):
    place = PLAN.save(tmp_path / "run.toml")
    assert place.read_text() == TOML
    assert Plan.read(place) == PLAN
    (tmp_path / "bad.toml").write_text("name = ")
    with pytest.raises(ConfigError):
        Plan.read(tmp_path / "bad.toml")


def test_a_plan_is_placed_with_its_table_and_its_hash_goes(tmp_path):
    place = PLAN.placed(pd.DataFrame({"x": [1, 2]}), tmp_path)
    run, _ = config.read(place)
    assert Path(run.data.path) == tmp_path / "table.parquet"
    assert Path(run.data.path).exists()
    assert run.data.sha256 is None
    assert PLAN.run.data.sha256 == "ab" * 32


def test_without_a_table_its_own_is_named_by_its_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run, _ = config.read(PLAN.placed(None, tmp_path))
    assert (run.data.path, run.data.sha256) == (str(tmp_path / "rows.csv"), "ab" * 32)


def test_a_notebook_shows_the_text():
    assert PLAN._repr_html_().startswith("<pre>name = &quot;loans&quot;")


FRAME = pd.DataFrame(
    {"age": [(37 * i) % 50 for i in range(200)], "default": [0, 0, 0, 1] * 50, "who": [f"p{i}" for i in range(200)]}
)


def test_roles_that_are_known_are_taken_as_given():
    made = propose(FRAME, "default", name="mine", given={"who": "id"})
    assert (made.run.name, made.run.data.id, made.run.data.target) == ("mine", "who", "default")
    assert propose(FRAME, "default", given={"who": Role.ID}).run.data.id == "who"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"target": 3}, "target must be the name of a column, however: 3"),
        ({"given": {"who": "key"}}, "a role must be among id, time, .* however: 'key'"),
        ({"given": ["who"]}, "given must be a mapping by column, however: list"),
        ({"target": "absent"}, "absent"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(arguments, why):
    with pytest.raises(RiskModelError, match=why) as refused:
        propose(**{"data": FRAME, "target": "default", **arguments})
    assert "\n" not in str(refused.value)


def test_a_path_stays_the_path_that_was_given(tmp_path):
    FRAME.to_csv(tmp_path / "rows.csv", index=False)
    assert propose(tmp_path / "rows.csv", "default").run.data.path == str(tmp_path / "rows.csv")
    with pytest.raises(DataError):
        propose(tmp_path / "nowhere.csv", "default")
