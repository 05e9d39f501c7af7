"""Where runs are kept: one MLflow store, a SQLite file unless told otherwise.

MLflow's folder store (`./mlruns`) is refused: MLflow itself no longer writes there.
"""

from __future__ import annotations

import glob
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from riskmodel.errors import RiskModelError
from riskmodel.files import atomic, lock
from riskmodel.files.beside import hidden

if TYPE_CHECKING:
    from mlflow import MlflowClient

DEFAULT_URI = "sqlite:///mlflow.db"
_RETRIES = "3"  # of a request: MLflow's own seven keep a run waiting for four minutes where a server is gone
PATIENCE = 120.0  # seconds that a store may be busy with another run
KIND = {"mlflow.experimentKind": "custom_model_development"}  # MLflow's own tag: no page of traces and prompts
_ARTIFACTS = "mlartifacts"
_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
_SERVERS = ("http", "https")
QUIET = {  # read by MLflow when it is imported, and by the server it starts
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING": "false",  # a sampling thread would disturb what is being timed
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",  # what fails is raised as well, and told in one line
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


@dataclass(frozen=True)
class Store:
    """An open store; `artifacts` is None where a server keeps them."""

    uri: str
    client: MlflowClient
    artifacts: Path | None

    @property
    def has_lock(self) -> bool:
        """Whether one process at a time writes to it, since it is a file."""
        return sqlite_file(self.uri) is not None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes to the store, where it is a file. Raises: RiskModelError where that takes too long."""
        with _locked(self.uri):
            yield

    def experiment(self, name: str) -> str:
        """The id of the experiment of this name, made where there is none. Raises: RiskModelError if it is deleted."""
        known = self.client.get_experiment_by_name(name)
        if known is None:
            return self._made(name)
        if known.lifecycle_stage != "active":
            raise RiskModelError(f"{self.uri}: the experiment {name} is deleted; restore it, or rename the run")
        return str(known.experiment_id)

    def _made(self, name: str) -> str:
        """The id of a new experiment, or of the one that another process has made in the meantime."""
        from mlflow.exceptions import MlflowException

        location = (self.artifacts / name).resolve().as_uri() if self.artifacts else None
        try:
            return str(self.client.create_experiment(name, artifact_location=location, tags=KIND))
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            return self.experiment(name)


def open_store(uri: str = DEFAULT_URI, artifacts: Path | None = None) -> Store:
    """The store at a URI; a new database takes about ten seconds to set up.

    `artifacts` is the folder for files where the store is a database; without one, mlartifacts beside the SQLite file,
    or in the current folder. Raises: RiskModelError.
    """
    check(uri)
    os.environ.update(QUIET)
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", _RETRIES)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with _locked(uri):  # two processes that set up one database at once collide
            if (file := sqlite_file(uri)) is not None and not file.exists():
                _set_up(file)
            client = MlflowClient(tracking_uri=uri, registry_uri=uri)
            client.search_experiments(max_results=1)
    except ImportError as error:
        raise RiskModelError(f"{uri}: the driver of this database is not installed: {error}") from error
    except (MlflowException, SQLAlchemyError, OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise RiskModelError(f"{uri}: the tracking store cannot be opened: {reason[:300]}") from error
    if urlsplit(uri).scheme in _SERVERS:
        return Store(uri, client, None)
    return Store(uri, client, artifacts or (sqlite_file(uri) or Path()).parent / _ARTIFACTS)


def _set_up(file: Path) -> None:
    """A new database, whole or not at all: one that was killed between two migrations opens never again."""
    from mlflow import MlflowClient

    start = hidden(file, "new")
    for left in start.parent.glob(f"{glob.escape(start.name)}*"):
        left.unlink()
    made = start.with_name(f"{start.name}-{time.time_ns()}")  # MLflow keeps a store of one address open
    uri = f"sqlite:///{made}"
    try:
        MlflowClient(tracking_uri=uri, registry_uri=uri).search_experiments(max_results=1)
        atomic.move(made, file)
    finally:  # told to end meanwhile
        made.unlink(missing_ok=True)


@contextmanager
def _locked(uri: str) -> Iterator[None]:
    file = sqlite_file(uri)
    if file is None:
        yield
        return
    with ExitStack() as stack:
        with suppress(OSError):  # a folder that cannot be written has no second writer either
            stack.enter_context(lock.held(hidden(file, "lock"), Path(uri), PATIENCE))
        yield


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
    name = uri.removeprefix("sqlite:///").partition("?")[0]
    return Path(name) if uri.startswith("sqlite:///") and name else None
