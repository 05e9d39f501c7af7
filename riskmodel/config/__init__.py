"""A run's TOML, read once at the door: unknown keys, wrong types and impossible values are refused by their path.

A file a section of the TOML; `run` holds them together.
"""

from riskmodel.config.cascade import CascadeRule, DecisionMargins
from riskmodel.config.choice import ChoiceRule, LatencyRule
from riskmodel.config.data import Data, Scoring, Vendor, Where
from riskmodel.config.margins import SHARES, MarginRule, Margins, RareFaults
from riskmodel.config.model import Limitation, ModelFacts
from riskmodel.config.options import built
from riskmodel.config.policy import Points, PolicyRule, ReviewPolicy
from riskmodel.config.reading import parse, read, read_policy, schema
from riskmodel.config.recipes import RecipeEntry, ScorerEntry, Step
from riskmodel.config.run import Run, Tracking
from riskmodel.config.split import SplitShares

__all__ = [
    "SHARES",
    "CascadeRule",
    "ChoiceRule",
    "Data",
    "DecisionMargins",
    "LatencyRule",
    "Limitation",
    "MarginRule",
    "Margins",
    "ModelFacts",
    "Points",
    "PolicyRule",
    "RareFaults",
    "RecipeEntry",
    "ReviewPolicy",
    "Run",
    "ScorerEntry",
    "Scoring",
    "SplitShares",
    "Step",
    "Tracking",
    "Vendor",
    "Where",
    "built",
    "parse",
    "read",
    "read_policy",
    "schema",
]
