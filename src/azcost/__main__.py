"""`python -m azcost` is `azcost`."""

from azcost.cli import run

run()
