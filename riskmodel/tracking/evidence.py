"""What the test sample said of a registered version: read from the choice that its run has written down."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from riskmodel.core import Verdict
from riskmodel.errors import RiskModelError, cause
from riskmodel.tracking.store import Store

FILE = "choice.json"


@dataclass(frozen=True)
class Confirmation:
    """One challenger against the champion of its run, on the test sample that was opened once."""

    challenger: str
    champion: str
    verdict: Verdict
    decided_by: str  # auc, brier or log_loss: the weakest
    lower: float  # one-sided 95 % bound of its difference; more is better
    margin: float

    @property
    def in_words(self) -> str:
        return (
            f"{self.challenger} against {self.champion} on the test sample: {self.verdict}, decided by "
            f"{self.decided_by}, lower bound {self.lower:+.4f}, margin {self.margin:g}."
        )

    @property
    def tags(self) -> dict[str, str]:
        """The same for MLflow."""
        figures = {"decided_by": self.decided_by, "lower": f"{self.lower:.6g}", "margin": f"{self.margin:.6g}"}
        return {"champion_variant": self.champion, "verdict": str(self.verdict), **figures}


def confirmation(store: Store, run: str | None, variant: str) -> Confirmation | None:
    """What the run of a variant wrote of it; None where the test sample was not asked about it.

    Raises: RiskModelError for a choice that cannot be read.
    """
    text = _choice(store, run)
    if text is None:
        return None
    try:
        choice = json.loads(text)
        asked = choice.get("test", {}).get(variant)
        if asked is None:
            return None
        figures = (asked["decided_by"], float(asked["lower"]), float(asked["margin"]))
        return Confirmation(variant, choice["champion"], Verdict(asked["verdict"]), *figures)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RiskModelError(f"{FILE} of run {run} is damaged: {cause(error)}") from error


def _choice(store: Store, run: str | None) -> bytes | None:
    """The file lies with the parent of the variant's run."""
    if not run:
        return None
    parent = store.client.get_run(run).data.tags.get("mlflow.parentRunId")
    if parent is None or FILE not in {item.path for item in store.client.list_artifacts(parent)}:
        return None
    with tempfile.TemporaryDirectory() as folder:
        return Path(store.client.download_artifacts(parent, FILE, folder)).read_bytes()
