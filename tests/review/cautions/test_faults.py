"""Each planted fault is named among the first three findings, and a clean pair has none."""

import pytest
from faults import PLANTED, clean, named, warned

from riskmodel.evaluation.thresholds import standard
from riskmodel.review.dossier import assess

SEEDS = (0,)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_named_among_the_first_three_findings(fault, seed):
    dossier = assess(fault(seed), standard())
    assert named(dossier, PLANTED[fault]), [finding.statement for finding in dossier.findings[:5]]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_pair_has_no_warning_and_each_check_is_told(seed):
    dossier = assess(clean(seed), standard())
    assert warned(dossier) == []
    states = {caution.id: caution.state for caution in dossier.cautions}
    assert states.pop("dates") == "NOT EVALUATED"  # nothing dates these rows
    assert set(states.values()) == {"nothing found"}
    assert len({caution.id for caution in dossier.cautions}) == len(dossier.cautions) == 15
