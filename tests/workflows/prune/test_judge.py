"""What the test sample is asked about: the chain in order, and nobody beyond the first that it does not confirm."""

from dataclasses import dataclass

import pytest

from riskmodel.core import Change, Difference, Verdict
from riskmodel.workflows.prune import judge


@dataclass(frozen=True)
class Named:
    """As much of a cut as a trial looks at."""

    name: str


@pytest.fixture
def asked(monkeypatch):
    """The names that were judged, in order; a cut is confirmed where its name says so."""
    names = []

    def change(_given, cut, _sample, _rule):
        names.append(cut.name)
        passes = cut.name.startswith("fine")
        outcome = Verdict.NON_INFERIOR if passes else Verdict.INCONCLUSIVE
        auc = Difference(0.0, 0.001, -0.002, 0.002, 0.005, 0.001 if passes else 0.2, 0.003, outcome)
        brier = Difference(0.0, 0.001, -0.9, 0.9, 0.005, 1.0, 0.9, Verdict.INCONCLUSIVE)  # does not decide here
        return Change(cut.name, "given", "test", {"auc": auc, "brier": brier})

    monkeypatch.setattr(judge, "change", change)
    return names


@pytest.mark.parametrize(
    ("chain", "last", "confirmed", "judged"),
    [
        (("fine .5", "fine .2"), "fine .2", True, 2),
        (("fine .5", "poor .2", "fine .1"), "fine .5", True, 2),
        (("poor .5", "fine .2"), "poor .5", False, 1),
        ((), "fine but whole", False, 1),
    ],
)
def test_the_last_before_the_first_failure_and_nobody_beyond(asked, chain, last, confirmed, judged):
    cuts = [Named(name) for name in ("fine but whole", *chain)]
    made = judge.trial(Named("given"), cuts, chain, None, None)
    assert (made.cut.name, made.change.challenger, made.confirmed) == (last, last, confirmed)
    assert asked == list(chain or ("fine but whole",))[:judged]
