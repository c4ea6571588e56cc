"""The command line: load, call, print. Each command's module is imported when it runs."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper

import click

from azcost.errors import AzcostError

# command -> (module and attribute, the line that `azcost --help` shows)
COMMANDS = {
    "init": ("spec:init", "Write a commented starter specification."),
    "estimate": (
        "estimate:estimate",
        "Price one or more designs; - reads one from standard input.",
    ),
    "compare": (
        "compare:compare",
        "Price a design in other ways to buy, run and build it, and find the best mix.",
    ),
    "diff": ("diff:diff", "Compare two designs: what changes, by how much, and why."),
    "commit": (
        "commit:commit",
        "Find the reservations and the savings plan to buy for hourly usage.",
    ),
    "spot": (
        "spot:spot",
        "Say what a job costs on spot machines, and how often to write checkpoints.",
    ),
    "nodes": (
        "nodes:nodes",
        "Say how many nodes of a pool to commit to, and what to do with the rest.",
    ),
    "lifecycle": (
        "lifecycle:lifecycle",
        "Price blobs over their life: as they are, under a policy, and at best.",
    ),
    "tokens": (
        "tokens:tokens",
        "Say what a load of tokens should be bought as: by the token, in batch, or as PTUs.",
    ),
    "audit": (
        "audit:audit",
        "Judge what runs, from a snapshot of it or straight from a subscription.",
    ),
    "collect": (
        "collect:collect",
        "Read a subscription into a snapshot; nothing is written to it.",
    ),
    "doctor": ("doctor:doctor", "Check the login, its roles, and what azcost asks of Azure."),
    "rules": ("rules:rules", "List the rules of the audit, and explain one."),
    "forecast": (
        "spending:forecast",
        "Forecast daily cost, the end of the month, and a budget's chances.",
    ),
    "anomalies": (
        "spending:anomalies",
        "Find days that cost unlike the days before, where and why.",
    ),
    "budget": (
        "budget:budget",
        "Set budgets in Azure, see where they stand, and check them against a forecast.",
    ),
    "alert": ("alert:alert", "Have Azure mail anomalies, or a view of costs."),
    "shutdown": (
        "shutdown:shutdown",
        "Find out what can be off, and let Azure stop it.",
    ),
    "weekly": ("weekly:weekly", "Compose the mail of the week and send it, once."),
    "prices": ("prices:prices", "Look at the price tables, and fetch newer prices from Azure."),
    "schema": ("spec:schema", "Print the JSON schema of a specification, for editors."),
}


class Azcost(click.Group):
    """The group of commands, and the one place where our errors become text."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which one needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"azcost.cli.{module}"), attribute)
        del ctx
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error of ours ends with its message and its exit code."""
        try:
            return super().invoke(ctx)
        except AzcostError as error:
            if ctx.obj is not None:  # asked by a notebook, which wants the error itself
                raise
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)


@click.command(cls=Azcost, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="azcost", message="azcost %(version)s")
def main() -> None:
    """Cost modelling and optimisation advice for machine learning on Azure.

    Exit codes: 0 fine, 1 findings or cost over the asked limit, 2 usage or bad input,
    3 incomplete, 4 something has no price.
    """


def run() -> None:
    """Run the command line; a closed pipe is no error, nor an output that is not UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # Windows redirects in its old code page
            stream.reconfigure(errors="replace")
    try:
        main()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
