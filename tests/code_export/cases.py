"""What is hard to say in another language: odd names and spellings, codes, ranges, and every rule."""

from dataclasses import replace

from samples import FEATURES

from riskmodel import bundle
from riskmodel.config import Scoring
from riskmodel.core import Policy

POLICY = Policy(0.3, 0.25, (0.05, 0.1, 0.2))
HARD = (
    replace(FEATURES[0], codes=(-9.0, 0.5), low=-1.5, high=1.5, nullable=False),
    replace(FEATURES[1], name='uti\'l "x"', low=-2.0, high=2.0),
    replace(FEATURES[2], categories=("7", "00012", "true", "it's", "rest"), other=True),
    replace(FEATURES[3], name="months?", source="term", codes=(-1.0, 3.0)),
    replace(FEATURES[4], name="term"),
)
STRICT = [
    Scoring(),
    Scoring(out_of_range="missing", unseen="quarantine", wrong_type="missing"),
    Scoring(out_of_range="quarantine", missing_value="quarantine"),
    Scoring(out_of_range="refuse", unseen="refuse", wrong_type="refuse", missing_value="refuse"),
]


def saved(scorer, folder, scoring=None, **more):
    """The folder of a bundle of a scorer."""
    bundle.save(bundle.pack(scorer, POLICY, {"id": "loan"}, {}, scoring or Scoring(), **more), folder)
    return folder
