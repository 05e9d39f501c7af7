"""What Python callers read names no option of the command line, but for commands that Python has not."""

import ast
import re
from pathlib import Path

import riskmodel

ROOT = Path(riskmodel.__file__).parent
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# The command line alone has these words, or the line names Python's too; the files below have commands to type, or call
# another program.
ALONE = {"--limit", "--show-values", "--resume", "--force", "--name", "--because", "--null", "--native"}
FILES = {"review/pages/pdf.py", "tracking/ui.py", "workflows/fetch.py"}


def _texts(file: Path):
    tree = ast.parse(file.read_text())
    words = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words:
            yield node.value


def test_no_message_outside_of_the_command_line_names_its_options():
    named = {
        (str(file.relative_to(ROOT)), option)
        for file in sorted(ROOT.rglob("*.py"))
        if not file.is_relative_to(ROOT / "cli") and str(file.relative_to(ROOT)) not in FILES
        for text in _texts(file)
        for option in OPTION.findall(text)
        if option not in ALONE
    }
    assert not named
