"""What `riskmodel refer` prints: the band, what it does to whom, and what is not counted."""

import io

from rich.console import Console

from riskmodel.cli.render import refer
from riskmodel.core import Policy
from riskmodel.workflows.refer import Group, Referral

WHOLE = Group("all", 2000, 1500, 300, 200, 30, 0.0287)
CURVE = [Group("0.05", 2000, 800, 1000, 200, 8, 0.0181), Group("0.2", 2000, 0, 1800, 200, 0, 1.0)]


def printed(referral, output=None):
    console = Console(width=100, record=True, file=io.StringIO())
    refer.summary(referral, output, console)
    return " ".join(console.export_text().split())


def referral(**changes):
    policy = Policy(0.3, 0.12, (0.05, 0.2))
    given = {"target": 0.03, "alpha": 0.05, "controlled": None, "policy": policy, "all": WHOLE, "groups": {}}
    return Referral(**{**given, "curve": CURVE, **changes})


def test_the_band_is_told_with_its_rate_and_bound():
    text = printed(referral(groups={"sex": [Group("sex=f", 900, 700, 120, 80, 21, 0.0437)]}), "band")
    assert "Approve below 0.12, decline from 0.3, refer between" in text
    assert "at most 3.00% with 95% confidence (here 2.00%, bound 2.87%)" in text
    assert "sex=f 900 77.8% 13.3% 8.9% 3.00% 4.37%" in text
    assert text.endswith("band: the bundle with this band")


def test_where_no_band_holds_nothing_is_promised():
    text = printed(referral(policy=None, all=None), "band")
    assert "No band holds a bad rate of 3.00% at 95% confidence" in text
    assert "the bundle with this band" not in text


def test_nobody_approved_has_no_rate():
    assert "0.2 2,000 0.0% 90.0% 10.0% none 100.00%" in printed(referral())


def test_rows_that_score_sets_aside_are_told():
    assert "41 rows break the model's rules" in printed(referral(aside=41))
    assert "break" not in printed(referral())
