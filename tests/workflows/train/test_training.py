"""The main job from a TOML to a report: what it leaves, that it repeats itself, and that nothing sees test rows."""

import csv
import itertools
import json
import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from small_run import written

from riskmodel import bundle, scorers, tracking
from riskmodel.batch import timing
from riskmodel.config import Margins
from riskmodel.core import Sealed
from riskmodel.datasets.split import cut
from riskmodel.errors import RiskModelError
from riskmodel.evaluation import measure
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import develop
from riskmodel.workflows.train import training as job

TIMINGS = {"p50_us", "p99_us", "rows_per_s"}


def rows_of(folder):
    with (folder / "trade_off.csv").open() as file:
        return list(csv.DictReader(file))


def untimed(folder):
    return [{key: value for key, value in row.items() if key not in TIMINGS} for row in rows_of(folder)]


def test_it_leaves_a_whole_report(done):
    study, folder = done
    expected = {"trade_off.csv", "trade_off.html", "review.html", "review.json", "run.json", "choice.json"}
    assert expected <= {path.name for path in folder.iterdir()}
    assert {row["variant"] for row in rows_of(folder)} == set(study.variants)
    assert len(list((folder / "plans").iterdir())) == sum(len(v.plans) for v in study.variants.values()) == 6
    assert [row["chosen"] for row in rows_of(folder)].count("true") == 1


def test_every_variant_is_a_bundle_that_scores_as_it_did(done):
    study, folder = done
    rows = np.random.default_rng(0).normal(size=(50, 40))
    for name, variant in study.variants.items():
        saved = bundle.read(folder / "bundles" / name.replace("/", "__"))
        scorer = scorers.unpacked(saved)
        assert scorer.sha256 == saved.scorer_sha256 == variant.scorer.sha256
        matrix = np.abs(rows[:, : len(scorer.features)])
        np.testing.assert_array_equal(scorer.pd(matrix), variant.scorer.pd(matrix))
    assert bundle.read(folder / "chosen").lineage["variant"] == study.trade_off.chosen


def test_the_champion_is_unpruned_and_the_choice_is_no_worse(done):
    study, _ = done
    assert not study.variants[study.trade_off.champion].plans
    if study.trade_off.chosen != study.trade_off.champion:
        assert study.trade_off.verdicts[study.trade_off.chosen] == "non-inferior"
        assert study.confirmation is not None
        assert set(study.tested) == {study.trade_off.champion, study.trade_off.chosen}


def test_pruned_variants_cost_less(done):
    study, _ = done
    for name, variant in study.variants.items():
        if variant.plans:
            whole = study.variants[variant.family].scorer.complexity()
            assert variant.scorer.complexity().leaves < whole.leaves, name


@pytest.fixture
def busy():
    """Another process that takes a core for itself."""
    spinning = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    yield
    spinning.kill()
    spinning.wait()


@pytest.mark.usefixtures("busy")
def test_the_same_toml_and_seed_give_the_same_bytes_under_load_and_by_a_clock_that_lies(
    done, tmp_path, store, monkeypatch
):
    _, folder = done
    ticks, draw = itertools.count(), np.random.default_rng(0)
    monkeypatch.setattr(timing, "measure", partial(measure, clock=lambda: next(ticks) + int(draw.pareto(0.5) * 1e7)))
    _, again = job.train(written(tmp_path), tmp_path / "report", store, Stages())
    assert (folder / "choice.json").read_bytes() == (again / "choice.json").read_bytes()
    for kind in ("plans", "bundles"):
        files = sorted(path.relative_to(folder) for path in (folder / kind).rglob("*") if path.is_file())
        assert files
        assert all((folder / path).read_bytes() == (again / path).read_bytes() for path in files)
    assert untimed(folder) == untimed(again)


def test_another_seed_deals_development_afresh(done, tmp_path, store):
    _, folder = done
    _, other = job.train(written(tmp_path, seed="4", keep="[0.5]"), tmp_path / "report", store, Stages())
    samples = [json.loads((where / "run.json").read_text())["samples"] for where in (folder, other)]
    assert all(samples[0][name]["sha256"] != samples[1][name]["sha256"] for name in ("train", "tune"))
    assert all(samples[0][name] == samples[1][name] for name in ("selection", "test"))  # dates alone decide these


def test_a_poisoned_test_sample_changes_no_decision(done, tmp_path, store, monkeypatch):
    """Every outcome of the test sample is turned round and its features are shuffled: only its own figures move."""
    study, folder = done

    def poisoned(sample):
        turned = (1 - sample.default).astype(np.int8)
        return Sealed(replace(sample, default=turned, matrix=sample.matrix[::-1].copy()))

    monkeypatch.setattr(cut, "Sealed", poisoned)
    other, again = job.train(written(tmp_path), tmp_path / "report", store, Stages())
    assert untimed(folder) == untimed(again)
    assert study.trade_off.champion == other.trade_off.champion
    assert study.trade_off.changes == other.trade_off.changes
    assert study.trade_off.verdicts == other.trade_off.verdicts
    for path in (folder / "plans").iterdir():
        assert path.read_bytes() == (again / "plans" / path.name).read_bytes()
    champion = study.trade_off.champion
    assert study.tested[champion].figures["auc"] != other.tested[champion].figures["auc"]


def test_a_report_of_an_earlier_run_is_replaced_and_other_files_are_not(done, tmp_path, store):
    toml = written(tmp_path, keep="[0.5]")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(RiskModelError, match="holds other files"):
        job.train(toml, tmp_path / "mine", store, Stages())
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_what_ends_a_run_early_leaves_nothing(tmp_path, store, monkeypatch, error):
    def ended(*_, **__):
        raise error

    toml = written(tmp_path, keep="[0.5]")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    monkeypatch.setattr(job, "save", ended)
    with pytest.raises((KeyboardInterrupt, OSError)):
        job.train(toml, tmp_path / "report", store, Stages())
    left = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path: content for path, content in left.items() if "checkpoints" not in str(path)} == before


def test_a_run_that_was_stopped_goes_on_with_the_same_bytes_and_fits_nothing_twice(done, tmp_path, store, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    _, folder = done
    toml = written(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(job, "save", stopped)
        with pytest.raises(KeyboardInterrupt, match="train --resume goes on"):
            job.train(toml, tmp_path / "report", store, Stages())
    kept = sorted((tmp_path / ".report.riskmodel-checkpoints").iterdir())
    (kept[0] / "variant.json").write_bytes(b"")  # torn by a power cut: made again
    made = []
    real = develop._recalibrated
    monkeypatch.setattr(develop, "_recalibrated", lambda *arguments: made.append(1) or real(*arguments))
    _, again = job.train(toml, tmp_path / "report", store, Stages(), resume=True)
    assert 1 <= len(made) < len(kept)
    for kind in ("plans", "bundles"):
        files = sorted(path.relative_to(folder) for path in (folder / kind).rglob("*") if path.is_file())
        assert all((folder / path).read_bytes() == (again / path).read_bytes() for path in files)
    assert untimed(folder) == untimed(again)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_bundles_carry_the_margins_as_figures_that_a_review_can_take(done):
    """Not the shares of the run's TOML: a review has no tune sample to fix them on."""
    _, folder = done
    for path in (folder / "bundles").iterdir():
        written = json.loads((path / "manifest.json").read_text())["lineage"]["margins"]
        assert Margins.model_validate(written).auc > 0


def test_a_store_that_fails_at_the_end_loses_nothing_and_gets_the_report_later(tmp_path, monkeypatch, riskmodel):
    """The training is complete, one line says how to send it, and that works."""

    def locked(*_, **__):
        raise ValueError("database is locked\nand more")

    toml, uri = written(tmp_path, keep="[0.5]"), f"sqlite:///{tmp_path / 'mlflow.db'}"
    arguments = ("--quiet", "train", toml, "--output", tmp_path / "report", "--store", uri)
    with monkeypatch.context() as patch:
        patch.setattr(tracking, "log_report", locked)
        code, out, err = riskmodel(*arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"database is locked; the report is complete in {tmp_path / 'report'}" in err
    assert (tmp_path / "report" / "review.html").is_file()
    first = riskmodel("--quiet", "sync", tmp_path / "report", "--store", uri)
    assert first == riskmodel("--quiet", "sync", tmp_path / "report", "--store", uri)
    assert first[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_what_is_no_report_cannot_be_sent(tmp_path, riskmodel):
    code, _, err = riskmodel("sync", tmp_path, "--store", f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert (code, err.count("\n")) == (1, 1)
    assert "must be a report of riskmodel train" in err
