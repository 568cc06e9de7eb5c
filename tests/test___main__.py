"""`python -m smelt` does what the command does."""

import subprocess
import sys

from typer.testing import CliRunner

from smelt.cli.main import app


def test_the_module_is_the_command() -> None:
    result = subprocess.run([sys.executable, "-m", "smelt", "record", "--for", "soon"], capture_output=True, text=True)
    told = CliRunner().invoke(app, ["record", "--for", "soon"])
    assert result.returncode == told.exit_code == 2
    assert result.stderr == told.stderr != ""
    assert "Traceback" not in result.stderr
