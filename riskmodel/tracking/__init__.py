"""Runs and models in MLflow: the only room that knows it; it stores what was found and decides nothing."""

from riskmodel.tracking.address import is_address, read, registered_at
from riskmodel.tracking.audit import Audit
from riskmodel.tracking.audit import file_of as audit_file
from riskmodel.tracking.log import log_report, ticks
from riskmodel.tracking.model import register_bundle
from riskmodel.tracking.report import save
from riskmodel.tracking.scored import log_scored
from riskmodel.tracking.store import DEFAULT_URI, Store, existing, open_store
from riskmodel.tracking.switch import Version
from riskmodel.tracking.ui import pages, ui
from riskmodel.tracking.unfinished import watched

__all__ = [
    "DEFAULT_URI",
    "Audit",
    "Store",
    "Version",
    "audit_file",
    "existing",
    "is_address",
    "log_report",
    "log_scored",
    "open_store",
    "pages",
    "read",
    "register_bundle",
    "registered_at",
    "save",
    "ticks",
    "ui",
    "watched",
]
