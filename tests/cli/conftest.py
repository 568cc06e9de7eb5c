"""The command line as tests call it: in this process, in a plant of their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.plants import clock, copy_plant, make_plant
from typer.testing import CliRunner

from smelt.cli.main import app
from smelt.runs.run import Request, run

Smelt = Callable[..., Result]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings from outside, and a terminal of a known width."""
    monkeypatch.delenv("SMELT_PLANT", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def smelt() -> Smelt:
    """Run a command; its output, errors and exit code."""

    def call(*args: object) -> Result:
        return CliRunner().invoke(app, [str(a) for a in args])

    return call


@pytest.fixture
def said(smelt: Smelt) -> Callable[..., Any]:
    """Run a command with --json and read its one line."""

    def call(*args: object) -> Any:
        result = smelt(*args, "--json")
        assert result.exit_code == 0, result.output
        assert result.stdout.count("\n") == 1 and result.stdout.endswith("\n")
        return json.loads(result.stdout)

    return call


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hours of two machines, taken the whole way; tests that write copy it."""
    root = make_plant(tmp_path_factory.mktemp("cli") / "done", 3)
    run(Request(root, {}), clock)
    return root


@pytest.fixture
def plant(done: Path, tmp_path: Path) -> Path:
    return copy_plant(done, tmp_path / "plant")
