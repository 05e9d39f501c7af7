"""Pruning a file that somebody else trained: what is written, and that the plain library agrees."""

import json
from dataclasses import replace
from io import StringIO

import lightgbm
import numpy as np
import pytest
import xgboost
from foreign import FILES, LEVELS, NAMES, frame
from rich.console import Console
from samples import drawn
from scipy.special import expit

from riskmodel import pruning, scorers
from riskmodel.cli.render.prune import summary
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.fidelity import aligned
from riskmodel.files.beside import owned
from riskmodel.review.reports.frontier import rows
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import pruning as job
from riskmodel.workflows.prune.path import UNITS, cuts, native, rivals, tree_pruner
from riskmodel.workflows.prune.pruning import Size, Source

pytestmark = pytest.mark.usefixtures("few_sizes")


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
    return job.prune(source(folder, request.param), output, Size(keep=0.3), Stages(), anyway=True), output


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
    small_changes = plan["small_changes"]
    assert (small_changes["rows"], small_changes["change"]) == (520, 0.01)
    assert small_changes["given"]["way"] == small_changes["written"]["way"] == "exact"
    assert small_changes["written"]["turned"] == small_changes["written"]["not_excluded"]
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
    if made.unit not in UNITS or not (made.same_kind and made.same_columns):
        with pytest.raises(RiskModelError, match="method must prune trees"):
            tree_pruner(method)
        return
    (ours,) = cuts(given, tree_pruner(method), development, [0.5])
    assert ours.trees.n_leaves <= given.ensemble.n_leaves
    assert [rival.method for rival in rivals(given, ours, development)] == [
        name for name in ("prefix", "retrain") if name != method
    ]
    parity = np.abs(ours.scorer.native_margin(fresh.matrix) - ours.trees.margins(fresh.matrix)).max()
    assert parity < 1e-5


def test_a_given_size_makes_that_size_and_its_rivals_alone(pruned):
    frontier, _ = pruned
    given, ours, *rivals = frontier.points
    assert [point.method for point in (given, ours, *rivals)] == ["given", frontier.method, "prefix", "retrain"]
    assert {point.keep for point in (ours, *rivals)} == {0.3}
    assert all(rival.leaves <= ours.leaves for rival in rivals)
    assert [point.name for point in frontier.tested] == [point.name for point in frontier.points]


def test_the_same_input_gives_the_same_bytes(pruned, folder, tmp_path):
    _, output = pruned
    again = tmp_path / output.name
    job.prune(source(folder, output.name.removeprefix("small-")), again, Size(keep=0.3), Stages(), anyway=True)
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
    asked = job.prune(source(folder), tmp_path / "a.txt", Size(leaves=30), Stages(), "prefix", anyway=True)
    assert asked.written.leaves == 28  # four trees of seven
    wide = job.prune(source(folder), tmp_path / "b.txt", Size(margin=0.5), Stages(), "prefix", anyway=True)
    assert wide.chosen == "prefix@0.15"
    assert wide.asked[-1] == "prefix@0.15"


def test_where_nothing_is_confirmed_the_page_alone_is_written(folder, tmp_path):
    frontier = job.prune(source(folder, "model.ubj"), tmp_path / "s.ubj", Size(margin=1e-9), Stages(), "prefix")
    assert not frontier.confirmed
    assert [path.name for path in tmp_path.iterdir()] == ["s.ubj.html"]
    assert "Not confirmed" in (tmp_path / "s.ubj.html").read_text()
    assert "NOT CONFIRMED: nothing smaller was shown to be no worse" in frontier.reached


def test_anyway_writes_the_model_and_marks_plan_and_page(folder, tmp_path):
    output = tmp_path / "s.ubj"
    frontier = job.prune(source(folder, "model.ubj"), output, Size(margin=1e-9), Stages(), "prefix", anyway=True)
    assert scorers.open_native(output).ensemble.n_leaves == frontier.written.leaves < frontier.given.leaves
    plan = json.loads((tmp_path / "s.ubj.plan.json").read_text())
    assert plan["confirmed"] is False
    assert "NOT CONFIRMED" in plan["reached"]
    assert "Not confirmed" in (tmp_path / "s.ubj.html").read_text()


def test_a_model_that_loses_nothing_is_not_a_smaller_one(folder, tmp_path):
    frontier = job.prune(source(folder), tmp_path / "s.txt", Size(keep=1.0), Stages(), "prefix")
    assert (frontier.confirmed, frontier.asked) == (False, ())
    assert "it is not smaller than the given model" in frontier.reached
    assert not (tmp_path / "s.txt").exists()


def test_an_identical_model_is_called_identical_on_the_page_and_in_the_terminal(folder, tmp_path):
    frontier = job.prune(source(folder), tmp_path / "s.txt", Size(keep=1.0), Stages(), "prefix")
    page, printed = (tmp_path / "s.txt.html").read_text(), Console(width=80, file=StringIO())
    summary(frontier, tmp_path / "s.txt", printed, written=False)
    assert "Identical: nothing to show" in page
    assert "margin 0.005): identical." in printed.file.getvalue()
    assert [row["verdict"] for row in rows(frontier.points)][:2] == ["given", "identical"]


def test_where_another_run_writes_no_work_begins(folder, tmp_path):
    output = tmp_path / "s.txt"
    no_data = replace(source(folder), data=tmp_path / "none.parquet")
    with owned(output), pytest.raises(RiskModelError, match="another"):
        job.prune(no_data, output, Size(keep=0.5), Stages())


def test_poisoned_test_rows_change_neither_the_chain_nor_what_selection_says(folder, tmp_path, monkeypatch):
    from riskmodel.core import Sealed
    from riskmodel.datasets.split import cut

    first = job.prune(source(folder), tmp_path / "a.txt", Size(margin=0.02), Stages(), "prefix", anyway=True)
    turned = lambda sample: Sealed(replace(sample, default=(1 - sample.default).astype(np.int8)))  # noqa: E731
    monkeypatch.setattr(cut, "Sealed", turned)
    second = job.prune(source(folder), tmp_path / "b.txt", Size(margin=0.02), Stages(), "prefix", anyway=True)
    assert first.asked == second.asked
    by_name = {point.name: point for point in second.points}
    assert all(by_name[point.name] == point for point in first.points if point.name in by_name)
    assert first.change != second.change
