"""The output while it grows: a part counts once its record is there, and what is damaged costs that part alone."""

import json

import pytest

from riskmodel.batch import workspace
from riskmodel.batch.input_manifest import sha256_of
from riskmodel.batch.workspace import MANIFEST, WORK, Workspace, opened
from riskmodel.batch.writer import QUARANTINE, Written
from riskmodel.errors import DataError, RiskModelError

IDENTITY = {"model": "a" * 64}
TALLY = {"decision": {"approve": 3, "decline": 1}}


def made(space, number, aside=0):
    """A part as a writer leaves it in the work folder."""
    names = [f"part-{number:05d}.parquet", *([f"{QUARANTINE}/part-{number:05d}.parquet"] if aside else [])]
    files = {}
    for name in names:
        place = space.work / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(f"rows of {name}".encode())
        files[name] = {"bytes": place.stat().st_size, "sha256": sha256_of(place)}
    return Written(number, 5, 5 - aside, aside, files, TALLY)


@pytest.fixture
def space(tmp_path):
    with opened(tmp_path / "out") as one:
        one.begin(IDENTITY)
        yield one


def test_what_a_run_is_about_is_said_before_its_first_part(space):
    assert space.identity == IDENTITY
    assert space.manifest is None
    assert space.finished() == {}


def test_beginning_again_leaves_nothing_of_before(space):
    stale = [space.output / "part-00009.parquet", space.work / "done-00009.json"]
    for path in stale:
        path.write_text("old")
    (space.output / "letter.txt").write_text("mine")
    space.begin({"model": "b" * 64})
    assert not any(path.exists() for path in stale)
    assert (space.output / "letter.txt").read_text() == "mine"
    assert space.identity == {"model": "b" * 64}


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"parts": 3}', '{"parts": [{"name": "a"}]}'])
def test_a_manifest_that_is_none_is_no_finished_output(content, tmp_path):
    space = Workspace(tmp_path)
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(DataError, match=r"manifest\.json: is damaged; remove the output$"):
        _ = space.manifest
    space.work.mkdir()
    (space.work / "identity.json").write_text(json.dumps(IDENTITY))
    assert space.manifest is None  # the run can be finished again


def test_a_file_of_a_finished_output_that_is_gone_is_named(tmp_path):
    with pytest.raises(DataError, match=r"run\.json: is missing or damaged; remove the output$"):
        Workspace(tmp_path).read("run.json")


def test_the_first_file_that_is_not_as_the_manifest_says_is_named(tmp_path):
    space, files = Workspace(tmp_path), []
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name * 9)
        files.append({"name": name, "bytes": 9, "sha256": sha256_of(tmp_path / name)})
    assert space.damaged(files) is None
    (tmp_path / "b").write_text("x" * 9)
    (tmp_path / "c").unlink()
    assert space.damaged(files) == "b"
    (tmp_path / "b").write_text("b" * 9)
    assert space.damaged(files) == "c"


def test_finishing_says_run_and_manifest_and_clearing_takes_the_rest(space):
    space.finish({"parts": []}, {"rows": 3})
    assert space.read("run.json") == {"rows": 3}
    assert space.manifest == {"parts": []}
    space.clear()
    assert not space.work.exists()


def test_a_folder_of_something_else_is_not_written_into(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    line = r"must be a new folder or an earlier output, however: it holds other files$"
    with pytest.raises(RiskModelError, match=line):
        opened(tmp_path).__enter__()
    with pytest.raises(RiskModelError, match=line):
        opened(tmp_path / "letter.txt").__enter__()
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_two_runs_never_write_one_output(space):
    with pytest.raises(RiskModelError):
        opened(space.output).__enter__()
    assert space.identity == IDENTITY


def test_an_output_in_which_nothing_was_finished_is_as_it_was_before(tmp_path):
    with opened(tmp_path / "new") as one:
        one.begin(IDENTITY)
    assert not (tmp_path / "new").exists()
    (tmp_path / "empty").mkdir()
    with opened(tmp_path / "empty") as one:
        one.begin(IDENTITY)
    assert list((tmp_path / "empty").iterdir()) == []


def test_what_was_finished_stays_for_the_next_run(tmp_path):
    with opened(tmp_path / "out") as one:
        one.begin(IDENTITY)
        (one.work / "done-00000.json").write_text("{}")
    assert (tmp_path / "out" / WORK).is_dir()
    with opened(tmp_path / "out") as again:
        assert again.identity == IDENTITY
        assert again.finished() == {}  # its record says nothing


@pytest.mark.parametrize("content", ["", "null", "[]", "{}", '{"number": "0"}'])
def test_a_record_that_says_nothing_costs_its_part_alone(content, space):
    (space.work / "done-00000.json").write_text(content)
    assert space.finished() == {}
    assert workspace._record_of(space.work / "done-00001.json") is None


def test_a_part_is_finished_once_it_is_published_and_is_read_as_it_was_written(space):
    parts = [made(space, number, aside=number % 2) for number in (0, 1, 7)]
    assert space.finished() == {}
    for part in parts:
        space.publish(part)
    assert space.finished() == {part.number: part for part in parts}
    assert not list(space.work.glob("part-*"))
    assert (space.output / QUARANTINE / "part-00001.parquet").is_file()


def test_publishing_goes_on_where_it_was_interrupted_between_move_and_record(space):
    part = made(space, 3, aside=1)
    space.publish(part)
    (space.work / "done-00003.json").unlink()
    space.publish(part)
    assert space.finished() == {3: part}


@pytest.mark.parametrize("harm", ["gone", "shorter", "of other bytes"])
@pytest.mark.parametrize("name", ["part-00001.parquet", f"{QUARANTINE}/part-00001.parquet"])
def test_a_part_that_is_not_as_its_record_says_is_written_again(harm, name, space):
    kept, hurt = made(space, 0), made(space, 1, aside=2)
    for part in (kept, hurt):
        space.publish(part)
    place = space.output / name
    content = place.read_bytes()
    place.write_bytes({"gone": content, "shorter": content[:-1], "of other bytes": content[::-1]}[harm])
    if harm == "gone":
        place.unlink()
    assert space.finished() == {0: kept}


def test_a_record_under_another_number_is_none(space):
    space.publish(made(space, 2))
    (space.work / "done-00002.json").rename(space.work / "done-00004.json")
    assert space.finished() == {}


def test_a_record_of_a_file_elsewhere_is_none(space):
    part = made(space, 2)
    space.publish(part)
    own = space.output / "part-00002.parquet"
    (space.output.parent / "part-00002.parquet").write_bytes(own.read_bytes())
    record = json.loads((space.work / "done-00002.json").read_text())
    record["files"]["../part-00002.parquet"] = record["files"][own.name]
    (space.work / "done-00002.json").write_text(json.dumps(record))
    assert space.finished() == {}
