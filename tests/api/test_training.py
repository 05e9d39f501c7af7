"""A finished run in memory: every variant by its name, and what became of it in a sentence or two."""

from dataclasses import replace

import pytest
from stand_in_studies import study_of, three

from riskmodel.api.training import TrainedRun, _planned, _said, saved
from riskmodel.core import Verdict
from riskmodel.errors import DataError

SMALL, NETWORK = "lgbm/trees@0.25", "neural/neurons@0.5/weights@0.5"


class Said:
    """A review of which nothing but the reason is asked."""

    reason = "it is <smaller>"
    rows = ()
    chosen = SMALL


def run(study=None):
    study = study or three()
    return TrainedRun(None, study, Said(), "<html/>", {name: f"model of {name}" for name in study.variants})


def of(name, **changes):
    study = three()
    chosen = {"run": {**study.run, "champion": {"by": "tune"}}}
    return " ".join(_said(name, replace(study, **chosen, trade_off=replace(study.trade_off, **changes))))


def test_champion_and_chosen_are_those_of_the_trade_off():
    made = run()
    assert (made.champion, made.chosen) == ("model of lgbm", f"model of {SMALL}")
    assert made[NETWORK] == f"model of {NETWORK}"


@pytest.mark.parametrize("ask", [lambda made: made["nobody"], lambda made: made.why("nobody")])
def test_a_variant_that_there_is_not_is_refused_with_those_that_are(ask):
    with pytest.raises(DataError, match=rf"^name must be among lgbm, {SMALL}, {NETWORK}, however: 'nobody'$"):
        ask(run())


def test_without_a_name_it_is_the_reason_of_the_choice():
    assert run().why() == str(run()) == "it is <smaller>"
    assert run()._repr_html_() == "<p>it is &lt;smaller&gt;</p>"


def test_the_champion_is_told_by_what_it_was_chosen():
    assert of("lgbm").startswith("lgbm is the champion: the lowest log-loss on tune of the unpruned scorers.")
    study = replace(three(), run={**three().run, "champion": {"by": "later periods"}})
    assert "it holds best across later periods" in " ".join(_said("lgbm", study))


def test_a_variant_is_told_its_verdict_its_cost_and_that_it_is_chosen():
    sentence = of(SMALL)
    assert sentence.startswith(f"{SMALL} on selection: non-inferior after Holm, decided by ")
    assert "Its cost is 100 work." in sentence
    assert sentence.endswith("It is chosen.")


def test_what_has_no_cost_and_could_not_be_chosen_says_so():
    sentence = of(NETWORK, out={NETWORK: "it is harmful to one group"})
    assert "cost" not in sentence
    assert "It could not be chosen: it is harmful to one group." in sentence
    assert "inferior after Holm" in sentence
    assert not sentence.endswith("It is chosen.")


def test_what_the_test_sample_said_is_told_and_what_it_was_not_asked():
    study = study_of(5)
    first, second = list(study.variants)[1:3]
    trade_off = replace(study.trade_off, chain=(first, second), trials={first: study.trade_off.changes[first]})
    study = replace(study, trade_off=trade_off)
    assert "The test sample says " in " ".join(_said(first, study))
    assert "The test sample was not asked about it: one before it in the chain failed." in " ".join(
        _said(second, study)
    )
    assert study.trade_off.verdicts[first] in set(Verdict)


def test_a_page_is_written_as_html_alone(tmp_path):
    assert saved("<p>", tmp_path / "a.html").read_text() == "<p>"
    assert run().report(tmp_path / "b.html").read_text() == "<html/>"
    with pytest.raises(DataError, match=r"a\.txt: must end in \.html, however: \.txt"):
        saved("<p>", tmp_path / "a.txt")


def test_a_plan_or_a_target_says_what_is_trained():
    with pytest.raises(DataError, match=r"^a plan or a target must be given, however: neither is$"):
        _planned([], None, None)
