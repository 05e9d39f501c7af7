"""One SELECT from an application's raw columns to its decision, in the words of a database."""

from riskmodel.code_export.sql.dialects import DIALECTS, Dialect
from riskmodel.code_export.sql.statement import decided, encoded, select
from riskmodel.code_export.sql.steps import SqlFault, faults, unknown

__all__ = ["DIALECTS", "Dialect", "SqlFault", "decided", "encoded", "faults", "select", "unknown"]
