"""`make bench`: every table that the documentation quotes, measured on this machine, into reports/benchmarks.md.

python -m tests.benchmarks [NAME ...]     only the named tables; without a name all of them
"""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from rich.console import Console

from riskmodel.evaluation import machine

FOLDER = Path(__file__).parent
REPORT = Path("reports/benchmarks.md")


def main(wanted: list[str]) -> None:
    console = Console(stderr=True)
    names = sorted(m.name for m in iter_modules([str(FOLDER)]) if not m.name.startswith("_"))
    if unknown := sorted(set(wanted) - set(names)):
        sys.exit(f"a benchmark must be among {', '.join(names)}, however: {unknown[0]}")
    for name in wanted or names:
        console.rule(name)
        text = import_module(f"tests.benchmarks.{name}").table(console)
        print(text)
        standing = sections_of(REPORT.read_text() if REPORT.exists() else "")  # now: another process may have written
        write({**standing, name: text})


def sections_of(text: str) -> dict[str, str]:
    """Tables of an earlier run by name, so that one table can be measured again."""
    parts = text.split("\n<!-- table: ")[1:]
    return {part.split(" -->", 1)[0]: part.split("-->\n", 1)[1].strip() for part in parts}


def write(sections: dict[str, str]) -> None:
    facts = ", ".join(f"{key} {value}" for key, value in sorted(machine().items()) if not isinstance(value, dict))
    head = f"# Benchmarks\n\nWritten by `make bench`. Machine: {facts}.\n"
    body = "\n".join(f"\n<!-- table: {name} -->\n{text}\n" for name, text in sorted(sections.items()))
    REPORT.parent.mkdir(exist_ok=True)
    beside = REPORT.with_suffix(".partial")
    beside.write_text(head + body)
    beside.replace(REPORT)


if __name__ == "__main__":
    main(sys.argv[1:])
