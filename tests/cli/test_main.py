"""The commands: their order, their help, and how little is imported to show it."""

import subprocess
import sys

import pytest

from smelt.cli.main import app

COMMANDS = (
    "init",
    "simulate",
    "warm",
    "record",
    "ingest",
    "run",
    "compact",
    "mapping",
    "exclude",
    "train",
    "score",
    "decode",
    "sql",
    "coverage",
    "serve",
    "doctor",
    "config",
)
HEAVY = ("numpy", "polars", "pyarrow", "duckdb", "deltalake", "sklearn", "numba", "fastapi", "obstore")


def test_commands_stand_in_the_order_of_the_way_of_the_data(smelt) -> None:
    assert tuple(c.name for c in app.registered_commands) == COMMANDS
    text = smelt("--help").stdout
    places = [text.index(f"│ {name} ") for name in COMMANDS]
    assert places == sorted(places)


def test_without_a_command_it_helps(smelt) -> None:
    assert "Usage: " in smelt().output


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(smelt, command: str) -> None:
    result = smelt(command, "--help")
    assert result.exit_code == 0
    doc = next(c.callback.__doc__ for c in app.registered_commands if c.name == command)
    assert doc.split()[:4] == result.stdout.split("\n\n")[1].split()[:4] or doc.split()[0] in result.stdout
    assert "--help" in result.stdout


@pytest.mark.parametrize("args", [["--help"], ["run", "--help"], ["sql", "--help"], ["simulate", "--help"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys\nfrom smelt.cli.main import app\n"
        f"try:\n    app({args!r})\nexcept SystemExit:\n    pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage: " in result.stdout
    assert result.stderr.strip() == "[]"


def test_an_unknown_option_is_exit_code_2(smelt) -> None:
    assert smelt("run", "--no-such-option").exit_code == 2
