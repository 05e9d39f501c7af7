"""Switch models in the registry: from a report, a bundle or an address to a version, and from there to its alias."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskmodel import bundle, tracking
from riskmodel.errors import RiskModelError
from riskmodel.tracking import Audit, Store, Version, switch
from riskmodel.tracking.audit import Entry
from riskmodel.tracking.model import ModelNotes
from riskmodel.workflows import model_resolver, pyfunc

CHOSEN = "chosen"


def promote(
    model: str | Path,
    alias: switch.Alias,
    *,
    because: str | None = None,
    name: str | None = None,
    store: str = tracking.DEFAULT_URI,
    audit: Path | None = None,
    key: Path | None = None,
) -> tuple[Version, Entry | None]:
    """Gives a model the alias champion or challenger, and writes the line of the audit.

    Parameters
    ----------
    model
        A run's report (its choice is meant), a bundle's folder, or an address in MLflow.
    alias
        "champion" or "challenger"; a new champion leaves "previous" on the old one.
    because
        The reason; None for no other than that the test sample has confirmed the model.
    name
        The registered model, as MLflow may call it; None for the one that has it already.
    store
        URI of the MLflow store.
    audit
        Its file; None for riskmodel-audit.jsonl beside a SQLite store, or else in the current folder.
    key
        A public key, whose holder must have signed the model. A version that was registered before it was signed keeps
        no signature: the signed bundle becomes a version of its own.

    Returns
    -------
    The version, and the line that was written: None where it had the alias already.

    Raises
    ------
    RiskModelError
        With nothing switched.

    Examples
    --------
    >>> promote("reports/loans", "champion", because="the first release")  # doctest: +SKIP
    """
    reason = _reason(because)
    if name is not None:
        switch.check_name(name)
    runs = tracking.open_store(store)
    version = _version(runs, model, name, key)
    return version, switch.promote(runs, _audit(runs, audit), version, alias, reason)


def rollback(
    name: str, *, because: str | None = None, store: str = tracking.DEFAULT_URI, audit: Path | None = None
) -> tuple[Version, Entry]:
    """Makes the previous champion of a registered model its champion again. Raises: RiskModelError."""
    reason = _reason(because)
    switch.check_name(name)
    runs = tracking.existing(store)
    entry = switch.rollback(runs, _audit(runs, audit), name, reason)
    return switch.version_at(runs, name, entry["version"]), entry


def _reason(because: str | None) -> str:
    """Of the audit; a reason of no letter would be none to whoever reads it. Raises: RiskModelError."""
    if because is not None and not because.strip():
        raise RiskModelError("because must say a reason, however: it is empty; it may be left out")
    return because or ""


def _audit(runs: Store, path: Path | None) -> Audit:
    return Audit(path or tracking.audit_file(runs))


def _version(runs: Store, model: str | Path, name: str | None, key: Path | None) -> Version:
    place = model if tracking.is_address(model) else _bundle_folder(Path(model))
    saved = model_resolver.opened(place, runs.uri, key)
    named = tracking.registered_at(runs, str(model)) if tracking.is_address(model) else None
    if named is not None:
        return switch.version_at(runs, *named)
    version = switch.version_of(runs, saved, name)
    if version is not None and (key is None or tracking.read(version.address, runs.uri).signature == saved.signature):
        return version
    if (name := name or (version.model if version else None)) is None:
        raise RiskModelError(f"{model}: is not registered in {runs.uri}; say --name, and it will be")
    return _registered(runs, saved, name)


def _bundle_folder(folder: Path) -> Path:
    """Of a report the bundle that was chosen."""
    is_report = not (folder / bundle.MANIFEST).is_file() and (folder / CHOSEN / bundle.MANIFEST).is_file()
    return folder / CHOSEN if is_report else folder


def _registered(runs: Store, saved: bundle.Bundle, name: str) -> Version:
    variant = _variant(saved)
    words = ModelNotes(version=f"{variant}, registered from a bundle's folder.", tags={"variant": variant})
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "bundle"
        bundle.save(saved, copy)
        number = tracking.register_bundle(runs, name, copy, pyfunc.__name__, words)
    return switch.version_at(runs, name, number)


def _variant(saved: bundle.Bundle) -> str:
    return str(saved.lineage.get("variant", saved.kind))


def in_words(version: Version, alias: str, entry: Entry | None) -> str:
    """One line for a person."""
    if entry is None:
        return f"{version.address} is {alias} already; nothing was changed"
    before = f", in place of version {entry['before_version']}" if entry["before_version"] else ""
    return f"models:/{version.model}@{alias} is version {version.number} now{before}: audit line {entry['number']}"


def as_json(version: Version, entry: Entry | None) -> str:
    """The same for a program."""
    said: Mapping[str, Any] = {"address": version.address, "switched": entry is not None, "audit": entry}
    return json.dumps(said, sort_keys=True, indent=1)
