"""A step of a run that names a teacher: made once, stated in plan and settings, refused where nobody learns."""

from types import SimpleNamespace

import pytest
from small_run import toml

from riskmodel import config
from riskmodel.config import RecipeEntry, Step
from riskmodel.core import Variant
from riskmodel.errors import ConfigError
from riskmodel.pruning.algorithms.students import out_of_fold
from riskmodel.workflows.train import develop

NAMES = ("lgbm", "scorecard")


def _run(*steps):
    return SimpleNamespace(recipes=[RecipeEntry(scorers=["lgbm"], steps=[step]) for step in steps], seed=2)


def test_two_steps_share_a_teacher_and_are_told_from_one_without(fitted, development, monkeypatch):
    calls, made = [], out_of_fold.teacher
    monkeypatch.setattr(out_of_fold, "teacher", lambda *given, **named: calls.append(1) or made(*given, **named))
    unpruned = {name: Variant(name, name, fitted(name)) for name in NAMES}
    lasso, taught = (Step(pruner="group_lasso", keep=[0.3], teacher=list(names)) for names in ((), NAMES))
    collapse = Step(pruner="collapse", keep=[0.3], teacher=list(NAMES))
    variants = develop.challengers(_run(lasso, taught, collapse), unpruned, development)
    assert list(variants) == ["lgbm/group_lasso@0.3", "lgbm/group_lasso-2@0.3", "lgbm/collapse@0.3"]
    own, other, third = variants.values()
    assert own.plans[0].teacher is None
    assert other.plans[0].teacher == third.plans[0].teacher
    assert other.plans[0].teacher.scorers == NAMES
    assert other.settings == ({"teacher": list(NAMES)},)
    assert own.plans[0].values != other.plans[0].values
    assert len(calls) == 1


def test_a_pruner_that_learns_nothing_has_no_teacher():
    run = _run(Step(pruner="prefix", keep=[0.5], teacher=list(NAMES)))
    with pytest.raises(ConfigError, match=r"steps\.0\.teacher is for .*distil.*, however: prefix learns no PD"):
        develop.check_steps(run)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ('{ pruner = "distil", keep = 0.5, teacher = ["lgbm", "vendor"] }', "must be among lgbm, .*however: vendor"),
        ('{ pruner = "distil", keep = 0.5, teacher = ["lgbm", "lgbm"] }', "each scorer once, however: lgbm twice"),
        ('{ compressor = "float16", teacher = ["lgbm"] }', "a compressor has no teacher"),
    ],
)
def test_a_teacher_that_cannot_be_is_one_line(steps, said, tmp_path):
    path = tmp_path / "run.toml"
    path.write_text(toml() + f'\n[[recipes]]\nscorers = ["lgbm"]\nsteps = [{steps}]\n')
    with pytest.raises(ConfigError, match=said):
        config.read(path)
