"""The files of a run's report: whole or not at all; each variant has a bundle, champion and chosen are copies."""

import json
from hashlib import sha256

import pytest

from riskmodel import bundle, scorers
from riskmodel.errors import RiskModelError
from riskmodel.files import beside
from riskmodel.review import run_files
from riskmodel.scorers import checkpoints


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_every_variant_has_a_bundle_of_its_own_scorer(done):
    study, report = done
    saved = {one.lineage["variant"]: one for one in map(bundle.read, (report / "bundles").iterdir())}
    assert set(saved) == set(study.variants)
    for name, variant in study.variants.items():
        assert scorers.unpacked(saved[name]).sha256 == variant.scorer.sha256


def test_a_bundle_says_what_it_was_made_from(done):
    study, report = done
    champion = study.variants[study.trade_off.champion]
    for place in (report / "bundles").iterdir():
        lineage = bundle.read(place).lineage
        variant = study.variants[lineage["variant"]]
        assert lineage["champion_sha256"] == champion.scorer.sha256
        assert lineage["data_sha256"] == study.run["hashes"]["data"]
        assert lineage["toml_sha256"] == study.run["hashes"]["toml"]
        assert lineage["plans_sha256"] == [sha256(plan.to_json()).hexdigest() for plan in variant.plans]
        assert lineage["id"] == "loan_id"


def test_plans_lie_in_their_order_and_are_those_of_the_bundle(done):
    study, report = done
    written = {path.name: path.read_bytes() for path in (report / "plans").iterdir()}
    due = {
        f"{name.replace('/', '__')}.{i}.json": plan.to_json()
        for name, variant in study.variants.items()
        for i, plan in enumerate(variant.plans, start=1)
    }
    assert written == due
    assert any(name.endswith(".2.json") for name in due)  # or the order is not tested


@pytest.mark.parametrize("role", ["champion", "chosen"])
def test_champion_and_chosen_are_copies_to_the_byte(role, done):
    study, report = done
    name = getattr(study.trade_off, role)
    assert content(report / role) == content(report / "bundles" / name.replace("/", "__"))
    assert bundle.read(report / role).lineage["variant"] == name


def test_run_json_is_what_the_study_says(done):
    study, report = done
    assert json.loads((report / "run.json").read_bytes())["hashes"] == dict(study.run["hashes"])


def made_until(error, target, settings, fits=False):
    with run_files.folder(target, settings, target.parent, resume=False) as made:
        (made / "run.json").write_text("half")
        if fits:
            checkpoints.place_of(target).mkdir()
        raise error


def earlier_report(target):
    target.mkdir()
    (target / "run.json").write_text("{}")
    (target / "old.txt").write_text("old")


def test_a_report_takes_the_place_of_an_earlier_one_only_when_all_went_well(settings, tmp_path):
    target = tmp_path / "report"
    earlier_report(target)
    with pytest.raises(OSError, match="no space"):
        made_until(OSError("no space"), target, settings)
    assert content(target) == {"run.json": b"{}", "old.txt": b"old"}
    with run_files.folder(target, settings, tmp_path, resume=False) as made:
        (made / "run.json").write_text("whole")
        assert content(target)["run.json"] == b"{}"
    assert content(target) == {"run.json": b"whole"}
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


@pytest.mark.parametrize("resume", [True, False])
def test_what_was_fitted_is_forgotten_when_a_run_starts_afresh_and_when_it_is_complete(resume, settings, tmp_path):
    target = tmp_path / "report"
    place = checkpoints.place_of(target)
    place.mkdir()
    with run_files.folder(target, settings, tmp_path, resume=resume) as made:
        (made / "run.json").write_text("{}")
        assert place.exists() == resume
    assert not place.exists()


def test_a_folder_of_something_else_is_not_written_over(settings, tmp_path):
    target = tmp_path / "mine"
    target.mkdir()
    (target / "letter.txt").write_text("dear")
    line = r"must be a new folder or an earlier report, however: it holds other files$"
    with pytest.raises(RiskModelError, match=line), run_files.folder(target, settings, tmp_path, resume=False):
        pytest.fail("nothing may be made there")
    (tmp_path / "file").write_text("a file")
    with pytest.raises(RiskModelError, match=line):
        run_files.folder(tmp_path / "file", settings, tmp_path, resume=False).__enter__()
    assert content(target) == {"letter.txt": b"dear"}


def test_the_data_of_the_run_must_not_lie_in_its_report(settings, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "taiwan.parquet").mkdir()  # a table in parts
    inside = tmp_path / "data" / "taiwan.parquet" / "report"
    with pytest.raises(RiskModelError, match="must lie outside of what is read, however: it is in"):
        run_files.folder(inside, settings, tmp_path, resume=False).__enter__()
    assert not inside.exists()


@pytest.mark.parametrize("fitted_already", [True, False])
def test_who_stops_it_hears_how_to_go_on_where_something_was_fitted(fitted_already, settings, tmp_path):
    target = tmp_path / "report"
    with pytest.raises(KeyboardInterrupt) as stopped:
        made_until(KeyboardInterrupt(), target, settings, fits=fitted_already)
    line = "the report is as it was before; riskmodel train --resume goes on with what was fitted"
    assert stopped.value.args == ((line,) if fitted_already else ())
    assert checkpoints.place_of(target).exists() == fitted_already
    assert target not in beside.written()
