"""From a bundle and labelled rows to a bundle whose band holds a bad rate; nothing is written where none is shown."""

import json

import pandas as pd
import pytest
from samples import FEATURES, drawn

from riskmodel import bundle
from riskmodel.core import Policy, RowSketch
from riskmodel.errors import DataError, RiskModelError
from riskmodel.workflows.refer import refer
from riskmodel.workflows.review.rows import Columns

POLICY = Policy(0.5, 0.5, (0.05, 0.1, 0.2))


@pytest.fixture
def saved(fitted, tmp_path):
    bundle.save(bundle.pack(fitted("lgbm"), POLICY, {"id": "loan"}, {}), tmp_path / "bundle")
    return tmp_path / "bundle"


def written(sample, path):
    columns = {column.name: sample.matrix[:, i] for i, column in enumerate(FEATURES)}
    columns["purpose"] = [FEATURES[2].categories[int(code)] for code in sample.matrix[:, 2]]
    pd.DataFrame({**columns, "bad": sample.default}).to_csv(path, index=False)
    return path


def test_the_new_bundle_refers_between_the_band_and_the_cutoff(saved, fitted, tmp_path):
    fresh = drawn(4001, 77)
    data = written(fresh, tmp_path / "new.csv")
    referral = refer(saved, data, Columns(target="bad", protected=("purpose",)), 0.1, output=tmp_path / "banded")
    made, before = bundle.read(tmp_path / "banded"), bundle.read(saved)
    assert made.policy.refer_from == referral.controlled.below < made.policy.cutoff == 0.5
    assert made.scorer_sha256 == before.scorer_sha256
    assert made.lineage["referral"]["from_bundle"] == before.sha256
    scores = fitted("lgbm").score(fresh)
    approved = scores < made.policy.refer_from
    whole = referral.all
    assert (whole.approved, whole.bads) == (int(approved.sum()), int(fresh.default[approved].sum()))
    assert whole.approved + whole.referred + whole.declined == len(fresh)
    assert whole.upper <= 0.1
    assert sum(group.rows for group in referral.groups["purpose"]) == len(fresh)
    assert [g.approved for g in referral.curve] == sorted(g.approved for g in referral.curve)


def test_on_the_command_line(saved, tmp_path, riskmodel):
    data = written(drawn(3001, 78), tmp_path / "new.csv")
    common = ["refer", saved, "--data", data, "--target", "bad", "--output", tmp_path / "banded"]
    code, out, _ = riskmodel(*common, "--bad-rate", "0.1")
    assert (code, "Approve below" in out, (tmp_path / "banded").is_dir()) == (0, True, True)
    code, out, _ = riskmodel(*common[:-1], tmp_path / "none", "--bad-rate", "0.0001", "--json")
    assert (code, json.loads(out)["policy"], (tmp_path / "none").exists()) == (3, None, False)
    code, _, err = riskmodel(*common, "--bad-rate", "1.5")
    assert (code, err.count("\n")) == (1, 1)
    assert "must be in (0, 1), however: 1.5" in err


def test_rows_of_development_are_refused(fitted, development, tmp_path):
    sketch = RowSketch.of("salt", development.train.matrix, development.tune.matrix)
    bundle.save(bundle.pack(fitted("lgbm"), POLICY, {}, {}, development_rows=sketch), tmp_path / "bundle")
    data = written(development.train, tmp_path / "train.csv")
    with pytest.raises(DataError, match=r"rows must be new to the model, however: \d+ of \d+ were in its development"):
        refer(tmp_path / "bundle", data, Columns(target="bad"), 0.1)


def test_a_model_file_has_no_cutoff(fitted, tmp_path):
    (tmp_path / "m.txt").write_bytes(fitted("lgbm").model)
    with pytest.raises(RiskModelError, match="must be a bundle, which has a cutoff, however: it is a model file"):
        refer(tmp_path / "m.txt", tmp_path / "new.csv", Columns(target="bad"), 0.1)


def test_a_protected_number_of_many_values_is_cut_into_quarters_and_what_is_missing_is_a_group(saved, tmp_path):
    data = written(drawn(3001, 79), tmp_path / "new.csv")
    referral = refer(saved, data, Columns(target="bad", protected=("income",)), 0.1)
    groups = referral.groups["income"]
    assert len(groups) == 5
    assert sum(group.rows for group in groups) == 3001
    assert "income missing" in {group.name for group in groups}


def test_what_score_sets_aside_is_not_approved(saved, tmp_path):
    fresh = drawn(3001, 80)
    fresh.matrix[:200, 1] = float("inf")
    data = written(fresh, tmp_path / "new.csv")
    referral = refer(saved, data, Columns(target="bad"), 0.1)
    assert (referral.aside, referral.all.rows) == (200, 2801)
    fresh.matrix[:, 1] = float("inf")
    with pytest.raises(DataError, match="it sets all of them aside"):
        refer(saved, written(fresh, tmp_path / "all.csv"), Columns(target="bad"), 0.1)
