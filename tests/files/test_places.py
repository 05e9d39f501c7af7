"""Where something may be read or written."""

import os
import re

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.files import places


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://a.example/x", "must be a path on this machine, however: an address"),
        ("", "'': must be a path, however: it is empty"),
        ("a\0b", "must be a path, however: it has a NUL byte"),
    ],
)
def test_what_is_no_path_is_one_line(text, message):
    with pytest.raises(RiskModelError, match=re.escape(message)):
        places.place(text)


def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RiskModelError, match="must be a file or a folder, however: a pipe"):
        places.place(str(tmp_path / "pipe"))
    assert places.place(str(tmp_path / "new")) == tmp_path / "new"


def test_an_output_among_what_is_read_is_refused_also_through_a_link(tmp_path):
    (tmp_path / "read").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "read")
    places.refuse_inside(tmp_path / "beside", tmp_path / "read", None)
    (tmp_path / "read" / "rows.csv").touch()
    with pytest.raises(RiskModelError, match="must be a new place, however: it is the input"):
        places.refuse_inside(tmp_path / "link" / "rows.csv", tmp_path / "read" / "rows.csv")
    for output in (tmp_path / "read" / "out", tmp_path / "link" / "out", tmp_path / "read"):
        with pytest.raises(RiskModelError, match="must lie outside of what is read"):
            places.refuse_inside(output, tmp_path / "read")


def test_an_output_in_the_place_of_its_source_is_refused_also_through_a_link(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "model")
    places.refuse_same(tmp_path / "new", tmp_path / "model", "models:/name@champion")
    for output in (tmp_path / "model", tmp_path / "link"):
        with pytest.raises(RiskModelError, match="must be a new place, however: it is the input"):
            places.refuse_same(output, "models:/name@champion", tmp_path / "model")


def test_a_file_needs_a_free_name_and_folders_on_its_way(tmp_path):
    (tmp_path / "file").touch()
    places.check_files(tmp_path / "file", tmp_path / "no" / "such" / "folder.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    with pytest.raises(RiskModelError, match="must be a file, however: a folder has this name"):
        places.check_files(tmp_path / "new", tmp_path)
    for output in (tmp_path / "file" / "new", tmp_path / "file" / "no" / "new"):
        with pytest.raises(RiskModelError, match=r"must be in a folder, however: .*file is a file"):
            places.check_files(output)
