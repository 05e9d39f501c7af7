"""The HTML is whole, self-contained, safe and in order."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from riskmodel.core import Verdict
from riskmodel.review import review
from riskmodel.review.charts.run import pictures
from riskmodel.review.pages.render import picture_page
from riskmodel.review.pages.run import run_page

VOID = {"meta", "link", "br", "hr", "img", "input"}
HOSTILE = "</script><script>alert(1)</script>"


class Reader(HTMLParser):
    """What a reader's browser would see: tags in balance, text outside scripts, rows by table."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words, self.heads, self.tables = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append({"caption": "", "heads": []})
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        inside = [tag for tag, _ in self.open]
        if {"script", "style"} & set(inside):
            return
        self.words.append(data)
        if "caption" in inside:
            self.tables[-1]["caption"] += data
        if self.open and self.open[-1] == ("th", {"scope": "row"}):
            self.tables[-1]["heads"].append(data)
        if re.fullmatch(r"h[1-6]", inside[-1] if inside else ""):
            self.heads.append(int(inside[-1][1]))

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def rendered(settings, study):
    made = review(settings, study)
    return run_page(made, pictures(made))


@pytest.fixture(scope="module")
def html(settings, study):
    return rendered(settings, study)


@pytest.fixture(scope="module")
def reader(html):
    return Reader(html)


def test_all_tags_are_closed(reader):
    assert reader.open == []


def test_nothing_is_loaded_from_anywhere(reader):
    for tag, attributes in reader.tags:
        for key in ("src", "href", "action", "data", "poster"):
            assert re.match(r"#|data:|$", attributes.get(key) or ""), (tag, attributes)
    policy = next(a["content"] for tag, a in reader.tags if tag == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'")


def test_the_file_is_small(html):
    assert len(html.encode()) < 3e5


def test_every_variant_stands_once_in_the_table_of_variants(reader, study):
    table = next(table for table in reader.tables if table["caption"].startswith("All variants"))
    assert table["heads"] == list(study.variants)


def test_every_table_has_a_caption_and_every_head_a_scope(reader):
    assert all(table["caption"] for table in reader.tables)
    assert all("scope" in attributes for tag, attributes in reader.tags if tag == "th")


def test_headings_descend_one_level_at_a_time(reader):
    assert reader.heads[0] == 1
    assert reader.heads.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in zip(reader.heads, reader.heads[1:], strict=False))


def test_every_picture_is_described_in_words(reader):
    drawn = [attributes for tag, attributes in reader.tags if tag == "svg"]
    assert len(drawn) == 2 * (3 + 2)  # for a desk and a phone: time, size, differences, and two scorers' features
    assert all(len(attributes["aria-label"]) > 20 for attributes in drawn)


def test_links_within_the_page_lead_somewhere(reader):
    ids = {attributes["id"] for _, attributes in reader.tags if "id" in attributes}
    assert {a["href"][1:] for tag, a in reader.tags if tag == "a"} <= ids
    assert dict(reader.tags[0][1])["lang"] == "en-GB"


def test_the_top_has_change_verdict_margins_and_findings(reader):
    top = reader.text[: reader.text.index("The choice and its reason")]
    for words in (
        "lgbm/trees@0.25 in place of lgbm",
        "Non-inferior",
        "AUC 0.005",
        "not out of time",
    ):
        assert words in top


def test_of_more_than_three_findings_the_top_has_three(settings, another_study, change):
    weak = another_study(confirmation=change("lgbm/trees@0.25", "test", -0.004, Verdict.INCONCLUSIVE))
    html = rendered(settings, weak)
    assert "The three biggest of 4 findings" in Reader(html).text
    assert html.count('<span class="severity ') == 3


def test_hashes_machine_and_guidance_are_named(reader):
    for words in ("d" * 64, "Example CPU", "SR 26-2 / OCC Bulletin 2026-13", "which replaced SR 11-7"):
        assert words in reader.text


def test_it_never_grants_leave(reader):
    assert "approved" not in reader.text.lower()
    assert "compliant" not in reader.text.lower()


def test_the_same_review_gives_the_same_bytes(html, settings, another_study):
    assert rendered(settings, another_study()) == html


def test_hostile_names_are_shown_and_never_run(settings, another_study, entry):
    made = (
        entry("lgbm", "lgbm", (), 1.0, 0.78, 500, None, trees=400),
        entry(HOSTILE, HOSTILE, (HOSTILE,), 0.5, 0.78, 300, Verdict.NON_INFERIOR, trees=200),
    )
    changes = {"attributions": {HOSTILE: ((HOSTILE, 1.0),)}, "run": {HOSTILE: {HOSTILE: HOSTILE}}}
    html = rendered(settings, another_study(made, HOSTILE, **changes))
    assert HOSTILE not in html
    table = next(table for table in Reader(html).tables if table["caption"].startswith("All variants"))
    assert table["heads"] == ["lgbm", HOSTILE]


def test_a_champion_that_stays_needs_no_challenger(settings, another_study):
    text = Reader(rendered(settings, another_study(chosen="lgbm"))).text
    assert "No challenger was confirmed" in text
    assert "The champion stays" in text
    assert "Chosen, test" not in text


def test_what_is_missing_is_said_to_be_not_evaluated(settings, another_study):
    bare = review(settings, another_study(tested={}, confirmation=None, attributions={}, run={}))
    text = Reader(run_page(bare, {})).text
    assert text.count("NOT EVALUATED") > 10
    assert "the run left no record of its hashes" in text


def test_one_picture_alone_is_a_page(settings, study):
    reader = Reader(picture_page("A & B", "cost", pictures(review(settings, study))["cost"]))
    assert reader.open == []
    assert "one-sided 95 % bounds of the paired difference" in reader.text
    assert "A & B" in reader.text


def test_a_cost_below_one_is_not_rounded_away(settings, another_study):
    bare = another_study()
    cost = dict.fromkeys(bare.trade_off.cost, 0.1851)
    text = Reader(rendered(settings, replace(bare, trade_off=replace(bare.trade_off, cost=cost)))).text
    assert "0.1851" in text


def test_of_a_scorer_fitted_anew_no_dropped_parts_are_counted(settings, another_study):
    bare = another_study()
    variant = bare.variants["lgbm/trees@0.25"]
    anew = replace(variant, plans=(replace(variant.plans[0], unit="scorer"),))
    text = Reader(rendered(settings, replace(bare, variants={**bare.variants, anew.name: anew}))).text
    assert "the whole scorer is fitted anew" in text
    assert "whole scorers stay" not in text


def test_that_decisions_differ_is_not_called_worse(settings, another_study):
    study = another_study()
    auc = replace(study.confirmation.differences["auc"], delta=-0.002, upper=-0.001)
    for name, said in (("log_loss", True), ("decisions", False)):
        confirmed = replace(study.confirmation, differences={name: auc})
        chain = replace(study.trade_off, trials={study.trade_off.chosen: confirmed})
        text = Reader(rendered(settings, replace(study, confirmation=confirmed, trade_off=chain))).text
        assert ("yet shown to be worse" in text) is said


def test_the_cost_that_decided_is_weighed(settings, another_study):
    bare = another_study()
    cost = {**bare.trade_off.cost, "lgbm": 1.5, "lgbm/trees@0.25": 0.1851}
    made = replace(bare, trade_off=replace(bare.trade_off, cost=cost, cost_unit="feature_cost"))
    assert "Feature cost: 1.5 to 0.1851" in Reader(rendered(settings, made)).text
