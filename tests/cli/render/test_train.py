"""The terminal shows every variant whole, and the choice as JSON for a program."""

import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from riskmodel.cli.render import train
from riskmodel.core import Interval


def test_no_name_is_cut_off_in_eighty_columns(done):
    study, folder = done
    console = Console(width=80, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    train.summary(study, folder, console)
    text = console.export_text()
    assert all(name in text for name in study.variants)
    assert "…" not in text, text
    assert study.trade_off.reason.split(":")[0] in text


def test_a_program_reads_the_choice(done):
    study, folder = done
    answer = json.loads(train.as_json(study, folder))
    assert answer["chosen"] == study.trade_off.chosen
    assert answer["report"] == str(folder)


def rendered(study, folder):
    console = Console(width=80, record=True, file=io.StringIO())
    train.summary(study, folder, console)
    return console.export_text()


def test_long_names_are_cut_and_figures_never(done):
    study, folder = done
    long = {f"{name}/{'a-step-of-many-words' * 3 if variant.steps else ''}": variant
            for name, variant in study.variants.items()}  # fmt: skip
    renamed = dict(zip(study.variants, long, strict=True))
    trade_off = study.trade_off
    changed = replace(
        trade_off,
        **{key: {renamed[n]: v for n, v in getattr(trade_off, key).items() if n in renamed}
           for key in ("evaluations", "changes", "verdicts", "cost", "adjusted", "timings")},
        champion=renamed[trade_off.champion], chosen=renamed[trade_off.chosen],
    )  # fmt: skip
    variants = {new: replace(variant, name=new) for new, variant in long.items()}
    text = rendered(replace(study, trade_off=changed, variants=variants), folder)
    lines = [line for line in text.splitlines() if "…" in line]
    assert lines
    for line in lines:
        assert len(line.rstrip()) <= 80
        assert re.search(r"0\.\d{4} +[+-]0\.\d{4} +(non-inferior|inferior|inconclusive)", line)


def test_the_story_names_the_champion_and_both_samples(done):
    study, folder = done
    text = rendered(study, folder)
    champion = study.trade_off.champion
    on = [study.trade_off.evaluations[champion].figures["auc"].value, study.tested[champion].figures["auc"].value]
    assert f"Champion: {champion}, the lowest log-loss on tune of 3 unpruned scorers." in text
    assert f"AUC of {champion}: {on[0]:.4f} on selection, {on[1]:.4f} on test." in text


def test_samples_that_are_apart_by_more_than_chance_are_warned_of(done):
    study, _ = done
    champion = study.trade_off.champion
    far = replace(study.tested[champion], figures={"auc": Interval(0.5, 0.48, 0.52)})
    assert any("Warning" in line for line in train.story(replace(study, tested={champion: far})))
    same = study.trade_off.evaluations[champion]
    assert not any("Warning" in line for line in train.story(replace(study, tested={champion: same})))


@pytest.mark.parametrize(("low", "claims"), [(1.1, True), (0.95, False)])
def test_a_gain_in_time_is_claimed_only_where_its_interval_lies_above_1(done, low, claims):
    study, _ = done
    trade_off, name = study.trade_off, next(n for n, v in study.variants.items() if v.steps)
    timing = replace(trade_off.timings[name][10_000], speedup=Interval(1.3, low, 1.5))
    trade_off = replace(trade_off, chosen=name, timings={name: {10_000: timing}})
    lines = [line for line in train.story(replace(study, trade_off=trade_off)) if line.startswith("Time")]
    assert len(lines) == 1
    assert ("as fast" in lines[0]) is claims
