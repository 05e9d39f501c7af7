"""The ledger keeps every opening, in order, and is never begun anew without a word."""

import json

import numpy as np
import pytest
from samples import drawn

from riskmodel.errors import RiskModelError
from riskmodel.selection import openings

HASHES = {"data": "d" * 64, "toml": "t" * 64, "code": "c" * 64, "environment": "e" * 64}


def opened(sample, chosen="small", **changes):
    return openings.entry(sample, {**HASHES, **changes}, chosen)


def test_an_opening_names_the_rows_who_asked_and_what_was_chosen():
    result = opened(drawn(300, 1, "test"))
    assert (result["chosen"], result["toml_sha256"], len(result["test_sha256"])) == ("small", "t" * 64, 64)
    assert result["at"].endswith("+00:00")


def test_the_same_rows_of_the_same_data_are_the_same_sample_and_no_others():
    one = drawn(300, 1, "test")
    fewer = one.take(np.arange(299))
    assert opened(one)["test_sha256"] == opened(one, toml="x" * 64)["test_sha256"]
    assert (
        len({opened(one)["test_sha256"], opened(fewer)["test_sha256"], opened(one, data="x" * 64)["test_sha256"]}) == 3
    )


def test_a_second_opening_stands_behind_the_first(tmp_path):
    sample = drawn(300, 1, "test")
    first = openings.written(tmp_path, tmp_path, opened(sample))
    second = openings.added(tmp_path, opened(sample, "other"))
    assert [item["chosen"] for item in second] == ["small", "other"]
    assert second[0] == first[0]


def test_a_damaged_ledger_is_refused(tmp_path):
    (tmp_path / openings.FILE).write_text("[]")
    with pytest.raises(RiskModelError, match="must be the ledger of earlier openings"):
        openings.added(tmp_path, opened(drawn(300, 1, "test")))
    assert json.loads((tmp_path / openings.FILE).read_text()) == []


def test_openings_of_the_same_rows_by_other_folders_count_too(tmp_path):
    sample = drawn(300, 1, "test")
    for name, own in (("a", sample), ("b", sample), ("c", drawn(400, 1, "test"))):
        (tmp_path / name).mkdir()
        openings.written(tmp_path / name, tmp_path / name, opened(own))
    ledger = openings.written(tmp_path / "b", tmp_path / "b", opened(sample, "other"))
    counted = openings.of_sample(tmp_path / "b", ledger)
    assert [one.get("run", "b") for one in counted] in (["a", "b", "b"], ["b", "a", "b"])
    assert counted[-1]["chosen"] == "other"
    (tmp_path / ".b.riskmodel-new").mkdir()  # where a run grows before it takes its place
    openings.written(tmp_path / ".b.riskmodel-new", tmp_path / "b", opened(sample, "other"))
    assert openings.of_sample(tmp_path / "b", ledger) == counted
    (tmp_path / "a" / openings.FILE).write_text("[]")
    with pytest.raises(RiskModelError, match="must be the ledger of earlier openings"):
        openings.of_sample(tmp_path / "b", ledger)


def test_the_last_opening_stays_the_last_where_the_clock_was_set_back(tmp_path):
    sample, run = drawn(300, 1, "test"), tmp_path / "run"
    run.mkdir()
    openings.written(run, run, {**opened(sample, "first"), "at": "2031-01-01T00:00:00+00:00"})
    ledger = openings.written(run, run, {**opened(sample, "second"), "at": "2001-01-01T00:00:00+00:00"})
    assert [one["chosen"] for one in openings.of_sample(run, ledger)] == ["first", "second"]
