"""A long call tells of its stages where somebody can see them, and is silent in a program."""

import logging

from riskmodel.api import progress


def test_a_program_sees_nothing_and_a_listener_every_stage(caplog, capsys):
    with caplog.at_level(logging.INFO, logger="riskmodel"):
        stages = progress.stages(None)
        with stages.stage("Fit", 2) as tick:
            tick()
            tick()
        stages.say("kept")
    assert capsys.readouterr() == ("", "")
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["Fit", "kept"]
    assert stages.seconds["Fit"] >= 0


def test_progress_is_shown_where_it_is_asked_for(capsys):
    with progress.stages(True).stage("Prune") as tick:
        tick()
    assert "Prune" in capsys.readouterr().err


def test_a_notebook_has_one_display_that_grows(monkeypatch):
    displayed = []

    class Handle:
        def update(self, content):
            displayed.append(content.data)

    def display(content, display_id):
        assert display_id
        displayed.append(content.data)
        return Handle()

    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", display)
    stages = progress.stages(None)
    for name in ("Fit <a>", "Judge"):
        with stages.stage(name) as tick:
            tick()
    assert "Fit &lt;a&gt;" in displayed[-1]
    assert "Judge" in displayed[-1]
    assert displayed[-1].count("\n") == 1


def test_false_is_silent_on_a_terminal_too(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress.stages(False).stage("Fit"):
        pass
    assert capsys.readouterr().err == ""
