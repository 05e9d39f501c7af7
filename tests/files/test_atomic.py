"""At every system call that can fail, what stood at a place is the old or the new, whole."""

import os
from pathlib import Path

import pytest

from riskmodel.files import atomic

CALLS = ("open", "write", "fsync", "replace", "rename", "close")


class Failing:
    """Lets the n-th system call of this room fail, as a full disk or a bad cable would."""

    def __init__(self, monkeypatch, fails=None):
        self.count, self.fails, self.synced = 0, fails, []
        for name in CALLS:
            monkeypatch.setattr(atomic.os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name, real):
        def call(*arguments, **named):
            self.count += 1
            if self.count - 1 == self.fails:
                if name == "close":
                    real(*arguments)
                raise OSError(28, f"{name} fails")
            if name == "fsync":
                self.synced.append(Path(f"/proc/self/fd/{arguments[0]}").readlink())
            return real(*arguments, **named)

        return call


def each_failure(action, prepare, look):
    """Runs an action with each of its calls failing in turn, and once whole; returns how many there were."""
    tried = 0
    while True:
        prepare()
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, tried)
            try:
                action()
            except OSError:
                failed = True
            else:
                failed = False
        look(failed)
        if not failed and failing.count <= tried:
            return tried
        tried += 1


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_file_is_the_old_or_the_new_whichever_call_fails(tmp_path, old):
    path = tmp_path / "file"

    def prepare():
        path.unlink(missing_ok=True)
        if old is not None:
            path.write_bytes(old)

    def look(failed):
        content = path.read_bytes() if path.exists() else None
        assert content in ((old, b"new" * 1000) if failed else (b"new" * 1000,))
        assert [p.name for p in tmp_path.iterdir() if p.name != "file"] == []

    assert each_failure(lambda: atomic.write(path, b"new" * 1000), prepare, look) >= 7


def folder_of(path, content):
    path.mkdir()
    (path / "deep").mkdir()
    (path / "a").write_bytes(content)
    (path / "deep" / "b").write_bytes(content)


def content_of(path):
    return {(path / name).read_bytes() for name in ("a", "deep/b")}


@pytest.mark.parametrize("exchanges", [True, False])
@pytest.mark.parametrize("old", [None, b"old"])
def test_a_folder_is_the_old_or_the_new_whichever_call_fails(tmp_path, monkeypatch, old, exchanges):
    import shutil

    made, place = tmp_path / "made", tmp_path / "place"
    if not exchanges:
        monkeypatch.setattr(atomic, "_exchanged", lambda *_: False)

    def prepare():
        for path in tmp_path.iterdir():
            shutil.rmtree(path)
        folder_of(made, b"new")
        if old is not None:
            folder_of(place, old)

    def look(failed):
        if old is None and not place.exists():
            assert failed
            return
        assert content_of(place) in (({old}, {b"new"}) if failed else ({b"new"},))

    assert each_failure(lambda: atomic.swap(made, place), prepare, look) >= 12


def test_the_content_is_synced_before_the_name_and_the_folder_after(tmp_path, monkeypatch):
    failing = Failing(monkeypatch)
    order = []
    monkeypatch.setattr(atomic.os, "replace", lambda *a: order.append(len(failing.synced)) or Path(a[0]).rename(a[1]))
    atomic.write(tmp_path / "file", b"content")
    assert order == [1]
    assert failing.synced[-1] == tmp_path
    assert len(failing.synced) == 2


def test_a_folder_is_synced_with_all_that_is_in_it(tmp_path, monkeypatch):
    folder_of(tmp_path / "made", b"new")
    failing = Failing(monkeypatch)
    atomic.swap(tmp_path / "made", tmp_path / "place")
    made = tmp_path / "made"
    assert set(failing.synced) == {made / "a", made / "deep" / "b", made / "deep", made, tmp_path}


def test_a_file_system_that_cannot_sync_folders_is_no_error(tmp_path, monkeypatch):
    def never(_):
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(atomic.os, "fsync", never)
    atomic.sync(tmp_path)


def test_rights_follow_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        atomic.write(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_a_failed_exchange_of_another_kind_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        atomic._exchange(tmp_path / "none", tmp_path / "neither")


def test_what_a_killed_writer_left_is_cleared_and_nothing_else(tmp_path):
    (tmp_path / ".riskmodel-0123456789abcdef").write_bytes(b"half")
    (tmp_path / ".riskmodel-folder").mkdir()
    (tmp_path / "out").write_bytes(b"whole")
    (tmp_path / ".riskmodel-link").symlink_to(tmp_path / "out")
    atomic.clear(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".riskmodel-folder", ".riskmodel-link", "out"]
