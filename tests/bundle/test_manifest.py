"""A manifest that is sealed rightly but says nonsense is refused in one line, whatever it says."""

import random
import shutil
from dataclasses import replace

import mutations
import numpy as np
import pyarrow as pa
import pytest
from batch.books import applications, packed
from pydantic import ValidationError

from riskmodel import bundle, scorers
from riskmodel.batch import Chunk
from riskmodel.bundle.manifest import _PLAIN_NAME, PolicyFacts, ReferenceFacts
from riskmodel.core import Role
from riskmodel.errors import RiskModelError


@pytest.fixture(scope="module")
def saved(fitted, tmp_path_factory):
    place = tmp_path_factory.mktemp("bundles")
    for kind in ("scorecard", "lgbm"):
        bundle.save(packed(fitted(kind)), place / kind)
    return place


@pytest.fixture
def copied(saved, tmp_path):
    shutil.copytree(saved / "scorecard", tmp_path / "copy")
    return tmp_path / "copy"


def scored(folder):
    batch = applications(40, 1).combine_chunks().to_batches()[0]
    return Chunk.from_bundle(bundle.read(folder))(batch, pa.array(np.arange(40)))


CASES = [
    ({"kind": 5}, "kind"),
    ({"kind": "none"}, "kind"),
    ({"policy": None}, "policy"),
    ({"calibration": {"intercept": "x", "slope": 1}}, "calibration.intercept"),
    ({"calibration": None}, "calibration"),
    ({"scoring": {"unseen": "pass"}}, "scoring.unseen"),
    ({"features": [{}]}, "features.0.name"),
    ({"features": []}, "features"),
    ({"reasons": ""}, "reasons"),
    ({"scale": 3}, "scale"),
    ({"scale": {"pdo": 0, "base_odds": 1, "base_points": 1}}, "scale.pdo"),
    ({"reference": {"a": 1}}, "reference"),
    ({"reference": {"typical": {}, "missing": {}, "edges": [0.5], "shares": [1.0]}}, "must have 2 shares"),
    ({"policy": {"cutoff": "x", "refer_from": 0.1, "grade_edges": [0.1]}}, "policy.cutoff"),
    ({"policy": {"cutoff": 0.1, "refer_from": 0.9, "grade_edges": [0.9]}}, "refer_from <= cutoff"),
    ({"policy": {"cutoff": 0.2, "refer_from": 0.1, "grade_edges": [0.9, 0.1]}}, "must rise"),
    ({"lineage": {"id": 3}}, "lineage.id"),
    ({"lineage": []}, "lineage"),
    ({"extra": 1}, "extra"),
]


@pytest.mark.parametrize(("change", "message"), CASES)
def test_what_is_no_manifest_is_told_by_its_place(copied, change, message):
    mutations.write(copied, {**mutations.of(copied), **change}, identify=True)
    with pytest.raises(RiskModelError, match=message) as caught:
        scored(copied)
    assert "\n" not in str(caught.value)


def fuzzed(folder, tries, seed):
    """How many of so many mutated manifests are refused; any error but our own fails."""
    draw, whole, refused = random.Random(seed), mutations.of(folder), 0
    for _ in range(tries):
        change = mutations.mutated(whole, draw)
        mutations.write(folder, change, identify=draw.random() < 0.7)
        line = refusal(folder, change)
        assert "\n" not in line
        assert len(line) < 1000
        refused += bool(line)
    return refused


def refusal(folder, change):
    """The line that a bundle is refused with, empty where it is not."""
    try:
        scored(folder)
    except RiskModelError as error:
        return str(error)
    except Exception as error:
        raise AssertionError(f"{error!r} for {change}") from error
    return ""


@pytest.mark.parametrize("kind", ["scorecard", "lgbm"])
def test_no_mutated_manifest_ends_in_a_traceback(saved, tmp_path, kind):
    shutil.copytree(saved / kind, tmp_path / "copy")
    assert fuzzed(tmp_path / "copy", 150, seed=1) > 60


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("kind", ["scorecard", "lgbm"])
def test_no_one_of_many_more_does(saved, tmp_path, kind):
    shutil.copytree(saved / kind, tmp_path / "copy")
    assert fuzzed(tmp_path / "copy", 5000, seed=2) > 2000


def test_an_exchanged_model_is_refused_whatever_it_claims(saved, fitted, tmp_path):
    """All files are another model's, but for the hash that scored rows would bear."""
    shutil.copytree(saved / "scorecard", tmp_path / "copy")
    approved = mutations.of(tmp_path / "copy")["scorer_sha256"]
    other = fitted("scorecard").recalibrated(type(fitted("scorecard").calibration)(0.5, 0.7))
    bundle.save(packed(other), tmp_path / "other")
    manifest = {**mutations.of(tmp_path / "other"), "scorer_sha256": approved}
    mutations.write(tmp_path / "other", manifest)
    with pytest.raises(RiskModelError, match="the model was exchanged") as refusal:
        bundle.read(tmp_path / "other")
    assert (
        f"the scorer must be {approved[:12]}, as the manifest says, however: its files are {other.sha256[:12]};"
        in str(refusal.value)
    )


def test_an_amount_that_scorers_read_is_a_feature_of_a_bundle(fitted, tmp_path):
    scorer = fitted("lgbm")
    first, *others = scorer.features
    bundle.save(packed(replace(scorer, features=(replace(first, role=Role.AMOUNT), *others))), tmp_path / "model")
    assert scorers.unpacked(bundle.read(tmp_path / "model")).features[0].role is Role.AMOUNT


POLICY = {"cutoff": 0.2, "refer_from": 0.1, "grade_edges": [0.1]}
REFERENCE = {"typical": {}, "missing": {}, "edges": [0.2, 0.4], "shares": [0.5, 0.3, 0.2]}


@pytest.mark.parametrize("change", [{}, {"refer_from": 0.0}, {"refer_from": 0.2}, {"grade_edges": [0.1, 0.10001]}])
def test_a_policy_in_order_is_one_also_at_its_ends(change):
    assert PolicyFacts(**{**POLICY, **change}).cutoff == 0.2


@pytest.mark.parametrize(
    "change", [{"refer_from": -0.01}, {"refer_from": 0.21}, {"grade_edges": [0.1, 0.1]}, {"cutoff": float("nan")}]
)
def test_a_policy_out_of_order_is_none(change):
    with pytest.raises(ValidationError):
        PolicyFacts(**{**POLICY, **change})


@pytest.mark.parametrize(
    "change", [{"cutoff": "0.2"}, {"refer_from": "0.1"}, {"grade_edges": ["0.1"]}, {"cutoff": True}]
)
def test_a_number_is_never_read_out_of_a_text(change):
    with pytest.raises(ValidationError, match="valid number"):
        PolicyFacts(**{**POLICY, **change})


@pytest.mark.parametrize("name", ["model.txt", "a", "_" + "a" * 199])
def test_a_file_has_a_plain_name_of_two_hundred_characters_at_most(name):
    assert _PLAIN_NAME.fullmatch(name)
    assert not _PLAIN_NAME.fullmatch(name + "a" * (201 - len(name)))


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_lies_between_nothing_and_all(share):
    for change in ({"missing": {"age": share}}, {"edges": [share], "shares": []}, {"shares": [share, 0.0, 0.0]}):
        with pytest.raises(ValidationError):
            ReferenceFacts(**{**REFERENCE, **change})
    ReferenceFacts(**{**REFERENCE, "missing": {"age": 0.0, "job": 1.0}, "edges": [0.0, 1.0]})


def test_a_grade_has_a_letter_and_a_bin_a_share():
    PolicyFacts(**{**POLICY, "grade_edges": [i / 100 for i in range(25)]})
    with pytest.raises(ValidationError):
        PolicyFacts(**{**POLICY, "grade_edges": [i / 100 for i in range(26)]})
    assert ReferenceFacts(**REFERENCE).shares == REFERENCE["shares"]
    ReferenceFacts(**{**REFERENCE, "shares": []})
    for shares in ([1.0], [0.5, 0.5], [0.25] * 4):
        with pytest.raises(ValidationError, match="must have 3 shares, however"):
            ReferenceFacts(**{**REFERENCE, "shares": shares})
    most = {**REFERENCE, "edges": [i / 1000 for i in range(1000)], "shares": [0.0] * 1001}
    ReferenceFacts(**most)
    with pytest.raises(ValidationError):
        ReferenceFacts(**{**most, "edges": [i / 1001 for i in range(1001)], "shares": []})
