"""What is made beside its place takes it whole, or vanishes; what a killed run left vanishes with the next."""

import os
import signal
import subprocess
import sys
import time

import pytest

from riskmodel.errors import DataError, RiskModelError
from riskmodel.files import beside, lock

KILLED = """
import sys, time
from pathlib import Path
from riskmodel.files import beside
with getattr(beside, sys.argv[1])(Path(sys.argv[2])) as made:
    (made / "rows").write_text("secret")
    print("ready", flush=True)
    time.sleep(60)
"""


def half_of(place, error):
    with beside.folder(place) as made:
        (made / "file").write_text("half")
        raise error


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_takes_its_place_and_replaces_the_one_before(tmp_path):
    for content in ("one", "two"):
        with beside.folder(tmp_path / "out") as made:
            (made / "file").write_text(content)
            assert (tmp_path / "out").exists() == (content == "two")
    assert (tmp_path / "out" / "file").read_text() == "two"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_after_an_error_all_is_as_it_was(tmp_path, error):
    with beside.folder(tmp_path / "a" / "out") as made:
        (made / "file").write_text("old")
    for place in (tmp_path / "a" / "out", tmp_path / "b" / "c" / "out"):
        with pytest.raises(error):
            half_of(place, error)
    assert names(tmp_path) == ["a"]
    assert names(tmp_path / "a") == ["out"]
    assert (tmp_path / "a" / "out" / "file").read_text() == "old"


def test_files_go_to_their_places_together(tmp_path):
    with beside.together(tmp_path / "plan", tmp_path / "model") as made:
        (made / "plan").write_text("p")
        (made / "model").write_text("m")
        assert not (tmp_path / "plan").exists()
    assert [(tmp_path / name).read_text() for name in names(tmp_path)] == ["m", "p"]


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("links", [True, False])
def test_where_the_last_cannot_be_placed_none_is(tmp_path, monkeypatch, old, links):
    places = [tmp_path / "plan", tmp_path / "model"]
    if old:
        for place in places:
            place.write_text("old")
    if not links:
        monkeypatch.setattr(beside.os, "link", lambda *_: (_ for _ in ()).throw(OSError(1, "no links")))
    with pytest.raises(OSError, match="model"), beside.together(*places) as made:
        (made / "plan").write_text("new")  # and no model
    assert names(tmp_path) == (["model", "plan"] if old else [])
    assert {path.read_text() for path in tmp_path.iterdir()} == ({"old"} if old else set())


def test_a_second_writer_is_refused_in_one_line(tmp_path):
    with beside.folder(tmp_path / "out"):
        with pytest.raises(RiskModelError, match="out: another run is writing here"), beside.folder(tmp_path / "out"):
            pass
        with beside.folder(tmp_path / "other"):
            pass
    assert names(tmp_path) == ["other", "out"]


@pytest.mark.parametrize(("use", "neighbour"), [("spool", "out"), ("spool", "next"), ("folder", "next")])
def test_what_a_killed_run_left_is_cleared_by_the_next(tmp_path, use, neighbour):
    run = subprocess.Popen([sys.executable, "-c", KILLED, use, tmp_path / "out"], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "ready\n"
    with beside.folder(tmp_path / "meanwhile"):  # what a living run has stays
        pass
    assert len(names(tmp_path)) == 3
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    with beside.folder(tmp_path / neighbour):
        pass
    assert names(tmp_path) == sorted({"meanwhile", neighbour})


def test_a_kill_between_two_renames_loses_nothing(tmp_path):
    (tmp_path / ".out.riskmodel-new").mkdir()
    (tmp_path / ".out.riskmodel-new-old").mkdir()
    (tmp_path / ".out.riskmodel-new-old" / "file").write_text("old")
    (tmp_path / ".out.riskmodel-lock").touch()
    with beside.owned(tmp_path / "another"):
        pass
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "file").read_text() == "old"


def test_a_spool_is_for_its_owner_alone(tmp_path):
    with beside.spool(tmp_path / "out") as made:
        assert made.stat().st_mode & 0o777 == 0o700
    assert names(tmp_path) == []


@pytest.mark.parametrize("place", [".", "a/..", "x" * 250])
def test_odd_names_work(tmp_path, monkeypatch, place):
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path)
    with beside.owned(beside.Path(place)):
        pass


def test_the_root_is_refused():
    with pytest.raises(RiskModelError, match="must have a name"), beside.owned(beside.Path("/")):
        pass


def test_a_lock_is_waited_for_and_leaves_no_file(tmp_path):
    path = tmp_path / "lock"
    with lock.held(path, tmp_path):
        with pytest.raises(RiskModelError, match="another run"), lock.held(path, tmp_path, patience=0):
            pass
        with lock.taken(path) as free:
            assert not free
    assert names(tmp_path) == []


def test_many_processes_write_one_after_the_other(tmp_path):
    """None is let in while another is there, also where the lock's file comes and goes."""
    text = (
        "import sys,time\nfrom pathlib import Path\nfrom riskmodel.files import lock\n"
        "for _ in range(30):\n"
        "  with lock.held(Path('lock'), Path('out'), 60):\n"
        "    Path('one').mkdir(); time.sleep(.0005); Path('one').rmdir()\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", text], cwd=tmp_path, env=os.environ) for _ in range(3)]
    start = time.monotonic()
    assert [run.wait(60) for run in runs] == [0, 0, 0], time.monotonic() - start


def placed_till(folder, till, ending):
    """In a child: three files go to their places, and call number `till` of the placing meets a signal."""
    calls = iter(range(1, 1000))

    def wrapped(real):
        def call(*arguments, **named):
            if next(calls) == till:
                os.kill(os.getpid(), ending)
            return real(*arguments, **named)

        return call

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    beside._WRITTEN.clear()
    try:
        with beside.together(*(folder / name for name in NAMES)) as made:
            for name in NAMES:
                (made / name).write_text("new")
            for name in ("replace", "link", "fsync", "close", "open"):
                setattr(os, name, wrapped(getattr(os, name)))
    except KeyboardInterrupt:
        beside._clear_all()  # as the interpreter does when it ends
        os._exit(8 if beside.written() else 7)
    except BaseException:
        os._exit(1)
    os._exit(0)


NAMES = ("plan", "page", "model")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("old", [True, False])
def test_files_that_go_together_appear_all_or_not_at_all(tmp_path, ending, old):
    """Whatever call of the placing a signal meets; after a SIGKILL the next run in the folder sees it through."""
    before, after = dict.fromkeys(NAMES, "old") if old else {}, dict.fromkeys(NAMES, "new")
    allowed = {7: [before], -signal.SIGKILL: [before, after], 8: [after], 0: [after]}
    codes = []
    while 0 not in codes:
        for path in tmp_path.iterdir():
            path.unlink()
        for name, text in before.items():
            (tmp_path / name).write_text(text)
        if (child := os.fork()) == 0:
            placed_till(tmp_path, len(codes) + 1, ending)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        if ending == signal.SIGKILL:
            with beside.owned(tmp_path / "next"):
                pass
        contents = {path.name: path.read_text() for path in tmp_path.iterdir()}
        assert contents in allowed[codes[-1]], (len(codes), codes[-1])
    assert len(codes) > 20
    assert set(codes) == ({-signal.SIGKILL, 0} if ending == signal.SIGKILL else {7, 8, 0})


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("/a/.out.riskmodel-new/run.json: full", "/a/out/run.json: full"),
        ("/a/.model.txt.riskmodel-new/model.txt.html: full", "/a/model.txt.html: full"),
        (".out.riskmodel-new: full; see https://host//x", "out: full; see https://host//x"),
        ("/a/.out.riskmodel-new-old/x, /a/.out.riskmodel-spool/stdin", "/a/out/x, /a/out/stdin"),
        ("/a/.out.riskmodel-checkpoints and .riskmodel-x", "/a/.out.riskmodel-checkpoints and .riskmodel-x"),
    ],
)
def test_what_is_being_made_goes_by_the_name_it_will_have(text, due):
    assert beside.by_its_place(text) == due


def test_who_catches_an_error_reads_the_name_that_a_place_will_have(tmp_path):
    with pytest.raises(DataError, match=r"/out/run.json: no$"), beside.folder(tmp_path / "out") as made:
        raise DataError(f"{made / 'run.json'}: no")
    with pytest.raises(FileNotFoundError) as caught, beside.folder(tmp_path / "out") as made:
        (made / "none").read_bytes()
    assert caught.value.filename == str(tmp_path / "out" / "none")


def test_a_file_makes_the_folders_on_its_way_and_leaves_none_where_it_fails(tmp_path, monkeypatch):
    beside.write(tmp_path / "a" / "b" / "file", b"whole")
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"whole"

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(beside.atomic, "write", full)
    with pytest.raises(OSError, match="No space left"):
        beside.write(tmp_path / "c" / "d" / "file", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("make", [beside.folder, beside.together])
def test_a_disk_that_is_full_is_told_with_the_place_that_was_to_be_written(make, tmp_path):
    with pytest.raises(OSError, match="No space left") as caught, make(tmp_path / "out"):
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(tmp_path / "out")
    with pytest.raises(OSError, match="timed out") as caught, make(tmp_path / "out"):
        raise OSError(110, "timed out")
    assert caught.value.filename is None
