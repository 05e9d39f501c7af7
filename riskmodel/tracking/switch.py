"""Which version of a registered model decides: the aliases champion, challenger and previous, and their changes.

The line of the audit is written before the first alias changes: a switch that was stopped half way has a line too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from riskmodel.bundle import Bundle
from riskmodel.core import Verdict
from riskmodel.errors import RiskModelError
from riskmodel.tracking import audit
from riskmodel.tracking.audit import Audit, Entry
from riskmodel.tracking.evidence import Confirmation, confirmation
from riskmodel.tracking.store import Store

_NEVER_IN_NAMES = frozenset("/\\:'\"`%")  # MLflow refuses the first; the others end a search's text
_LONGEST = 4_000  # characters of a version's description
CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"
Alias = Literal["champion", "challenger"]
Aliases = Mapping[str, str]  # the version that each alias names
Steps = tuple[tuple[str, str | None], ...]  # aliases to set in this order; None takes one away


@dataclass(frozen=True)
class Version:
    """A version of a registered model, and what is known of it."""

    model: str
    number: str
    tags: Mapping[str, str]
    evidence: Confirmation | None  # None where it is no choice of a run

    @property
    def address(self) -> str:
        return f"models:/{self.model}/{self.number}"

    @property
    def confirmed(self) -> bool:
        """Whether the test sample showed it to be no worse than the champion of its run."""
        return self.evidence is not None and self.evidence.verdict is Verdict.NON_INFERIOR


def check_name(model: str) -> None:
    """Raises: RiskModelError for a name that no registered model can have, or be looked up by."""
    if not model.strip() or model.startswith(".") or not model.isprintable() or set(model) & _NEVER_IN_NAMES:
        raise RiskModelError(
            f"the name of a registered model must be of letters, digits, -, _, . and spaces, and not begin with a dot, "
            f"however: {model!r}"
        )


def version_of(store: Store, saved: Bundle, model: str | None = None) -> Version | None:
    """The latest version with these very bytes, of the given model or of any; None where nobody registered them."""
    only = f"tags.bundle_sha256 = '{saved.sha256}'" + (f" and name = '{model}'" if model else "")
    versions = sorted(store.client.search_model_versions(only), key=lambda version: int(version.version))
    return version_at(store, versions[-1].name, versions[-1].version) if versions else None


def version_at(store: Store, model: str, number: str | int) -> Version:
    """One version. Raises: MlflowException where there is none."""
    version = store.client.get_model_version(model, str(number))
    tags = dict(version.tags)
    return Version(model, str(version.version), tags, confirmation(store, version.run_id, tags.get("variant", "")))


def aliases_of(store: Store, model: str) -> Aliases:
    """The version that each alias of a model names. Raises: RiskModelError where there is no such model."""
    from mlflow.exceptions import MlflowException

    try:
        aliases = store.client.get_registered_model(model).aliases
    except MlflowException as error:
        raise RiskModelError(f"{store.uri}: has no registered model {model!r}") from error
    return {str(alias): str(number) for alias, number in aliases.items()}


@dataclass(frozen=True)
class _Order:
    action: str
    alias: str
    steps: Steps
    because: str


def promote(store: Store, trail: Audit, version: Version, alias: Alias, because: str = "") -> Entry | None:
    """Gives an alias to a version, and returns the line of the audit; None where it has the alias already.

    A new champion leaves `previous` on the old one. Raises: RiskModelError for a version that the test sample has not
    confirmed and that no reason speaks for, and for an audit that is not whole.
    """
    if not version.confirmed and not because.strip():
        raise RiskModelError(
            f"{version.address}: must be confirmed by the test sample to become {alias}, however: it is not; "
            'to promote it all the same, say --because "..."'
        )
    with trail.held():
        now = aliases_of(store, version.model)
        if now.get(alias) == version.number:
            return None
        return _switched(store, trail, version, _Order("promote", alias, promotion(now, version, alias), because))


def rollback(store: Store, trail: Audit, model: str, because: str = "") -> Entry:
    """Makes the previous champion the champion again; there is no previous one then.

    Raises: RiskModelError where there is none, or for an audit that is not whole.
    """
    with trail.held():
        now = aliases_of(store, model)
        if PREVIOUS not in now:
            raise RiskModelError(f"models:/{model}@{PREVIOUS}: there is no earlier champion to go back to")
        steps: Steps = ((CHAMPION, now[PREVIOUS]), (PREVIOUS, None))
        order = _Order("rollback", CHAMPION, steps, because)
        return _switched(store, trail, version_at(store, model, now[PREVIOUS]), order)


def promotion(now: Aliases, version: Version, alias: Alias) -> Steps:
    """What a promotion changes. Raises: RiskModelError where the champion would be its own challenger."""
    if alias == CHALLENGER:
        if now.get(CHAMPION) == version.number:
            raise RiskModelError(f"{version.address}: must be another than the champion, however: it is the champion")
        return ((CHALLENGER, version.number),)
    steps: Steps = ((PREVIOUS, now[CHAMPION]),) if CHAMPION in now else ()
    steps += ((CHAMPION, version.number),)
    return steps + (((CHALLENGER, None),) if now.get(CHALLENGER) == version.number else ())


def _switched(store: Store, trail: Audit, version: Version, order: _Order) -> Entry:
    audit.compared(trail, store, version.model)
    entry = trail.append(_facts(store, version, order, order.action))
    try:
        for name, number in order.steps:
            _set(store, version.model, name, number)
    except BaseException:
        trail.append(_facts(store, version, order, f"{order.action} failed"))
        raise
    audit.compared(trail, store, version.model)
    _tell(store, version, entry)
    return entry


def _set(store: Store, model: str, alias: str, number: str | None) -> None:
    if number is None:
        store.client.delete_registered_model_alias(model, alias)
    else:
        store.client.set_registered_model_alias(model, alias, number)


def _facts(store: Store, version: Version, order: _Order, action: str) -> dict[str, Any]:
    before = aliases_of(store, version.model).get(order.alias)
    hashes = {key: version.tags.get(key, "") for key in ("bundle_sha256", "model_sha256")}
    return {
        "action": action,
        "model": version.model,
        "alias": order.alias,
        "version": version.number,
        **hashes,
        "confirmed": version.confirmed,
        "because": order.because.strip(),
        "before_version": before,
        "before_bundle_sha256": version_at(store, version.model, before).tags.get("bundle_sha256") if before else None,
    }


def _newest(text: str) -> str:
    """A description of bounded length: the beginning has the figures, the end the last switches."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}\n\n...\n\n{text[-half:]}"


def _tell(store: Store, version: Version, entry: Entry) -> None:
    """The evidence on the page of the version in MLflow."""
    said = "The test sample has not confirmed it." if version.evidence is None else version.evidence.in_words
    why = f", because: {entry['because']}" if entry["because"] else ""
    line = f"{entry['action'].capitalize()} to {entry['alias']} at {entry['time']} by {entry['who']}{why}."
    before = store.client.get_model_version(version.model, version.number).description or ""
    parts = [before, *([] if said in before else [said]), line]
    store.client.update_model_version(version.model, version.number, _newest("\n\n".join(filter(None, parts))))
    tags = {"confirmed": str(version.confirmed).lower()} | (version.evidence.tags if version.evidence else {})
    for key, value in tags.items():
        store.client.set_model_version_tag(version.model, version.number, key, value)
