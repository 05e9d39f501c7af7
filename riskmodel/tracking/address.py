"""Addresses of models in MLflow, and the bundle that lies at one; nothing else that was logged with it is opened."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from riskmodel import bundle
from riskmodel.bundle import MANIFEST, Bundle
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.tracking.model import INSIDE
from riskmodel.tracking.store import DEFAULT_URI, Store, existing

FORMS = "models:/NAME/VERSION, models:/NAME@ALIAS or runs:/RUN_ID/PATH"
_VERSION = re.compile(r"models:/(?P<name>[^/@:]+)/(?P<version>[1-9][0-9]*)")
_ALIAS = re.compile(r"models:/(?P<name>[^/@:]+)@(?P<alias>[^/@:]+)")
_RUN = re.compile(r"runs:/(?P<run>[^/]+)/(?P<name>[^/]+)(?P<rest>(/[^/]+)*)")
_UPWARDS = re.compile(r"/\.\.?(/|$)")


def is_address(model: str | Path) -> bool:
    """Whether this names a model in MLflow, and not a file or folder."""
    return str(model).startswith(("models:", "runs:"))


def read(address: str, uri: str = DEFAULT_URI) -> Bundle:
    """The bundle at an address of the store at `uri`, every byte as it was written.

    Raises: RiskModelError for an address of another form, for what the store does not have, and for a model that holds
    no bundle; BundleError for a bundle that was changed.
    """
    if not any(form.fullmatch(address) for form in (_VERSION, _ALIAS, _RUN)) or _UPWARDS.search(address):
        raise RiskModelError(f"an address must be {FORMS}, however: {address}")
    store = existing(uri)
    from mlflow.exceptions import MlflowException

    with tempfile.TemporaryDirectory() as folder:
        try:
            place = _fetched(store, address, folder)
        except (MlflowException, OSError) as error:
            raise RiskModelError(f"{address}: cannot be had from {uri}: {_in_one_line(error)}") from error
        try:
            return bundle.read(place)
        except BundleError as error:
            raise BundleError(str(error).replace(str(place), address)) from error


def registered_at(store: Store, address: str) -> tuple[str, str] | None:
    """Name and number of the registered version at an address that `read` takes; None for an address in a run."""
    if match := _VERSION.fullmatch(address):
        return match["name"], match["version"]
    if match := _ALIAS.fullmatch(address):
        from mlflow.exceptions import MlflowException

        try:
            version = store.client.get_model_version_by_alias(match["name"], match["alias"])
        except MlflowException as error:
            raise RiskModelError(f"{address}: cannot be had from {store.uri}: {_in_one_line(error)}") from error
        return match["name"], str(version.version)
    return None


def _fetched(store: Store, address: str, folder: str) -> Path:
    """A copy of the bundle alone: a model of another kind may be of any size."""
    from mlflow.artifacts import download_artifacts

    source = _source(store, address)
    for inside in ("", f"/{INSIDE}"):
        if MANIFEST in _names(store, source + inside):
            return Path(download_artifacts(artifact_uri=source + inside, dst_path=folder, tracking_uri=store.uri))
    present = ", ".join(sorted(_names(store, source))[:5]) or "nothing"
    raise RiskModelError(f"{address}: must hold a riskmodel bundle, however: it holds {present}")


def _source(store: Store, address: str) -> str:
    """Where the files of a registered version lie: MLflow itself would ask the default store."""
    if match := _VERSION.fullmatch(address):
        version = store.client.get_model_version(match["name"], match["version"])
    elif match := _ALIAS.fullmatch(address):
        version = store.client.get_model_version_by_alias(match["name"], match["alias"])
    else:
        return _in_run(store, address)
    source = str(version.source)
    if source.startswith("models:/"):
        return str(store.client.get_logged_model(source.removeprefix("models:/")).artifact_location)
    return source


def _in_run(store: Store, address: str) -> str:
    """A model that was logged with the run by this name, else a folder among its files."""
    if match := _RUN.fullmatch(address):
        outputs = store.client.get_run(match["run"]).outputs
        for output in outputs.model_outputs if outputs else ():
            model = store.client.get_logged_model(output.model_id)
            if model.name == match["name"]:
                return f"{model.artifact_location}{match['rest']}"
    return address


def _names(store: Store, uri: str) -> set[str]:
    from mlflow.artifacts import list_artifacts

    return {Path(artifact.path).name for artifact in list_artifacts(artifact_uri=uri, tracking_uri=store.uri)}


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
