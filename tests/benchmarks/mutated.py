"""What damaged files do: 102,000 model files, 10,000 manifests and 1,000 ONNX graphs, each refused or right."""

import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console

TESTS = Path(__file__).parents[1]
MODELS = 34_000  # of each of three formats
SUITES = {
    "manifests": "bundle/test_manifest.py",
    "ONNX": "onnx_export/test_closed_set.py",
    "model files": "scorers/test_fuzz.py",
}


def table(console: Console) -> str:
    """One line a kind of file: what its tests say, which fail on a crash, a hang, a traceback or a wrong number."""
    rows = ["| files | tests | counts |", "|---|---|---|"]
    for name, path in SUITES.items():
        console.print(name)
        command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-q", "-s", TESTS / path]
        environment = {**os.environ, "RISKMODEL_FUZZ": str(MODELS), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        counts = re.findall(r"^.*\d+ (?:files|manifests|graphs|models).*$", done.stdout, re.MULTILINE)
        rows.append(f"| {name} | {done.stdout.strip().splitlines()[-1]} | {'; '.join(counts)} |")
        console.print(rows[-1] if done.returncode == 0 else done.stdout[-5000:], markup=False)
    return "\n".join(rows)
