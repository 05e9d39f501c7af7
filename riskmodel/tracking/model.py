"""A bundle as an MLflow model: its folder, and the name of the module that loads it.

No code lies in the model, and nothing is pickled. The model has no signature on purpose: MLflow would change types and
drop columns by it, before the bundle's own rules see them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from riskmodel import bundle
from riskmodel.tracking.store import Store

PATH = "model"  # among a run's files
INSIDE = "data/bundle"


def log_model(store: Store, run: str, folder: Path, loader: str) -> None:
    """Writes a bundle to the files of a run, for `mlflow.pyfunc.load_model("runs:/RUN/model")`.

    `loader` names the module whose `_load_pyfunc` opens the folder of a bundle. Raises: BundleError.
    """
    with tempfile.TemporaryDirectory() as beside:
        save(folder, Path(beside) / PATH, loader)
        store.client.log_artifacts(run, str(Path(beside) / PATH), PATH)


def save(folder: Path, target: Path, loader: str) -> None:
    """Writes a bundle as the folder of an MLflow model. Raises: BundleError."""
    import mlflow.pyfunc

    saved = bundle.read(folder)
    with tempfile.TemporaryDirectory() as beside:  # its name there is its name in the model
        mlflow.pyfunc.save_model(
            str(target),
            loader_module=loader,
            data_path=str(shutil.copytree(folder, Path(beside) / Path(INSIDE).name)),
            # Told, or else MLflow runs the model to see what it imports.
            pip_requirements=[f"riskmodel=={version('riskmodel')}"],
            metadata={
                "bundle_sha256": saved.sha256,
                "model_sha256": saved.scorer_sha256,
                "features": [column.read_from for column in saved.features],
            },
        )


def register(store: Store, name: str, run: str, tags: Mapping[str, Any]) -> str:
    """Makes the model of a run the next version of a registered model; returns its address.

    No alias is set: which version is champion is for a person to say.
    """
    from mlflow.exceptions import MlflowException

    try:
        store.client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    tags_as_text = {key: str(value) for key, value in (_identity(store, run) | dict(tags)).items()}
    made = store.client.create_model_version(name, f"runs:/{run}/{PATH}", run, tags_as_text)
    return f"models:/{name}/{made.version}"


def register_bundle(store: Store, name: str, folder: Path, loader: str, tags: Mapping[str, Any]) -> str:
    """Registers a bundle's folder in a run of its own; returns the number of the version. Raises: BundleError."""
    run = store.client.create_run(store.experiment(name), run_name=f"register {folder.name}").info.run_id
    try:
        log_model(store, run, folder, loader)
        address = register(store, name, run, tags)
    except BaseException:
        store.client.set_terminated(run, "FAILED")
        raise
    store.client.set_terminated(run, "FINISHED")
    return address.rpartition("/")[2]


def _identity(store: Store, run: str) -> dict[str, Any]:
    """The hashes by which a version is known again."""
    from mlflow.models import Model

    with tempfile.TemporaryDirectory() as folder:
        metadata = Model.load(store.client.download_artifacts(run, f"{PATH}/MLmodel", folder)).metadata
    return {key: metadata[key] for key in ("bundle_sha256", "model_sha256")}
