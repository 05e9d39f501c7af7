"""The words every room shares: what a sample, a scorer, a plan, a variant and a choice are.

Read these files first, in this order: samples, scorer, pruning, judgement. They hold no algorithm, and import nothing
of ours but the errors.
"""

from riskmodel.core.arguments import check_by_column, check_levels, check_number, check_seed, check_share
from riskmodel.core.evaluation import (
    Change,
    Difference,
    Evaluation,
    Interval,
    SideFigures,
    Study,
    Timing,
    TradeOff,
    Verdict,
)
from riskmodel.core.plan import Compressor, Decision, Pruner, PruningPlan, Ranking, RankingPruner, Variant, check_keep
from riskmodel.core.probes import Probes
from riskmodel.core.row_sketch import RowSketch
from riskmodel.core.sample import (
    Choice,
    Column,
    Development,
    Kind,
    Mask,
    Matrix,
    Outcome,
    Role,
    Sample,
    Schema,
    Sealed,
    Split,
    Targets,
    TeacherPds,
    Vector,
)
from riskmodel.core.scorer import (
    DECISIONS,
    FIXED_ORDER,
    SINGLE,
    Calibration,
    Complexity,
    Files,
    Policy,
    Recipe,
    Scorer,
    Tick,
    canonical,
    identity,
)
from riskmodel.core.scoring import Reference, Scale
from riskmodel.core.stages import HasStages, why_undecided
from riskmodel.core.teacher import TeacherBlend

__all__ = [
    "DECISIONS",
    "FIXED_ORDER",
    "SINGLE",
    "Calibration",
    "Change",
    "Choice",
    "Column",
    "Complexity",
    "Compressor",
    "Decision",
    "Development",
    "Difference",
    "Evaluation",
    "Files",
    "HasStages",
    "Interval",
    "Kind",
    "Mask",
    "Matrix",
    "Outcome",
    "Policy",
    "Probes",
    "Pruner",
    "PruningPlan",
    "Ranking",
    "RankingPruner",
    "Recipe",
    "Reference",
    "Role",
    "RowSketch",
    "Sample",
    "Scale",
    "Schema",
    "Scorer",
    "Sealed",
    "SideFigures",
    "Split",
    "Study",
    "Targets",
    "TeacherBlend",
    "TeacherPds",
    "Tick",
    "Timing",
    "TradeOff",
    "Variant",
    "Vector",
    "Verdict",
    "canonical",
    "check_by_column",
    "check_keep",
    "check_levels",
    "check_number",
    "check_seed",
    "check_share",
    "identity",
    "why_undecided",
]
