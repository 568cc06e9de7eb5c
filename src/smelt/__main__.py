"""`python -m smelt` is the command `smelt`."""

from smelt.cli.main import app

app()
