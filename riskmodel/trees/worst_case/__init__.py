"""How far the margin of any applicant whatever can change from one ensemble to another: a witness, and a bound.

    cells       the values of each feature that the splits of both ensembles can tell apart, one of each
    parts       the difference of the two as leaves of trees, joined in pairs where that narrows their range
    relaxation  the bound: the linear relaxation of the choice of one leaf a part and one cell a feature
    witness     the applicant: from many starts, one feature at a time
    decisions   whether any applicant at all can be decided otherwise

Every trained pair lies between the two; `exact` says whether they meet.
"""

from riskmodel.trees.worst_case.decisions import ROUNDING, DecisionProof, proved
from riskmodel.trees.worst_case.search import WorstChange, worst_change

__all__ = ["ROUNDING", "DecisionProof", "WorstChange", "proved", "worst_change"]
