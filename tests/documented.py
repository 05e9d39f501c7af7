"""The blocks of the documentation, as a reader copies them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = str(Path(sys.executable).parent / "riskmodel")
_BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    page: str
    kind: str  # sh, python, toml, text
    text: str


def blocks(*pages: str) -> list[Block]:
    """All blocks of these pages, in order."""
    return [Block(page, *match) for page in pages for match in _BLOCK.findall((ROOT / page).read_text())]


def commands(*pages: str) -> list[str]:
    """Each line of the shell's blocks, without its comment."""
    return [line for block in blocks(*pages) if block.kind == "sh" for line in _lines(block)]


def _lines(block: Block) -> Iterator[str]:
    return (plain for line in block.text.splitlines() if (plain := line.split("#")[0].strip()))


def run(folder: Path, block: Block) -> None:
    """Runs a block of the shell or of Python in this folder, and fails as it fails."""
    if block.kind == "python":
        assert_done([sys.executable, "-c", block.text], folder)
    for line in _lines(block) if block.kind == "sh" else ():
        if line.startswith("riskmodel "):
            command(line, folder)


def command(line: str, folder: Path) -> None:
    assert_done([PROGRAM, *shlex.split(line)[1:]], folder)


def assert_done(arguments: list[str], folder: Path) -> None:
    at = {"cwd": folder, "env": environment()}
    done = subprocess.run(arguments, **at, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def assert_serves(line: str, page: str, folder: Path) -> None:
    """Whether a command that goes on until it is stopped answers at this address."""
    pages = subprocess.Popen([PROGRAM, *shlex.split(line)[1:]], cwd=folder, start_new_session=True)
    try:
        assert _answers(f"http://127.0.0.1{page}")
    finally:
        os.killpg(pages.pid, 9)


def _answers(address: str) -> bool:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
                return answer.status == 200
        except OSError:
            time.sleep(0.5)
    return False
