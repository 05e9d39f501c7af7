"""What is gained and lost is told by its bound, and in words with its unit."""

from dataclasses import asdict, replace

import pytest

from riskmodel.evaluation.change.comparison import judge
from riskmodel.review.balance import Item, Pan, balance, less_is_better
from riskmodel.review.dossier import assess
from riskmodel.review.wording import label, named, weighed

SIZE = {"bytes": 900, "trees": 10, "leaves": 100, "weights": 0, "features": 4}
SMALLER = {**SIZE, "bytes": 400, "leaves": 120}


@pytest.mark.parametrize(("delta", "pan"), [(0.01, Pan.GAINED), (-0.003, Pan.LOST), (0.0005, Pan.OPEN)])
def test_a_figure_is_gained_or_lost_where_its_bound_excludes_zero(change, delta, pan):
    made = replace(change("a", "rows", 0.0, "non-inferior"), differences={"auc": judge(delta, 0.001, 0.005)})
    (item,) = balance({"champion": SIZE, "challenger": SIZE}, [], made)
    assert (item.what, item.pan) == ("auc", pan)


def test_each_size_is_weighed_by_itself_and_what_stays_is_left_out():
    result = balance({"champion": SIZE, "challenger": SMALLER}, [], None)
    assert [(item.what, item.pan) for item in result] == [("bytes", Pan.GAINED), ("leaves", Pan.LOST)]
    assert list(less_is_better("bytes", "bytes", 5, 5)) == []


def test_money_and_decisions_stand_where_an_amount_is_named(subject, limits):
    given = subject(rows=2000, harm=False)
    subjects = {item.what for item in assess(replace(given, amount=given.champion.pd * 1e6), limits).balance}
    assert "bad_amount_approved" in subjects
    assert "bad_amount_approved" not in {item.what for item in assess(given, limits).balance}


def test_items_are_words_with_their_unit():
    item = asdict(Item(Pan.GAINED, "bytes", "bytes", 244_000.0, 72_600.0))
    assert weighed(item).replace("\N{NO-BREAK SPACE}", " ") == "Size: 244 kB to 72.6 kB"
    share = asdict(Item(Pan.LOST, "change.expected_loss", "share", value=0.0478, low=0.02, high=0.07))
    assert (
        weighed(share).replace("\N{NO-BREAK SPACE}", " ")
        == "Expected loss, relative change: +4.78 % (+2.00 % to +7.00 %)"
    )


def test_harm_is_weighed_against_what_is_tolerated_and_says_so(subject, limits):
    """Surely there, and yet neither more nor less than is tolerated: that is shown neither way."""
    hurt, calm = (assess(subject(rows=3000, harm=harm), limits) for harm in (True, False))
    (lost,), (open_,) = ([item for item in d.balance if item.what == "change.harm"] for d in (hurt, calm))
    assert (lost.pan, open_.pan) == (Pan.LOST, Pan.OPEN)
    assert lost.tolerated == limits.setting(f"tolerated_{lost.measure}")
    words = weighed(asdict(lost))
    assert f"({lost.about}: {label(lost.measure)})" in words
    assert words.endswith(f", tolerated {lost.tolerated:g}")


def test_a_champion_that_stays_has_nothing_on_the_scales(subject, limits):
    given = subject(rows=2000, harm=False)
    assert assess(replace(given, challenger=given.champion), limits).balance == ()


def test_machine_labels_become_words():
    assert named({"samples": {"selection": {"bads": 7}}, "data_sha256": "ab"}) == [
        ("Data SHA-256", "ab"), ("Samples, selection: bads", "7")
    ]  # fmt: skip
