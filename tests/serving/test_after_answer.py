"""What follows an answer is done in batches beside it, and nothing is lost: not to a full disk, not at the end."""

import json
from pathlib import Path

import pytest
from batch.books import applications, packed

from riskmodel.core import Policy
from riskmodel.serving import DecisionModel
from riskmodel.serving import after_answer as module
from riskmodel.serving.after_answer import AfterAnswer
from riskmodel.serving.decision_log import DecisionLog

ROWS = applications(30, 11).to_pylist()


@pytest.fixture(scope="module")
def model(fitted):
    return DecisionModel.from_bundle(packed(fitted("scorecard"), policy=Policy(0.25, 0.2, (0.1, 0.2))))


def answered(model, rows):
    return [model.decide(row) for row in rows]


def ids(path: Path):
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


def test_all_that_was_put_is_written_in_order_when_it_closes(model, tmp_path):
    after = AfterAnswer(DecisionLog(tmp_path / "log"), lambda _outcome: None)
    for row in ROWS:
        after.put([row], answered(model, [row]), None)
    after.close()
    assert ids(tmp_path / "log") == [row["loan"] for row in ROWS]
    after.put(ROWS[:2], answered(model, ROWS[:2]), None)
    after.close()
    assert len(ids(tmp_path / "log")) == len(ROWS) + 2


def test_the_challenger_is_compared_by_its_decision(model, fitted):
    strict = DecisionModel.from_bundle(packed(fitted("scorecard"), policy=Policy(0.02, 0.01, (0.1,))))
    counted = []
    after = AfterAnswer(None, counted.append)
    after.put([*ROWS, {"loan": "L", "income": "much"}], answered(model, [*ROWS, ROWS[0]]), strict)
    after.close()
    wanted = ["same" if strict.decide(row).decision == model.decide(row).decision else "differs" for row in ROWS]
    assert counted == [*wanted, "refused"]
    assert len(set(wanted)) == 2


def test_what_cannot_be_written_waits_and_is_written_once(model, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "AGAIN", 0.01)
    folder = tmp_path / "later"
    after = AfterAnswer(DecisionLog(folder / "log"), lambda _outcome: None)
    after.put(ROWS[:3], answered(model, ROWS[:3]), None)
    while not after.fault:
        pass
    assert after.fault == "No such file or directory"
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    assert after.is_full
    folder.mkdir()
    while after.fault:
        pass
    assert not after.is_full
    after.close()
    assert ids(folder / "log") == [row["loan"] for row in ROWS[:3]]
    assert capsys.readouterr().err.count("the log cannot be written") == 1


def test_lines_that_do_not_fit_on_the_disk_are_all_written_or_none(model, tmp_path):
    log, answers = DecisionLog(Path("/dev/full")), [(0.0, answer) for answer in answered(model, ROWS)]
    with pytest.raises(OSError, match="No space left"):
        log.write(answers)
    (tmp_path / "log").write_text('{"time": "cut o')
    DecisionLog(tmp_path / "log").write(answers[:2])
    assert [line[:9] for line in (tmp_path / "log").read_text().splitlines()] == ['{"time": ', '{"time":"', '{"time":"']
