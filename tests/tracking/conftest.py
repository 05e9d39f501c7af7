"""A finished run of three unequal variants, and a store that is set up once."""

import shutil

import pytest
import stand_in_studies

from riskmodel.config import Run
from riskmodel.core import Study
from riskmodel.tracking import Store, open_store


@pytest.fixture(scope="session")
def settings() -> Run:
    return stand_in_studies.settings()


@pytest.fixture(scope="session")
def study() -> Study:
    return stand_in_studies.three()


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Store:
    """Setting up a database takes MLflow about ten seconds: it is done once and copied."""
    file = tmp_path_factory.mktemp("template") / "mlflow.db"
    open_store(f"sqlite:///{file}")
    return file


@pytest.fixture
def store(template, tmp_path) -> Store:
    shutil.copy(template, tmp_path / "mlflow.db")
    return open_store(f"sqlite:///{tmp_path / 'mlflow.db'}")


@pytest.fixture
def report(settings, study, tmp_path):
    """A report as train leaves it: plans, a bundle, a page, the split with ids, and what MLflow is to be told."""
    return stand_in_studies.written_report(settings, study, tmp_path / "report")
