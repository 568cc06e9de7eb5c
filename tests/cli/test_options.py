"""Shared options mean the same in every command: one name, one help text, one kind."""

from collections import defaultdict

import pytest
import typer

from smelt.cli import options
from smelt.cli.main import app

SHARED = {
    next(d for d in (declared.default, *declared.param_decls) if str(d).startswith("--")): declared
    for option in vars(options).values()
    for declared in getattr(option, "__metadata__", ())
}
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def test_each_is_declared_once_with_help() -> None:
    assert sorted(SHARED) == [
        "--engine", "--json", "--lake", "--landing", "--plant", "--probe", "--shdr", "--wait", "--workers",
    ]  # fmt: skip
    assert all(o.help.endswith(".") for o in SHARED.values())


def test_an_option_means_the_same_in_every_command() -> None:
    seen = defaultdict(set)
    for command in COMMANDS.values():
        for param in command.params:
            if param.opts[0] in SHARED:
                seen[param.opts[0]].add((param.help, param.default))
    assert set(seen) == set(SHARED)
    assert {name: len(kinds) for name, kinds in seen.items()} == dict.fromkeys(SHARED, 1)


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"init", "simulate", "warm", "decode", "record"}))
def test_every_command_on_a_plant_takes_plant_and_lake(command: str) -> None:
    assert {"--plant", "--lake"} <= {param.opts[0] for param in COMMANDS[command].params}
