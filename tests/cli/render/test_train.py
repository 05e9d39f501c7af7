"""The terminal shows every variant whole, and the choice as JSON for a program."""

import json

from rich.console import Console

from riskmodel.cli.render import train


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
    told = json.loads(train.as_json(study, folder))
    assert told["chosen"] == study.trade_off.chosen
    assert told["report"] == str(folder)
