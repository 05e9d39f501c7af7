"""In which order a reader meets the findings."""

from itertools import permutations

from riskmodel.core.evidence import Mark
from riskmodel.review.findings import Finding, Severity, Topic, ranked


def finding(severity, topic, mark=None):
    return Finding(severity, f"{severity}, {topic}, {mark}", "", topic, mark=mark)


def test_the_heaviest_come_first_and_of_these_what_failed_before_what_asks_for_attention():
    order = (
        finding(Severity.HIGH, Topic.ROWS),
        finding(Severity.MEDIUM, Topic.VERDICT),
        finding(Severity.MEDIUM, Topic.STRESS, Mark.FAIL),
        finding(Severity.MEDIUM, Topic.HARM, Mark.ATTENTION),
        finding(Severity.MEDIUM, Topic.EVIDENCE, Mark.ATTENTION),
        finding(Severity.LOW, Topic.EVIDENCE, Mark.NOT_SHOWN),
    )
    assert {ranked(given) for given in permutations(order)} == {order}


def test_equals_stay_in_the_order_of_the_rules():
    equals = tuple(Finding(Severity.LOW, name, "") for name in "cab")
    assert ranked(equals) == equals
