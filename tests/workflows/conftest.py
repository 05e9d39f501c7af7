"""What the tests of pruning start from: other people's files, and few sizes with few rivals."""

import foreign
import pytest

from riskmodel.scorers.base.boosting import BoosterRecipe
from riskmodel.workflows.prune import trial_run


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return foreign.written(tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="module")
def few_sizes():
    """Seven sizes, each with a grid of rivals, would take a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial_run, "KEEPS", (0.5, 0.15))
        for grid in ("small", "taught"):
            whole = getattr(BoosterRecipe, grid)
            patch.setattr(BoosterRecipe, grid, lambda *given, whole=whole: whole(*given)[-1:])
        yield
