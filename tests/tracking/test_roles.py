"""Champion and choice come first and are named so."""

from dataclasses import replace

from riskmodel.tracking.roles import COLOURS, VariantRole, path, ranked, role, title

CHOSEN, NEURAL = "lgbm/trees@0.25", "neural/neurons@0.5/weights@0.5"


def test_parts_names_and_order(study):
    assert [role(study, name) for name in ("lgbm", CHOSEN, NEURAL)] == [
        VariantRole.CHAMPION,
        VariantRole.CHOSEN,
        VariantRole.OTHER,
    ]
    assert ranked(study) == ["lgbm", CHOSEN, NEURAL]
    assert title(study, CHOSEN) == f"chosen: {CHOSEN}"
    assert title(study, NEURAL) == NEURAL
    assert path(study) == ["lgbm", CHOSEN]


def test_a_champion_that_stays_is_named_so_and_stands_first(study):
    kept = replace(study, trade_off=replace(study.trade_off, chosen="lgbm"))
    assert title(kept, "lgbm") == "champion, kept: lgbm"
    assert ranked(kept)[0] == "lgbm"
    assert role(kept, CHOSEN) is VariantRole.OTHER


def test_no_two_parts_that_stand_side_by_side_have_one_colour():
    assert len({COLOURS[part] for part in (VariantRole.CHAMPION, VariantRole.CHOSEN, VariantRole.OTHER)}) == 3
