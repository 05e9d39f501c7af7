"""`riskmodel prune` goes the one way that its options ask for, and its exit code says what was shown."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from cli.commands.recorder import recorded

from riskmodel.cli.exits import NOTHING_SMALLER
from riskmodel.workflows.prune.path import METHOD
from riskmodel.workflows.prune.size import Size

P = "riskmodel.workflows.prune"
R = "riskmodel.cli.render"


@pytest.fixture
def ways(monkeypatch, tmp_path):
    """Every way there is, none of which prunes; each says that it was confirmed."""
    monkeypatch.chdir(tmp_path)
    for name in ("model.txt", "net.onnx", "rows.csv", "apps.csv", "levels.json"):
        Path(name).write_text("{}")
    shown = SimpleNamespace(confirmed=True)
    for name in ("prune.summary", "same_decisions.show"):
        recorded(monkeypatch, f"{R}.{name}")
    recorded(monkeypatch, f"{R}.prune.as_json", "as json\n")
    targets = {
        "trees": f"{P}.pruning.prune",
        "network": f"{P}.network.prune_network_file",
        "decisions": f"{P}.same_decisions.decide_alike",
        "teacher": f"{P}.from_pd.learn",
    }
    return {name: recorded(monkeypatch, target, shown) for name, target in targets.items()}


def asked(ways):
    """The one way that was gone."""
    [name] = [name for name, way in ways.items() if way.calls]
    return name, ways[name].arguments


LINE = ["--quiet", "prune", "--data", "rows.csv", "--output", "small.txt"]
OF_TREES = [*LINE, "model.txt", "--target", "bad"]


def test_a_file_of_trees_is_pruned_within_a_margin_unless_a_size_is_given(ways, riskmodel):
    assert riskmodel(*OF_TREES)[0] == 0
    name, (source, output, size, _, method, anyway, worst_case, options, compact) = asked(ways)
    assert (name, str(output), size, method) == ("trees", "small.txt", Size(), METHOD)
    assert (anyway, worst_case, options, compact) == (False, False, {}, False)
    assert (str(source.model), str(source.data), source.target) == ("model.txt", "rows.csv", "bad")


@pytest.mark.parametrize(
    ("line", "due"),
    [
        (["--margin", "0.01"], Size(margin=0.01)),
        (["--keep", "0.25"], Size(keep=0.25)),
        (["--leaves", "80"], Size(leaves=80)),
        (["--trees", "9"], Size(trees=9)),
        (["--nodes", "30"], Size(nodes=30)),
    ],
)
def test_a_size_is_handed_on(line, due, ways, riskmodel):
    assert riskmodel(*OF_TREES, *line)[0] == 0
    assert asked(ways)[1][2] == due


def test_what_the_file_lost_and_how_rows_are_spelt_go_along(ways, riskmodel):
    Path("levels.json").write_text('{"purpose": ["car", "home"]}')
    line = ["--levels", "levels.json", "--missing", "-9", "--monotone", "income=-1,age=1", "--null", "n/a"]
    assert riskmodel(*OF_TREES, *line, "--seed", "7", "--id", "loan", "--bad", "yes", "--weight", "w")[0] == 0
    source = asked(ways)[1][0]
    assert dict(source.settings.levels) == {"purpose": ["car", "home"]}
    assert (source.settings.missing, dict(source.settings.monotone)) == (-9.0, {"income": -1, "age": 1})
    assert (source.seed, source.id_column, source.bad, source.weight) == (7, "loan", "yes", "w")
    assert source.spelling.nulls == ("n/a",)


def test_a_network_has_its_own_way_and_its_columns_by_commas(ways, riskmodel):
    line = [*LINE[:-1], "small.onnx", "net.onnx", "--target", "bad", "--inputs", " income, age "]
    assert riskmodel(*line, "--method", "neurons", "--criterion", "magnitude", "--keep", "0.5")[0] == 0
    name, (source, _, size, _, _pruner) = asked(ways)
    assert (name, size) == ("network", Size(keep=0.5))
    assert ("income", "age") in vars(source).values()


def test_decisions_are_kept_alike_without_outcomes(ways, riskmodel):
    assert (
        riskmodel(*LINE, "model.txt", "--same-decisions", "0.99", "--cutoff", "0.2", "--unlabelled", "apps.csv")[0] == 0
    )
    name, (rows, _, share, *_) = asked(ways)
    assert (name, share) == ("decisions", (0.99, 0.2))
    assert str(rows.unlabelled) == "apps.csv"


def test_same_decisions_without_a_share_is_a_thousandth_that_may_turn(ways, riskmodel):
    assert riskmodel(*LINE, "model.txt", "--same-decisions", "--cutoff", "0.2")[0] == 0
    assert asked(ways)[1][2] == (0.999, 0.2)


def test_pds_of_a_column_are_learnt_without_a_model(ways, riskmodel):
    assert riskmodel(*LINE, "--teacher-pd", "vendor", "--target", "bad", "--ignore", "x", "--leaves", "50")[0] == 0
    name, (column, *_) = asked(ways)
    assert name == "teacher"
    assert {"vendor", "bad", ("x",)} <= {value for value in vars(column).values() if isinstance(value, str | tuple)}


def test_features_that_must_stay_or_go_are_options_of_the_method(ways, riskmodel):
    line = ["--method", "remove_without_refit", "--keep", "5", "--must-keep", "income", "--must-drop", "age"]
    code, _, err = riskmodel(*OF_TREES, *line, "--must-drop", "zip")
    if code:
        pytest.fail(err)
    assert asked(ways)[1][7] == {"must_keep": ("income",), "must_drop": ("age", "zip")}


@pytest.mark.parametrize("way", ["trees", "decisions"])
@pytest.mark.parametrize(("confirmed", "code"), [(True, 0), (False, NOTHING_SMALLER)])
def test_the_exit_code_says_whether_something_smaller_is_shown(way, confirmed, code, ways, riskmodel):
    ways[way].answer = SimpleNamespace(confirmed=confirmed)
    line = OF_TREES if way == "trees" else [*LINE, "model.txt", "--same-decisions", "0.99", "--cutoff", "0.2"]
    assert riskmodel(*line)[0] == code


def test_as_json_it_prints_the_change_and_nothing_else(ways, riskmodel):
    assert riskmodel(*OF_TREES, "--json")[:2] == (0, "as json\n")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (["--seed", "-1"], "--seed"),
        (["--leaves", "many"], "--leaves"),
        (["--keep", "0.5", "--leaves", "9"], "keep"),
        (["--weight", "w", "--same-decisions", "2"], "same"),
        (["--criterion", "magnitude"], "criterion"),
        (["--must-keep", "income"], "must"),
    ],
)
def test_what_cannot_be_asked_goes_no_way(line, why, ways, riskmodel):
    code, _, err = riskmodel(*OF_TREES, *line)
    assert code in (1, 2)
    assert why in err
    assert not any(way.calls for way in ways.values())
