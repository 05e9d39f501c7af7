"""The command line says what there is without loading it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click.testing
import pytest

from riskmodel import compression, config, pruning, scorers
from riskmodel.cli import cli

HEAVY = ("numpy", "pandas", "pyarrow", "sklearn", "lightgbm", "numba", "mlflow")
LOADED = """
import sys
from riskmodel.cli import cli
cli({}, standalone_mode=False)
print(sorted(set(sys.modules) & set({})))
"""


def printed(*arguments):
    return click.testing.CliRunner().invoke(cli, arguments).output


@pytest.mark.parametrize("arguments", [["data", "list"], ["train", "--help"], ["prune", "--help"]])
def test_nothing_heavy_is_loaded_to_say_what_there_is(arguments):
    code = LOADED.format(arguments, HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_lists_each_kind_and_method_with_a_line():
    output = printed("train", "--help")
    for name in (*scorers.names(), *pruning.names(), *compression.names()):
        lines = [line for line in output.splitlines() if line.split()[:1] == [name]]  # onnx is a kind and a compressor
        assert lines, name
        assert all(len(line.split()) > 2 for line in lines), name
    assert "group_lasso" in printed("prune", "--help")


def test_the_schema_is_printed_and_written(tmp_path):
    assert json.loads(printed("schema")) == json.loads(json.dumps(config.schema()))
    printed("schema", "--output", str(tmp_path / "run.schema.json"))
    assert (tmp_path / "run.schema.json").read_text() == printed("schema")


def test_the_package_is_the_program():
    done = subprocess.run([sys.executable, "-m", "riskmodel", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == printed("--version").split()[-1]


def test_a_shell_completes_commands():
    asked = {"_RISKMODEL_COMPLETE": "bash_complete", "COMP_WORDS": "riskmodel pr", "COMP_CWORD": "1"}
    program = str(Path(sys.executable).parent / "riskmodel")
    done = subprocess.run([program], capture_output=True, text=True, check=True, env={**os.environ, **asked})
    assert done.stdout.split() == ["plain,promote", "plain,prune"]
