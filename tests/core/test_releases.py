"""XGBoost has two wheels of one module; whichever is there, its release is known."""

from importlib.metadata import PackageNotFoundError, version

import pytest

from riskmodel.core import releases
from riskmodel.core.provenance import versions
from riskmodel.core.releases import release_of
from riskmodel.evaluation import machine


@pytest.fixture
def without_the_plain_wheel(monkeypatch):
    def of(name):
        if name == "xgboost":
            raise PackageNotFoundError(name)
        return "3.9.1" if name == "xgboost-cpu" else version(name)

    monkeypatch.setattr(releases, "version", of)


def test_the_wheel_for_processors_alone_is_known_by_the_librarys_name(without_the_plain_wheel):
    assert release_of("xgboost") == versions()["xgboost"] == machine()["libraries"]["xgboost"] == "3.9.1"
    assert release_of("numpy") == version("numpy")


def test_what_is_not_there_is_not_made_up():
    assert release_of("xgboost") == version("xgboost")
    with pytest.raises(PackageNotFoundError):
        release_of("none-of-this-name")
