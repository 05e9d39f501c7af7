"""What the scorers of months share: their columns, recipe, files and training; a kind adds the cell that reads them."""

from riskmodel.scorers._sequence.columns import KINDS, with_sequence
from riskmodel.scorers._sequence.recipe import SequenceRecipe
from riskmodel.scorers._sequence.scorer import SequenceScorer

__all__ = ["KINDS", "SequenceRecipe", "SequenceScorer", "with_sequence"]
