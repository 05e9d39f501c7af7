"""Pruning a file that somebody else trained: what is written, and that the plain library agrees."""

import json

import lightgbm
import numpy as np
import pytest
import xgboost
from foreign import FILES, LEVELS, NAMES, frame
from samples import drawn
from scipy.special import expit

from riskmodel import pruning, scorers
from riskmodel.core import Calibration, PruningPlan
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.fidelity import aligned
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import pruning as job
from riskmodel.workflows.prune.bound import bound
from riskmodel.workflows.prune.path import Cut, native, path, tree_pruner
from riskmodel.workflows.prune.pruning import Size, Source

pytestmark = pytest.mark.usefixtures("few_sizes")
PLANLESS = PruningPlan("x", {}, "other", 0.4, (), (), (), "")  # tells neither trees nor nodes


def by_the_library(file, table):
    """PDs as somebody gets them who has never heard of us."""
    if file.suffix == ".txt":
        return lightgbm.Booster(model_file=str(file)).predict(table[NAMES])
    booster = xgboost.Booster(model_file=str(file))
    return booster.predict(xgboost.DMatrix(table[NAMES], enable_categorical=True))


def source(folder, name="model.txt", **changed):
    return Source(**{"model": folder / name, "data": folder / "rows.parquet", "target": "default", **changed})


@pytest.fixture(scope="module", params=FILES)
def pruned(request, folder, few_sizes):
    """One finished pruning of each format."""
    output = folder / f"small-{request.param}"
    return job.prune(source(folder, request.param), output, Size(keep=0.3), Stages()), output


def test_it_writes_a_smaller_model_in_the_same_format_with_plan_and_page(pruned, folder):
    frontier, output = pruned
    given = scorers.open_native(folder / output.name.removeprefix("small-"))
    small = scorers.open_native(output)
    assert small.ensemble.n_leaves == frontier.written.leaves <= 0.3 * given.ensemble.n_leaves
    assert small.features == given.features
    assert output.read_bytes()[:2] == (folder / output.name.removeprefix("small-")).read_bytes()[:2]
    plan = json.loads(output.with_name(f"{output.name}.plan.json").read_text())
    assert plan["plan"]["pruner"] == frontier.method
    assert plan["certificate"]["fidelity"]["rows"] == 520
    assert output.with_name(f"{output.name}.html").read_text().startswith("<!doctype html>")
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_the_plain_library_gives_the_recalibrated_pds(pruned, folder):
    _, output = pruned
    given, fresh = folder / output.name.removeprefix("small-"), frame(1500, 13)
    before, after = by_the_library(given, fresh), by_the_library(output, fresh)
    assert abs(after.mean() - before.mean()) < 0.01
    line = np.polyfit(np.log(after / (1 - after)), np.log(before / (1 - before)), 1)
    assert abs(line[0] - 1) < 0.25  # without the line the slope of a cut model is far from 1


def test_the_written_file_scores_as_our_own_reading_of_it_with_reordered_levels_and_unseen_ones(pruned):
    _, output = pruned
    fresh = frame(300, 14)
    fresh["purpose"] = fresh["purpose"].cat.reorder_categories(list(reversed(LEVELS)))
    ours = scorers.open_native(output)
    codes = fresh["purpose"].map({level: i for i, level in enumerate(LEVELS)}).astype(float)
    margins = ours.ensemble.margins(fresh.assign(purpose=codes)[NAMES].to_numpy(np.float64))
    np.testing.assert_allclose(by_the_library(output, fresh), expit(margins), atol=1e-5)
    if output.suffix == ".txt":  # XGBoost refuses a level that it has not seen
        fresh["purpose"] = fresh["purpose"].cat.rename_categories({"boat": "yacht"})
        unseen = codes.where(fresh["purpose"] != "yacht")
        margins = ours.ensemble.margins(fresh.assign(purpose=unseen)[NAMES].to_numpy(np.float64))
        np.testing.assert_allclose(by_the_library(output, fresh), expit(margins), atol=1e-9)


def test_no_row_moves_further_than_the_certificate_allows(pruned, folder):
    frontier, output = pruned
    given = scorers.open_native(folder / output.name.removeprefix("small-"))
    fresh = drawn(2000, 15).matrix
    apart = np.abs(given.raw_margin(fresh) - scorers.open_native(output).raw_margin(fresh))
    assert apart.max() <= frontier.certificate.margin_bound + 1e-5
    assert frontier.certificate.parity_error <= frontier.certificate.parity_tolerance
    assert frontier.certificate.additivity_error < 1e-5


@pytest.mark.parametrize(
    "method", ["prefix", "trees", "collapse", "group_lasso", "level_scaling", "lossless", "distil", "max_interaction"]
)
def test_every_bound_is_sound_and_a_plan_that_names_its_nodes_has_a_tighter_one(method, fitted, development, fresh):
    given = Cut("given", "given", 1.0, fitted("lgbm"), None)
    for cut in path(given.scorer, tree_pruner(method), development, [0.4])[:1]:
        apart = np.abs(given.scorer.ensemble.margins(fresh.matrix) - cut.scorer.ensemble.margins(fresh.matrix))
        loosest = bound(given, Cut(cut.name, cut.method, cut.keep, cut.scorer, PLANLESS))
        assert apart.max() <= bound(given, cut) <= loosest
        if method in ("prefix", "trees", "collapse", "group_lasso", "level_scaling"):
            assert bound(given, cut) < loosest
    assert bound(given, given) == 0


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_of_a_single_tree_the_bound_is_what_some_row_moves_by(kind, fitted, development, fresh):
    scorer = fitted(kind).recalibrated(Calibration())
    given = Cut("given", "given", 1.0, scorer.with_ensemble(scorer.ensemble.keep_trees([0])), None)
    cut = path(given.scorer, tree_pruner("collapse"), development, [0.5])[0]
    apart = np.abs(given.scorer.ensemble.margins(fresh.matrix) - cut.scorer.ensemble.margins(fresh.matrix))
    assert apart.max() == pytest.approx(bound(given, cut), rel=1e-5)


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_the_line_is_folded_into_the_leaves_exactly(kind, fitted, development, fresh):
    given = fitted(kind)
    pruner = tree_pruner("prefix")
    cut = pruner.apply(pruner.plan(given, development, 0.3), given, development)
    folded, line = (
        native(given, cut, development),
        aligned(cut.raw_margin(development.tune.matrix), given.score(development.tune)),
    )
    assert line.slope > 1.2  # a few trees of a slow learner are timid
    np.testing.assert_allclose(folded.margin(fresh.matrix), line(cut.raw_margin(fresh.matrix)), atol=1e-5)
    assert folded.score(development.tune).mean() == pytest.approx(given.score(development.tune).mean(), abs=1e-6)


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
@pytest.mark.parametrize("method", pruning.names())
def test_every_pruner_of_trees_serves_and_the_others_are_told(method, kind, fitted, development, fresh):
    given = fitted(kind)
    made = pruning.make(method)
    if made.unit in ("feature", "member", "neuron", "number", "weight") or not made.same_kind:
        with pytest.raises(RiskModelError, match="method must prune trees"):
            tree_pruner(method)
        return
    ours, *rivals = path(given, tree_pruner(method), development, [0.5])
    assert ours.trees.n_leaves <= given.ensemble.n_leaves
    assert [rival.method for rival in rivals] == [name for name in ("prefix", "retrain") if name != method]
    parity = np.abs(ours.scorer.native_margin(fresh.matrix) - ours.trees.margins(fresh.matrix)).max()
    assert parity < 1e-5


def test_rivals_stand_beside_each_size_with_no_more_leaves(pruned):
    frontier, _ = pruned
    for size in ("0.5", "0.3", "0.15"):
        ours, *rivals = [point for point in frontier.points if point.name.endswith(f"@{size}")]
        assert [rival.method for rival in rivals] == ["prefix", "retrain"]
        assert all(rival.leaves <= ours.leaves for rival in rivals)
    assert [point.name.partition("@")[2] for point in frontier.tested] == ["", "0.3", "0.3", "0.3"]


def test_the_same_input_gives_the_same_bytes(pruned, folder, tmp_path):
    _, output = pruned
    again = tmp_path / output.name
    job.prune(source(folder, output.name.removeprefix("small-")), again, Size(keep=0.3), Stages())
    for suffix in ("", ".plan.json", ".html"):
        here, there = (place.with_name(place.name + suffix) for place in (output, again))
        assert here.read_bytes() == there.read_bytes(), suffix


def test_native_keeps_names_and_levels_whatever_made_the_trees(fitted, development):
    given = fitted("lgbm")
    retrained = native(given, given.refit(development, given.features, 0.3), development)
    header = given.model.decode().split("tree_sizes")[0]
    assert retrained.model.decode().startswith(header)
    assert retrained.calibration.slope == 1


def test_leaves_set_the_size_and_a_wide_margin_takes_the_smallest(folder, tmp_path):
    asked = job.prune(source(folder), tmp_path / "a.txt", Size(leaves=30), Stages(), "prefix")
    assert asked.written.leaves == 28  # four trees of seven
    wide = job.prune(source(folder), tmp_path / "b.txt", Size(margin=0.5), Stages(), "prefix")
    assert wide.chosen == "prefix@0.15"


def test_where_nothing_is_shown_to_be_no_worse_the_model_stays_byte_for_byte(folder, tmp_path):
    frontier = job.prune(source(folder, "model.ubj"), tmp_path / "same.ubj", Size(margin=1e-9), Stages(), "prefix")
    assert frontier.chosen == "given"
    assert (tmp_path / "same.ubj").read_bytes() == (folder / "model.ubj").read_bytes()
    assert frontier.change.differences["auc"].delta == 0
    assert "stays as it is" in frontier.reached


def test_poisoned_test_rows_change_neither_choice_nor_model(folder, tmp_path, monkeypatch):
    from dataclasses import replace

    from riskmodel.core import Sealed
    from riskmodel.datasets.split import cut

    first = job.prune(source(folder), tmp_path / "a.txt", Size(margin=0.02), Stages(), "prefix")
    turned = lambda sample: Sealed(replace(sample, default=(1 - sample.default).astype(np.int8)))  # noqa: E731
    monkeypatch.setattr(cut, "Sealed", turned)
    second = job.prune(source(folder), tmp_path / "b.txt", Size(margin=0.02), Stages(), "prefix")
    assert first.points == second.points
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()
    assert first.change != second.change
