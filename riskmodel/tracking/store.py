"""Where runs are kept: one MLflow store, a SQLite file unless told otherwise.

MLflow's folder store (`./mlruns`) is refused: MLflow itself no longer writes there.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from riskmodel.errors import RiskModelError
from riskmodel.tracking.views import experiment_tags

if TYPE_CHECKING:
    from mlflow import MlflowClient

DEFAULT_URI = "sqlite:///mlflow.db"
_ARTIFACTS = "mlartifacts"
_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
_SERVERS = ("http", "https")
QUIET = {  # read by MLflow when it is imported, and by the server it starts
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING": "false",  # a sampling thread would disturb what is being timed
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


@dataclass(frozen=True)
class Store:
    """An open store; `artifacts` is None where a server keeps them."""

    uri: str
    client: MlflowClient
    artifacts: Path | None

    def experiment(self, name: str) -> str:
        """The id of the experiment of this name, made where there is none. Raises: RiskModelError if it is deleted."""
        found = self.client.get_experiment_by_name(name)
        if found is None:
            location = (self.artifacts / name).resolve().as_uri() if self.artifacts else None
            tags = experiment_tags(int(time.time() * 1000))
            return str(self.client.create_experiment(name, artifact_location=location, tags=tags))
        if found.lifecycle_stage != "active":
            raise RiskModelError(f"{self.uri}: the experiment {name} is deleted; restore it, or rename the run")
        return str(found.experiment_id)


def open_store(uri: str = DEFAULT_URI, artifacts: Path | None = None) -> Store:
    """The store at a URI; a new database takes about ten seconds to set up.

    `artifacts` is the folder for files where the store is a database; without one, mlartifacts beside the SQLite file,
    or in the current folder. Raises: RiskModelError.
    """
    check(uri)
    os.environ.update(QUIET)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        client.search_experiments(max_results=1)
    except (MlflowException, SQLAlchemyError) as error:
        raise RiskModelError(f"{uri}: the tracking store cannot be opened: {str(error).splitlines()[0]}") from error
    if urlsplit(uri).scheme in _SERVERS:
        return Store(uri, client, None)
    return Store(uri, client, artifacts or (sqlite_file(uri) or Path()).parent / _ARTIFACTS)


def existing(uri: str = DEFAULT_URI) -> Store:
    """The store at a URI that must be there already: to look something up makes no new one. Raises: RiskModelError."""
    file = sqlite_file(uri)
    if file and not file.is_file():
        raise RiskModelError(f"{uri}: there is no such tracking store; riskmodel train makes one")
    return open_store(uri)


def check(uri: str) -> None:
    """Raises: RiskModelError unless the URI names a database or a server that MLflow can be asked for."""
    scheme = urlsplit(uri).scheme.partition("+")[0]
    if scheme not in _DATABASES + _SERVERS:
        allowed = ", ".join(_DATABASES + _SERVERS)
        raise RiskModelError(f"the tracking store must be one of {allowed}, such as {DEFAULT_URI}, however: {uri}")
    file = sqlite_file(uri)
    if file and not file.absolute().parent.is_dir():
        raise RiskModelError(f"{uri}: the folder of the tracking store must exist: {file.parent}")


def sqlite_file(uri: str) -> Path | None:
    """The file of a SQLite URI; None for any other store."""
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None
