"""Serve a saved model over HTTP until it is interrupted."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

from riskmodel.errors import RiskModelError
from riskmodel.serving.body import Limits
from riskmodel.workflows.decide import load

TOKEN = "RISKMODEL_TOKEN"  # noqa: S105 - the name of the variable


def serve(
    model: str,
    *,
    challenger: str | None = None,
    store: str | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    log: Path | None = None,
) -> None:
    """Answers POST /decide with a model's decisions; `challenger` is asked beside, after each answer has gone.

    The variable RISKMODEL_TOKEN, where it is set, is what every request must bear. `log` is the file of decisions.
    Raises: RiskModelError, also for an address beyond this machine without a token.
    """
    token = os.environ.get(TOKEN) or None
    if token is None and not _is_loopback(host):
        raise RiskModelError(
            f"{host}: a service beyond this machine must have a token in {TOKEN}, however: none is set"
        )
    import uvicorn

    from riskmodel.serving.app import Service
    from riskmodel.serving.decision_log import DecisionLog

    shadow = load(challenger, store) if challenger else None
    service = Service(load(model, store), shadow, limits, token, DecisionLog(log) if log else None)
    uvicorn.run(service.app, host=host, port=port, log_level="warning", access_log=False, timeout_keep_alive=5)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
