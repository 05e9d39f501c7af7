"""The command line: `commands/` has one short command a workflow, `render/` what it prints.

A user's mistake is one line and exit code 1.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click
from rich.console import Console

from riskmodel import registry
from riskmodel.cli import commands
from riskmodel.errors import RiskModelError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="riskmodel")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.pass_context
def cli(context: click.Context, debug: bool, quiet: bool) -> None:
    """Make credit-risk models smaller, and prove that they are no worse."""
    context.obj = Console(stderr=True, quiet=quiet)
    context.meta["debug"] = debug


for _name in registry.names(commands.__path__):
    cli.add_command(getattr(import_module(f"{commands.__name__}.{_name}"), _name))


def main() -> None:
    """Entry point: 0 done, 1 a user's mistake in one line, 2 usage, 130 interrupted."""
    # Set before a booster is loaded: threads that spin while they wait slow every process on a shared machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (RiskModelError, OSError) as error:
        if "--debug" in sys.argv:
            raise
        click.echo(f"riskmodel: {_in_one_line(error)}", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo("riskmodel: interrupted; nothing was written, and what was there before is as it was", err=True)
        sys.exit(130)


def _in_one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split())
