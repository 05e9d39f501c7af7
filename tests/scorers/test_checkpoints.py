"""What is kept of a variant is the variant, and what is not whole is made again."""

import json

import pytest
from samples import QUICK

from riskmodel.core import Variant
from riskmodel.scorers import checkpoints
from riskmodel.scorers.checkpoints import Checkpoints

OPTIONS = ({"patience": 20, "stop": "margin"}, {})
NAME = "lgbm/a@0.5"


@pytest.fixture
def variant(fitted):
    return Variant(NAME, "lgbm", fitted("lgbm"), steps=("a", "b"), keep=0.5, settings=OPTIONS)


@pytest.fixture
def kept(variant, tmp_path):
    """The folder of one variant on disk."""
    Checkpoints(tmp_path, "these inputs").keep(variant)
    (folder,) = tmp_path.iterdir()
    return folder


def test_a_variant_is_taken_up_as_it_was_kept(variant, tmp_path):
    Checkpoints(tmp_path, "these inputs").keep(variant)
    again = Checkpoints(tmp_path, "these inputs").kept(NAME)
    assert again.scorer.sha256 == variant.scorer.sha256
    assert again.scorer.features == variant.scorer.features
    assert again.scorer.calibration == variant.scorer.calibration
    assert (again.family, again.steps, again.keep, again.settings) == ("lgbm", ("a", "b"), 0.5, OPTIONS)


@pytest.mark.parametrize("kind", sorted(QUICK))
def test_every_kind_comes_back_to_the_last_bit(kind, fitted, fresh, tmp_path):
    one = Variant(kind, kind, fitted(kind))
    assert Checkpoints(tmp_path).keep(one) is one
    again = Checkpoints(tmp_path).kept(kind)
    assert (again.scorer.score(fresh) == one.scorer.score(fresh)).all()
    assert again.keep == one.keep


@pytest.mark.parametrize(("inputs", "name"), [("others", NAME), ("these inputs", "lgbm/a@0.4"), ("", NAME)])
def test_of_other_inputs_or_another_name_nothing_is_kept(inputs, name, kept):
    assert Checkpoints(kept.parent, inputs).kept(name) is None
    assert Checkpoints(kept.parent, "these inputs").kept(NAME) is not None


@pytest.mark.parametrize("data", ["data_sha256", "toml_sha256", "split"])
def test_other_data_toml_or_split_are_other_inputs(data, tmp_path):
    given = {"data_sha256": "a" * 64, "toml_sha256": "b" * 64, "split": b"one"}
    first = checkpoints.opened(tmp_path / "report", **given)
    assert first == checkpoints.opened(tmp_path / "report", **given)
    changed = {**given, data: b"two" if data == "split" else "c" * 64}
    assert first.inputs != checkpoints.opened(tmp_path / "report", **changed).inputs


def torn(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])


def of_another_scorer(folder):
    facts = json.loads((folder / "variant.json").read_text())
    (folder / "variant.json").write_text(json.dumps({**facts, "sha256": "0" * 64}))


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: torn(folder, "model.txt"),
        lambda folder: torn(folder, "variant.json"),
        lambda folder: (folder / "recipe.json").unlink(),
        lambda folder: (folder / "variant.json").unlink(),
        of_another_scorer,
    ],
)
def test_what_is_torn_is_made_again(harm, kept, variant):
    where = Checkpoints(kept.parent, "these inputs")
    harm(kept)
    assert where.kept(NAME) is None
    where.keep(variant)
    assert where.kept(NAME).scorer.sha256 == variant.scorer.sha256


def test_files_that_an_earlier_attempt_left_are_gone(kept, variant):
    (kept / "left.txt").write_text("of another kind")
    Checkpoints(kept.parent, "these inputs").keep(variant)
    assert {path.name for path in kept.iterdir()} == {"model.txt", "recipe.json", "variant.json"}


def test_without_a_folder_nothing_is_kept_and_how_long_it_took_is_known(variant):
    nowhere = Checkpoints()
    assert nowhere.kept(NAME) is None
    assert nowhere.keep(variant) is variant
    assert nowhere.kept(NAME) is None
    started, seconds = nowhere.durations.by_name[NAME]
    assert started > 1e9
    assert 0 <= seconds < 60


def test_how_long_it_took_is_taken_up_with_it(kept, variant):
    first = json.loads((kept / "variant.json").read_text())["made"]
    again = Checkpoints(kept.parent, "these inputs")
    again.kept(NAME)
    assert list(again.durations.by_name[NAME]) == first


def test_a_complete_report_forgets_them(tmp_path, variant):
    target = tmp_path / "report"
    checkpoints.clear(target)  # there is nothing yet
    where = checkpoints.opened(target, "a" * 64, "b" * 64, b"split")
    where.keep(variant)
    assert where.folder == checkpoints.place_of(target)
    assert where.folder.is_dir()
    checkpoints.clear(target)
    assert not where.folder.exists()
    assert where.kept(NAME) is None
