"""What many tests start from: samples of unequal lengths, and one quickly fitted scorer of each kind."""

import os
import sys
from collections.abc import Callable

import pytest
from hypothesis import settings
from samples import FEATURES, QUICK, drawn
from small_run import written

from riskmodel import cli, privacy, scorers
from riskmodel.core import Calibration, Development, Sample, Scorer
from riskmodel.tracking.store import QUIET
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train.training import train

settings.register_profile("fixed", derandomize=True)  # others: --hypothesis-profile default
settings.load_profile("fixed")
os.environ.update(QUIET)  # before a test imports MLflow, which reads them once


@pytest.fixture(autouse=True)
def values_allowed():
    """Tests look for the value that a message is about; that none is shown unasked is what test_privacy.py holds."""
    privacy.show_values()
    yield
    privacy.show_values(False)


@pytest.fixture(scope="session")
def development() -> Development:
    return Development(drawn(1500, 1, "train"), drawn(700, 2, "tune"))


@pytest.fixture(scope="session")
def fresh() -> Sample:
    """Rows that nothing was fitted on."""
    return drawn(900, 3, "fresh")


@pytest.fixture(scope="session")
def fitted(development: Development) -> Callable[[str], Scorer]:
    """One scorer of each kind, fitted when it is first asked for; its calibration is not the identity."""
    cache: dict[str, Scorer] = {}

    def of(kind: str) -> Scorer:
        if kind not in cache:
            scorer = scorers.recipe(kind, QUICK.get(kind, {})).fit(development, FEATURES, seed=5)
            cache[kind] = scorer.recalibrated(Calibration(0.1, 0.9))
        return cache[kind]

    return of


@pytest.fixture
def riskmodel(capsys, monkeypatch):
    """Runs the command line; gives back exit code, standard output and error output."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["riskmodel", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="session")
def store(tmp_path_factory) -> str:
    """One MLflow database for all stories: setting one up takes seconds."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'mlflow.db'}"


@pytest.fixture(scope="session")
def done(tmp_path_factory, store):
    """A finished run: its study and its report's folder."""
    folder = tmp_path_factory.mktemp("run")
    return train(written(folder), folder / "report", store, Stages())
