"""A run's manifest loses no row, its PSI is that of the definition, and another identity is another run."""

from types import SimpleNamespace

import numpy as np
import pytest

from riskmodel.batch.counts import added
from riskmodel.batch.record import check_same, manifest, run, score_psi
from riskmodel.batch.writer import Written
from riskmodel.core import Policy, Reference
from riskmodel.errors import DataError, RiskModelError

EDGES, SHARES = (0.1, 0.3), (0.5, 0.3, 0.2)
REFERENCE = Reference(missing={"income": 0.25}, edges=EDGES, shares=SHARES, rows=1_000)
BUNDLE = SimpleNamespace(policy=Policy(0.3, 0.2, (0.1,)))
ABOUT = {"bundle_sha256": "b", "model_sha256": "m", "inputs": [{"rows": 7}, {"rows": 4}]}
PARTS = [
    Written(0, 7, 5, 2, {"p0": {"bytes": 3, "sha256": "x"}}, {"grades": {"A": 5}, "missing": {"income": 1, "age": 0}}),
    Written(1, 4, 4, 0, {"p1": {"bytes": 9, "sha256": "y"}}, {"grades": {"B": 1, "A": 3}, "missing": {"income": 2}}),
]


def test_the_psi_is_that_of_the_definition():
    counts = {"00": 400, "01": 350, "02": 250}
    here, there = np.array([0.4, 0.35, 0.25]), np.array(SHARES)
    due = ((here - there) * np.log(here / there)).sum()
    assert score_psi(counts, REFERENCE) == pytest.approx(due, rel=1e-9)
    assert score_psi({"00": 500, "01": 300, "02": 200}, REFERENCE) == pytest.approx(0, abs=1e-12)


def test_a_bin_that_nobody_is_in_counts_nobody():
    whole = {"00": 600, "01": 0, "02": 400}
    assert score_psi({"00": 600, "02": 400}, REFERENCE) == score_psi(whole, REFERENCE)
    there = np.array(SHARES) * REFERENCE.rows + 0.5  # half a row in each bin of both, by the rows of development
    here = np.array([600.5, 0.5, 400.5])
    here, there = here / here.sum(), there / there.sum()
    assert score_psi(whole, REFERENCE) == pytest.approx(((here - there) * np.log(here / there)).sum(), rel=1e-9)


def test_without_bins_or_rows_there_is_no_psi():
    assert score_psi({"00": 3}, Reference()) is None
    assert score_psi({}, REFERENCE) is None


def test_every_row_is_scored_or_set_aside():
    written = manifest(ABOUT, BUNDLE, PARTS)
    assert written["rows"] == {"read": 11, "scored": 9, "quarantined": 2}
    assert written["grades"] == {"A": 8, "B": 1}
    assert written["parts"] == [{"name": "p0", "bytes": 3, "sha256": "x"}, {"name": "p1", "bytes": 9, "sha256": "y"}]
    assert written["policy"] == {"cutoff": 0.3, "refer_from": 0.2}
    with pytest.raises(DataError, match="rows read must be rows scored and set aside"):
        manifest({**ABOUT, "inputs": [{"rows": 12}]}, BUNDLE, PARTS)


def test_a_record_tells_missing_shares_beside_those_of_development():
    written = manifest(ABOUT, BUNDLE, PARTS)
    record = run(written, PARTS, REFERENCE, {"all": 1.5}, 2)
    assert record["missing"] == {
        "income": {"share": 3 / 9, "development": 0.25},
        "age": {"share": 0.0, "development": None},
    }
    assert (record["psi"], record["threads"], record["seconds"]) == (None, 2, {"all": 1.5})
    nothing = {**written, "rows": {"read": 2, "scored": 0, "quarantined": 2}}
    assert run(nothing, PARTS, REFERENCE, {}, 1)["missing"]["income"]["share"] is None
    assert record["quarantine"] == added([])["quarantine"] == {}


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("bundle_sha256", "model"),
        ("inputs", "input"),
        ("id", "id"),
        ("part_rows", "size of parts"),
        ("native", "engine"),
    ],
)
def test_another_identity_is_another_run(name, what, tmp_path):
    before = {"bundle_sha256": 1, "inputs": [1], "id": "a", "part_rows": 9, "native": True}
    check_same(tmp_path, before, dict(before))
    with pytest.raises(RiskModelError, match=f"must be scored with the same {what}, however: it changed"):
        check_same(tmp_path, before, {**before, name: "other"})
