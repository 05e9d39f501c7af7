"""The model that answers now, and the watch that puts another in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from riskmodel.errors import RiskModelError
from riskmodel.serving.decision import DecisionModel


@dataclass
class Slot:
    """Holds one model. Whoever answers a request takes it once: a switch comes between requests, never within one."""

    model: DecisionModel


def watch(
    slot: Slot,
    version: Callable[[], str],
    load: Callable[[str], DecisionModel],
    tell: Callable[[str], None],
    *,
    now: str,
    seconds: float,
    end: Event,
) -> None:
    """Asks every so many seconds which version is meant, and puts it into the slot once it is loaded and warm.

    What cannot be asked or loaded is told, and the old model goes on. Ends when `end` is set.
    """
    while not end.wait(seconds):
        try:
            wanted = version()
            if wanted != now:
                slot.model, now = load(wanted), wanted
                tell(f"now {wanted}, {slot.model.model_sha256[:12]}")
        except (RiskModelError, OSError) as error:
            tell(f"the model stays: {error}")
