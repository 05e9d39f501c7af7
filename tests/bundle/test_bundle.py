"""A bundle is what was written, to the byte, or it is refused."""

import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel import bundle
from riskmodel.core import Calibration, Column, Kind, Policy, canonical
from riskmodel.errors import BundleError

POLICY = Policy(0.3, 0.25, (0.05, 0.1, 0.2))


@pytest.fixture(scope="module")
def saved(fitted, tmp_path_factory):
    """A bundle on disk and the scorer in it."""
    folder = tmp_path_factory.mktemp("bundles") / "model"
    scorer = fitted("lgbm")
    bundle.save(bundle.pack(scorer, POLICY, {"variant": "lgbm", "id": None}, {"numpy": "2"}), folder)
    return folder, scorer


def test_what_is_read_is_what_was_packed(saved):
    folder, scorer = saved
    result = bundle.read(folder)
    assert (result.kind, result.scorer_sha256) == ("lgbm", scorer.sha256)
    assert result.features == scorer.features
    assert result.calibration == Calibration(0.1, 0.9)
    assert result.policy == POLICY
    assert result.files == {**scorer.files(), "probes.json": result.files["probes.json"]}
    assert result.lineage["variant"] == "lgbm"


def test_columns_survive_with_all_they_say(fitted, tmp_path):
    result = bundle.pack(fitted("lgbm"), POLICY, {}, {})
    assert result.features[2] == Column("purpose", kind=Kind.CATEGORICAL, categories=result.features[2].categories)
    assert result.features[3].monotone == -1


def test_the_same_scorer_gives_the_same_bytes(saved, tmp_path):
    folder, scorer = saved
    bundle.save(bundle.pack(scorer, POLICY, {"id": None, "variant": "lgbm"}, {"numpy": "2"}), tmp_path / "again")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()
    }


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_changed_byte_anywhere_is_refused_by_the_name_of_its_file(saved, data):
    folder, _ = saved
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    try:
        path.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
        with pytest.raises(BundleError, match=path.name):
            bundle.read(folder)
    finally:
        path.write_bytes(whole)


@pytest.fixture
def copy(saved, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(saved[0], folder)
    return folder


def test_a_missing_or_an_extra_file_is_refused(copy):
    (copy / "notes.txt").write_text("hello")
    with pytest.raises(BundleError, match=r"notes.txt: is not in the manifest"):
        bundle.read(copy)
    (copy / "notes.txt").unlink()
    (copy / "model.txt").unlink()
    with pytest.raises(BundleError, match=r"model.txt: is missing"):
        bundle.read(copy)


def test_a_link_is_refused(copy, tmp_path):
    (copy / "model.txt").rename(tmp_path / "elsewhere.txt")
    (copy / "model.txt").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(BundleError, match=r"model.txt: must be a plain file"):
        bundle.read(copy)


def resealed(folder, **changes):
    """A manifest that somebody has changed and hashed again."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest.pop("sha256")
    (folder / "manifest.json").write_bytes(bundle._sealed({**manifest, **changes}))


def test_another_format_is_told(copy):
    resealed(copy, format=2)
    with pytest.raises(
        BundleError, match="the format must be 3, which has probe rows, however: 2; save the scorer again"
    ):
        bundle.read(copy)


def test_a_path_out_of_the_folder_is_refused(copy, tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    resealed(copy, files={"../secret": {"bytes": 1, "sha256": "0" * 64}})
    with pytest.raises(BundleError):
        bundle.read(copy)


def test_a_file_that_is_not_told_whole_is_refused(copy):
    resealed(copy, files={"model.txt": {"sha256": "0" * 64}, "recipe.json": {}})
    with pytest.raises(BundleError, match=r"manifest.json"):
        bundle.read(copy)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, canonical({"sha256": "x"})])
def test_a_manifest_that_is_none_is_damaged(copy, text):
    (copy / "manifest.json").write_bytes(text)
    with pytest.raises(BundleError, match=r"manifest.json"):
        bundle.read(copy)


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path):
    with pytest.raises(BundleError, match="must be a bundle's folder"):
        bundle.read(tmp_path)


def test_an_earlier_bundle_is_replaced_and_other_files_are_not(fitted, tmp_path):
    packed = bundle.pack(fitted("lgbm"), POLICY, {}, {})
    bundle.save(packed, tmp_path / "model")
    bundle.save(packed, tmp_path / "model")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(BundleError, match="holds other files"):
        bundle.save(packed, tmp_path / "mine")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "model"]


def test_what_stands_in_place_of_a_bundle_is_said_and_which_bundle_may_be_meant(fitted, tmp_path):
    bundle.save(bundle.pack(fitted("lgbm"), POLICY, {}, {}), tmp_path / "report" / "chosen")
    (tmp_path / "file").write_text("")
    cases = {
        "report": rf"of its own; {tmp_path}/report/chosen is one",
        "file": "it is a file",
        "none": "it is not there",
    }
    for name, said in cases.items():
        with pytest.raises(BundleError, match=f"must be a bundle's folder, however: .*{said}$"):
            bundle.read(tmp_path / name)


def test_an_error_while_writing_leaves_nothing(fitted, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    packed = bundle.pack(fitted("lgbm"), POLICY, {}, {})
    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        bundle.save(packed, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"\xff", b'{"name": "my web app"}'])
def test_a_folder_with_anybody_elses_manifest_is_left_alone(content, saved, tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "manifest.json").write_bytes(content)
    with pytest.raises(BundleError, match="must be a new folder or an earlier bundle"):
        bundle.save(bundle.read(saved[0]), tmp_path / "app")
    assert {path.name: path.read_bytes() for path in (tmp_path / "app").iterdir()} == {"manifest.json": content}


def test_a_plain_file_is_left_alone_and_an_empty_folder_is_filled(saved, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BundleError, match="must be a new folder or an earlier bundle"):
        bundle.save(bundle.read(saved[0]), tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    bundle.save(bundle.read(saved[0]), tmp_path / "empty")
    assert bundle.read(tmp_path / "empty").sha256 == bundle.read(saved[0]).sha256
