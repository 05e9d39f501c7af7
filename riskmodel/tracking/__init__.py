"""Runs and models in MLflow: the only room that knows it; it stores what was found and decides nothing."""

from riskmodel.tracking.address import is_address, read
from riskmodel.tracking.log import log_run, ticks
from riskmodel.tracking.scored import log_scored
from riskmodel.tracking.store import DEFAULT_URI, Store, open_store
from riskmodel.tracking.ui import ui

__all__ = ["DEFAULT_URI", "Store", "is_address", "log_run", "log_scored", "open_store", "read", "ticks", "ui"]
