"""A decision as PMML 4.4: a Scorecard of points for a scorecard, a MiningModel for every other sum of trees."""

from riskmodel.code_export.pmml.document import pmml
from riskmodel.code_export.pmml.reader import decide, read

__all__ = ["decide", "pmml", "read"]
