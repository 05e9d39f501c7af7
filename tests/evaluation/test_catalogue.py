"""All that could be asked: once each, section by section, and with words for the reader."""

from itertools import pairwise

from riskmodel.core.evidence import Mark
from riskmodel.evaluation import catalogue


def test_every_method_stands_once_and_sections_are_not_torn_apart():
    methods = catalogue.methods()
    ids = [method.id for method in methods]
    assert len(set(ids)) == len(ids)
    sections = [method.section for method in methods]
    assert sum(one != other for one, other in pairwise(sections)) == len(set(sections)) - 1


def test_every_method_says_what_it_does_where_it_comes_from_and_where_it_applies():
    for method in catalogue.methods():
        assert all((method.title, method.formula, method.source, method.applies)), method.id
        assert method.id.count(".") == 1


def test_without_outcomes_exactly_those_that_need_them_are_not_evaluated(limits):
    made = catalogue.without_outcome(70)
    assert {evidence.method for evidence in made} == {m for m in catalogue.methods() if m.needs_outcome}
    assert {(e.mark, e.reason, e.rows) for e in made} == {(Mark.NOT_EVALUATED, "The data have no outcome.", 70)}
    assert 0 < len(made) < len(catalogue.methods())


def test_only_methods_of_the_thresholds_file_are_in_the_catalogue(limits):
    assert {method.id for method in catalogue.methods()} <= set(limits.by_name)
