"""One writer an output: a second one is refused, and who only looks is told."""

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.files.lock import held, taken


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "out.lock"


def test_a_second_writer_is_refused_by_the_output_it_wanted(path):
    with held(path, "out"), pytest.raises(RiskModelError) as refusal, held(path, "scores", patience=0.01):
        raise AssertionError
    assert str(refusal.value) == "scores: another run is writing here"


def test_afterwards_the_file_is_gone_and_the_next_one_writes(path):
    for _ in range(2):
        with held(path, "out"):
            assert path.exists()
        assert not path.exists()


def test_an_error_lets_go_as_well(path):
    with pytest.raises(ZeroDivisionError), held(path, "out"):
        raise ZeroDivisionError
    assert not path.exists()
    with held(path, "out", patience=0.01):
        pass


def test_a_writer_whose_file_was_removed_under_it_still_ends_well(path):
    with held(path, "out"):
        path.unlink()
    assert not path.exists()


def test_who_looks_is_told_whether_it_has_the_lock_and_leaves_the_file(path):
    path.parent.mkdir()
    with taken(path) as mine:
        assert mine
        with taken(path) as second:
            assert not second
        with pytest.raises(RiskModelError), held(path, "out", patience=0.01):
            pass
    assert path.exists()
    with held(path, "out"), taken(path) as other:
        assert not other


def test_where_nothing_can_be_written_nobody_has_the_lock(path):
    (path.parent.parent / "deep").write_text("a file where a folder should be")
    with taken(path) as mine:
        assert not mine
