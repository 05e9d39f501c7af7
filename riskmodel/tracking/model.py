"""A bundle as an MLflow model: its folder, and the name of the module that loads it; no code, and nothing pickled."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from riskmodel import bundle
from riskmodel.tracking.signature import example_of, signature_of
from riskmodel.tracking.store import Store

NAME = "model"  # of a run's model, in addresses such as runs:/RUN/model
INSIDE = "data/bundle"
KIND = "probability of default"
_VERSIONS = "mlflow.modelVersions"  # MLflow's own tag: the page of a model names its versions by it


@dataclass(frozen=True)
class Logged:
    """A model that was logged with a run: its id, where it lies, and the hashes by which a version is known again."""

    run: str
    model_id: str
    source: str
    hashes: Mapping[str, str]


@dataclass(frozen=True)
class ModelNotes:
    """What the pages of a registered model and of its version say, as Markdown."""

    model: str = ""
    version: str = ""
    tags: Mapping[str, Any] = field(default_factory=dict)  # of the version


def log_model(store: Store, run: str, folder: Path, loader: str, tags: Mapping[str, str] | None = None) -> Logged:
    """Logs a bundle as a model of a run, for `mlflow.pyfunc.load_model("runs:/RUN/model")`.

    `loader` names the module whose `_load_pyfunc` opens the folder of a bundle. Raises: BundleError.
    """
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus

    experiment = store.client.get_run(run).info.experiment_id
    with tempfile.TemporaryDirectory() as beside:
        hashes = save(folder, Path(beside) / NAME, loader)
        made = store.client.create_logged_model(experiment, NAME, run, {**(tags or {}), **hashes}, None, KIND)
        try:
            store.client.log_model_artifacts(made.model_id, str(Path(beside) / NAME))
        except BaseException:
            store.client.finalize_logged_model(made.model_id, LoggedModelStatus.FAILED)
            raise
    store.client.finalize_logged_model(made.model_id, LoggedModelStatus.READY)
    store.client.log_outputs(run, [LoggedModelOutput(made.model_id, 0)])
    # A server takes no place from whoever registers; on a database MLflow would ask the default store for the id.
    source = f"models:/{made.model_id}" if store.artifacts is None else str(made.artifact_location)
    return Logged(run, made.model_id, source, hashes)


def save(folder: Path, target: Path, loader: str) -> dict[str, str]:
    """Writes a bundle as the folder of an MLflow model, and returns its hashes. Raises: BundleError."""
    import mlflow.pyfunc

    saved = bundle.read(folder)
    hashes = {"bundle_sha256": saved.sha256, "model_sha256": saved.scorer_sha256}
    signature = signature_of(saved)
    with tempfile.TemporaryDirectory() as beside:  # its name there is its name in the model
        mlflow.pyfunc.save_model(
            str(target),
            loader_module=loader,
            data_path=str(shutil.copytree(folder, Path(beside) / Path(INSIDE).name)),
            # Told, or else MLflow runs the model to see what it imports.
            pip_requirements=[f"riskmodel=={version('riskmodel')}"],
            signature=signature,
            input_example=None if signature is None else example_of(saved),
            metadata={**hashes, "features": [column.read_from for column in saved.features]},
        )
    return hashes


def register(store: Store, name: str, logged: Logged, words: ModelNotes) -> str:
    """Makes a logged model the next version of a registered model; returns its address.

    No alias is set: which version is champion is for a person to say.
    """
    from mlflow.exceptions import MlflowException

    try:
        store.client.create_registered_model(name, description=words.model or None)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    facts = {**logged.hashes, "model_id": logged.model_id, **words.tags}
    tags = {key: str(value) for key, value in facts.items()}
    made = store.client.create_model_version(
        name,
        logged.source,
        logged.run,
        tags,
        description=words.version or None,
        model_id=logged.model_id,
    )
    known = json.dumps([{"name": name, "version": str(made.version)}])
    store.client.set_logged_model_tags(logged.model_id, {_VERSIONS: known})
    return f"models:/{name}/{made.version}"


def register_bundle(store: Store, name: str, folder: Path, loader: str, words: ModelNotes) -> str:
    """Registers a bundle's folder in a run of its own; returns the number of the version. Raises: BundleError."""
    run = store.client.create_run(store.experiment(name), run_name=f"register {folder.name}").info.run_id
    try:
        address = register(store, name, log_model(store, run, folder, loader), words)
    except BaseException:
        store.client.set_terminated(run, "FAILED")
        raise
    store.client.set_terminated(run, "FINISHED")
    return address.rpartition("/")[2]
