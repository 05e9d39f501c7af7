"""A long job says what it will do before it begins, and shows each size that is made."""

from io import StringIO
from types import SimpleNamespace

import foreign
import pytest
from rich.console import Console

from riskmodel import pruning
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import alike, path, same_decisions, search, trial_run
from riskmodel.workflows.prune import pruning as jobs
from riskmodel.workflows.prune.decision_rows import DecisionSource
from riskmodel.workflows.prune.size import Size


def test_each_size_is_a_tick(fitted, development):
    scorer, ticks = fitted("lgbm"), []
    made = list(path.cuts(scorer, pruning.make("prefix"), development, [0.5, 0.25], lambda: ticks.append(1)))
    assert len(made) == len(ticks) == 2


def test_as_many_sizes_are_told_as_the_search_makes_at_most():
    for keeps in (path.KEEPS, path.KEEPS[:1], path.KEEPS[:4]):
        counts = []
        for last in (*keeps, 2.0):
            made = []

            def make(keep, last=last, made=made):
                made.append(keep)
                auc = SimpleNamespace(p_value=0.001 if keep >= last else 0.5)
                change = SimpleNamespace(differences={"auc": auc}, deciding={"auc": auc}, p_value=auc.p_value)
                return SimpleNamespace(parts=keep), change

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(search, "deciding", lambda change: change)
                search.smallest(make, keeps)
            counts.append(len(made))
        assert max(counts) == search.most(keeps)


def test_the_work_is_sizes_leaves_and_rows(fitted, development):
    pruner, scorer = pruning.make("group_lasso"), fitted("lgbm")
    of = f"made of {scorer.ensemble.n_leaves:,} leaves, each on 1,500 rows."
    assert path.work_of(scorer, pruner, development, 13) == f"By group_lasso up to 13 sizes are {of}"
    assert path.work_of(scorer, pruner, development, 1) == f"By group_lasso one size is {of}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("told")
    foreign.written(folder)
    return folder


class Begun(Exception):
    """The work would begin now."""


def begin(*_, **__):
    raise Begun


@pytest.fixture
def asked(folder, tmp_path, monkeypatch):
    """Model, rows, output and stages of a job that ends where its work would begin; and what was said until then."""
    monkeypatch.setattr(alike, "smallest", begin)
    monkeypatch.setattr(trial_run, "sizes", begin)
    console = Console(file=StringIO(), width=200)
    return folder / "model.txt", folder / "rows.parquet", tmp_path / "small.txt", Stages(console), console.file


def test_the_work_of_the_same_decisions_is_told_before_it_begins(asked):
    model, rows, output, stages, said = asked
    with pytest.raises(Begun):
        same_decisions.decide_alike(DecisionSource(model, rows, "default"), output, (0.99, None), stages)
    assert "By group_lasso up to 13 sizes are made of " in said.getvalue()


def test_the_work_of_a_search_is_told_before_it_begins(asked):
    model, rows, output, stages, said = asked
    with pytest.raises(Begun):
        jobs.prune(jobs.Source(model, rows, "default"), output, Size(), stages, "remove_without_refit")
    assert "By remove_without_refit up to 3 sizes are made of " in said.getvalue()
