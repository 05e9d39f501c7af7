"""The command line: `commands/` has one short command a workflow, `render/` what it prints.

A user's mistake is one line and exit code 1.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module

import click
from click.shell_completion import shell_complete
from rich.console import Console

from riskmodel import limits, privacy, registry
from riskmodel.cli import commands, signals
from riskmodel.errors import RiskModelError, in_one_line, without_credentials
from riskmodel.files import beside

_COMPLETION = "_RISKMODEL_COMPLETE"  # set by a shell that wants a word completed


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="riskmodel")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--show-values", is_flag=True, help="Let messages repeat values of the tables.")
@click.option(
    "--limit", "bounds", multiple=True, metavar="NAME=N", help=f"Raise a bound: {', '.join(limits.DEFAULTS)}."
)
@click.pass_context
def cli(context: click.Context, debug: bool, quiet: bool, show_values: bool, bounds: tuple[str, ...]) -> None:
    """Make credit-risk models smaller, and prove that they are no worse."""
    for bound in bounds:
        name, _, number = bound.partition("=")
        if not number.isdigit():
            raise click.BadParameter(f"must be NAME=N with a whole number N, however: {bound!r}", param_hint="--limit")
        limits.allow(name, int(number))
    privacy.show_values(show_values)
    context.obj = Console(stderr=True, quiet=quiet)
    context.meta["debug"] = debug


for _name in registry.names(commands.__path__):
    cli.add_command(getattr(import_module(f"{commands.__name__}.{_name}"), _name))


def main() -> None:
    """Entry point: 0 done, 1 a user's mistake in one line, 2 usage, 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP."""
    signals.listen()
    # Set before a booster is loaded: threads that spin while they wait slow every process on a shared machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if asked := os.environ.get(_COMPLETION):
        sys.exit(shell_complete(cli, {}, "riskmodel", _COMPLETION, asked))
    try:
        # Not by click's own `main`, which takes SIGTERM, and a file that ends too early, for Ctrl-C.
        with cli.make_context("riskmodel", sys.argv[1:]) as context:
            cli.invoke(context)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort) as error:
        click.echo(f"riskmodel: {_ended(error)}; {_left(error)}", err=True)
        sys.exit(signals.exit_code(error))
    except Exception as error:
        if "--debug" in sys.argv:
            click.echo(without_credentials(_traceback(error)), err=True, nl=False)
        else:
            click.echo(f"riskmodel: {in_one_line(beside.by_its_place(_message(error)))}", err=True)
        sys.exit(1)


def _traceback(error: Exception) -> str:
    """Where it happened; what a library says there of a table's values is left out, as in the one line."""
    plain = ("  File ", "Traceback ", "\n", "riskmodel.errors.")
    chunks = traceback.format_exception(error)
    return "".join(chunk if chunk.startswith(plain) else privacy.redacted(chunk) for chunk in chunks)


def _left(error: BaseException) -> str:
    if error.args:
        return " ".join(map(str, error.args))
    if places := beside.written():
        return f"{', '.join(map(str, places))} was written before that, whole"
    return "nothing was written, and what was there before is as it was"


def _ended(error: BaseException) -> str:
    return "interrupted" if signals.exit_code(error) == 130 else "told to end"


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, RiskModelError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory for this"
    what = privacy.redacted(" ".join(str(error).split()))[:300]
    return f"an error of riskmodel's own, {type(error).__name__}: {what}; --debug shows where"
