"""From two bundles to one that buys what is dear for the undecided alone; at every door that scores."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from batch.books import applications
from samples import FEATURES, drawn

from riskmodel import bundle, scorers
from riskmodel.config import DecisionMargins
from riskmodel.core import Policy, RowSketch, Verdict
from riskmodel.errors import DataError, RiskModelError
from riskmodel.serving import DecisionModel
from riskmodel.workflows.cascade import as_json, cascade
from riskmodel.workflows.review.rows import Columns

POLICY = Policy(0.5, 0.5, (0.05, 0.1, 0.2))
MARGINS = {"auc": 0.03, "brier": 0.02, "log_loss": 0.05, "mean_pd": 1.2, "rare_faults": "assumed absent"}
MARGINS["rare_faults_reason"] = "this is a test of another thing"
TARGET = Columns(target="bad")


@pytest.fixture(scope="module")
def saved(fitted, development, tmp_path_factory):
    """A full model, and a cheap one that does without the months, which a vendor is paid for."""
    place = tmp_path_factory.mktemp("models")
    columns = tuple(replace(c, cost=2.0, vendor="register") if c.name == "months" else c for c in FEATURES)
    full = replace(fitted("lgbm"), features=columns)
    cheap = full.refit(development, [c for c in columns if c.name != "months"])
    lineage = {"id": "loan", "margins": MARGINS}
    for name, scorer in (("full", full), ("cheap", cheap)):
        bundle.save(bundle.pack(scorer, POLICY, lineage, {}), place / name)
    frame = labelled(6001, 77)
    frame.to_parquet(place / "new.parquet")
    return place


def labelled(rows, seed):
    sample = drawn(rows, seed)
    columns = {column.name: sample.matrix[:, i] for i, column in enumerate(FEATURES)}
    columns["purpose"] = [FEATURES[2].categories[int(code)] for code in sample.matrix[:, 2]]
    return pd.DataFrame({**columns, "bad": sample.default})


@pytest.fixture(scope="module")
def made(saved):
    return cascade(
        saved / "cheap",
        saved / "full",
        saved / "new.parquet",
        TARGET,
        0.03,
        output=saved / "both",
        applications=1000,
        margins=DecisionMargins(approved_bad_rate=1.1),
    )


def test_the_band_holds_its_target_and_other_rows_judge_it(saved, made):
    assert made.band.upper <= 0.03
    assert 0 < made.low < 0.5 < made.high < 1
    trial = made.trial
    assert (made.band.rows, trial.rows) == (3001, 3000)
    assert trial.verdict is Verdict.NON_INFERIOR
    assert list(trial.change.deciding) == ["decisions", "approved_bad_rate"]
    assert trial.change.differences["decisions"].margin == 0.06
    assert trial.auc["cheap"].value < trial.auc["cascade"].value
    assert trial.differing_upper < 0.05
    assert trial.price.full == 2.0
    assert trial.price.cascade.value == pytest.approx(2.0 * trial.bought_share.value)
    assert trial.price.saving.low <= trial.price.saving.value <= trial.price.saving.high
    assert trial.price.saving_a_year.value == pytest.approx(1000 * trial.price.saving.value)
    assert 0.05 < trial.bought_share.value < 0.5
    assert json.loads(as_json(made))["bought"] == ["months"]


def test_the_bundle_says_of_what_it_was_made(saved, made):
    both = bundle.read(saved / "both")
    assert made.written
    assert (both.kind, both.policy, both.lineage["id"]) == ("cascade", POLICY, "loan")
    record = both.lineage["cascade"]
    assert (record["cheap"], record["full"]) == tuple(bundle.read(saved / name).sha256 for name in ("cheap", "full"))
    assert record["band"]["differing"] == made.band.differing
    scorer = scorers.unpacked(both)
    assert (scorer.low, scorer.high) == (made.low, made.high)
    assert scorer.bought_share == pytest.approx(1 - made.band.left / made.band.rows)


def test_score_sets_aside_what_must_be_bought_for_and_then_scores_it(saved, made, tmp_path, riskmodel):
    book = applications(500, 9)
    bare = book.set_column(book.column_names.index("months"), "months", [pd.array([None] * 500, dtype="Float64")])
    pq.write_table(bare, tmp_path / "bare.parquet")
    pq.write_table(book, tmp_path / "book.parquet")
    for name in ("bare", "book"):
        arguments = ["--model", saved / "both", "--input", tmp_path / f"{name}.parquet", "--output", tmp_path / name]
        assert riskmodel("--quiet", "score", *arguments)[0] == 0
    first, whole = (pd.read_parquet(next((tmp_path / name).glob("part-*.parquet"))) for name in ("bare", "book"))
    aside = pd.concat(map(pd.read_parquet, (tmp_path / "bare" / "quarantine").glob("*.parquet")))
    assert len(whole) == 500 == len(first) + len(aside)
    assert 50 < len(aside) < 450
    assert set(aside["why"]) == {"the cascade leaves it open: must have a value of months"}
    pd.testing.assert_frame_equal(first, whole[whole["id"].isin(first["id"])].reset_index(drop=True))
    service = DecisionModel.from_bundle(bundle.read(saved / "both"))
    open_ids = set(aside["id"])
    by_id = dict(zip(whole["id"], whole["pd"], strict=True))
    records = bare.slice(0, 60).to_pylist()
    for record, alone in zip(records, service.decisions(records), strict=True):
        answer = service.decide(record)
        assert answer.decision == alone
        if record["loan"] in open_ids:
            assert answer.decision is None
            assert answer.why == ("the cascade leaves it open: must have a value of months",)
        else:
            assert answer.pd == pytest.approx(by_id[record["loan"]], abs=1e-12)


def test_native_formats_are_refused_in_one_line(saved, made, tmp_path, riskmodel):
    for form in ("onnx", "native", "sql", "c", "scorecard"):
        code, _, err = riskmodel("--quiet", "export", saved / "both", "--format", form, "--output", tmp_path / form)
        assert (code in (1, 2), err.strip().count("\n"), "riskmodel's own" in err) == (True, 0, False), (form, err)
        assert "cascade" in err or code == 2
    code, _, err = riskmodel("--quiet", "narrow", saved / "both", "--output", tmp_path / "narrow")
    assert (code, err.count("\n"), "cascade" in err) == (1, 1, True)


def test_on_the_command_line(saved, tmp_path, riskmodel):
    common = ["cascade", "--cheap", saved / "cheap", "--full", saved / "full", "--data", saved / "new.parquet"]
    common += ["--target", "bad", "--output", tmp_path / "out"]
    code, out, _ = riskmodel(*common, "--differ", "0.03", "--bad-rate-margin", "1.1")
    assert (code, (tmp_path / "out").is_dir(), "saving: " in out, "Bought there alone: months" in out) == (0, 1, 1, 1)
    assert "judged by decisions that differ and bad rate of the approved" in out
    assert "non-inferior (does not decide)" in out
    code, out, _ = riskmodel(*common[:-2], "--differ", "0.03", "--judged-by", "scores")
    assert (code, "judged by auc and brier score and log-loss and mean pd" in out, "not decide" in out) == (0, 1, 0)
    code, out, _ = riskmodel(*common[:-1], tmp_path / "none", "--differ", "0.0005", "--json")
    assert (code, json.loads(out)["band"], (tmp_path / "none").exists()) == (3, None, False)
    code, _, err = riskmodel(*common, "--differ", "0.03", "--decisions-margin", "0.03")
    assert (code, err.count("\n"), "must be above 0.03, however: 0.03" in err) == (1, 1, True)
    assert riskmodel(*common, "--judged-by", "scores", "--bad-rate-margin", "1.1")[0] == 2
    code, _, err = riskmodel(*common, "--differ", "1.5")
    assert (code, err.count("\n"), "must be in (0, 1), however: 1.5" in err) == (1, 1, True)


def test_with_rows_of_their_own_all_of_the_data_sets_the_band(saved, made, tmp_path):
    labelled(2001, 5).to_csv(tmp_path / "test.csv", index=False)
    report = cascade(saved / "cheap", saved / "full", saved / "new.parquet", TARGET, 0.03, test=tmp_path / "test.csv")
    assert (report.band.rows, report.trial.rows, report.written) == (6001, 2001, False)


def test_rows_of_development_are_refused(saved, fitted, development, tmp_path):
    sketch = RowSketch.of("salt", development.train.matrix, development.tune.matrix)
    bundle.save(bundle.pack(fitted("lgbm"), POLICY, {}, {}, development_rows=sketch), tmp_path / "full")
    sample = development.train
    frame = pd.DataFrame({c.name: sample.matrix[:, i] for i, c in enumerate(FEATURES)})
    frame["purpose"] = [FEATURES[2].categories[int(code)] for code in sample.matrix[:, 2]]
    frame.assign(bad=sample.default).to_csv(tmp_path / "train.csv", index=False)
    with pytest.raises(DataError, match=r"rows must be new to the model, however: \d+ of \d+ were in its development"):
        cascade(saved / "cheap", tmp_path / "full", tmp_path / "train.csv", TARGET)


def test_a_model_file_has_no_cutoff(saved, fitted, tmp_path):
    (tmp_path / "m.txt").write_bytes(fitted("lgbm").model)
    with pytest.raises(RiskModelError, match="must be a bundle, however: it is a model file"):
        cascade(tmp_path / "m.txt", saved / "full", saved / "new.parquet", TARGET)


def test_rows_whose_bought_columns_are_all_empty_are_not_counted(saved, tmp_path):
    frame = labelled(3001, 6)
    frame.loc[:499, "months"] = np.nan
    frame.to_parquet(tmp_path / "some.parquet")
    report = cascade(saved / "cheap", saved / "full", tmp_path / "some.parquet", TARGET, 0.05)
    assert report.aside == 500
    assert report.band.rows + report.trial.rows == 2501
