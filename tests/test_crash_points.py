"""A sample of the calls with which a run writes: each fails, or ends the process, and the run is taken up again."""

import pytest
from benchmarks.crash_points import survived

POINTS = [("batch", 17, 30), pytest.param("train", 101, 4, marks=pytest.mark.ci)]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "every", "least"), POINTS)
def test_after_a_failed_call_a_resumed_run_gives_the_same_bytes(kind, every, least):
    facts = survived(kind, every)
    assert facts["faults"] == []
    assert facts["tried"] >= least
