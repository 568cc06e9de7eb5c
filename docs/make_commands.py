"""Write docs/commands.md from the command line's own help: `python docs/make_commands.py`."""

from collections.abc import Iterator
from pathlib import Path

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from smelt.cli.main import app

TARGET = Path(__file__).with_name("commands.md")
INSTANT = "instant in UTC, such as `2017-10-24T10:00` or `2017-10-24`"
HEAD = """\
# Commands

Made by `python docs/make_commands.py` from `smelt --help`; change the commands, not this page.

{help}

```
smelt COMMAND [OPTIONS]
```

{epilog}

What happens when something is wrong: one sentence on standard error, and exit code 2 if the caller or a setting is to
blame (nothing was written then), 75 if a store or a network failed and trying again may help. SIGTERM and Ctrl-C let
`ingest`, `run`, `train` and `score` finish the batch and end with 0, a second signal ends them at once; other commands
end with 130. What was committed stays in any case, and the next run goes on from there. `doctor` ends with 1 if a check
fails. Options override the [settings](settings.md) of the same name.
"""


def render() -> str:
    """Return the page."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    parts = [HEAD.format(help=group.help, epilog=app.info.epilog)]
    panels: dict[str, list[str]] = {}
    for name, command in group.commands.items():
        assert isinstance(command, TyperCommand)
        panels.setdefault(str(command.rich_help_panel), []).append("\n".join(section(name, command)) + "\n")
    for panel, sections in panels.items():
        parts += [f"# {panel}\n", *sections]
    return "\n".join(parts)


def section(name: str, command: TyperCommand) -> Iterator[str]:
    """Yield the lines of a command's part of the page."""
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    options = [p for p in command.params if isinstance(p, TyperOption)]
    shown = [word(p) if p.required else f"[{word(p)}]" for p in arguments]
    yield from (f"## `smelt {name}`", "", (command.help or "").strip(), "")
    yield from ("```", " ".join(["smelt", name, *shown, "[OPTIONS]"]), "```", "")
    yield from ("| | meaning | default |", "|---|---|---|")
    for argument in arguments:
        yield f"| `{word(argument)}` | {meaning(argument)} | {default(argument)} |"
    for option in options:
        yield f"| `{option.opts[0]}` | {meaning(option)} | {default(option)} |"


def meaning(parameter: TyperArgument | TyperOption) -> str:
    """Return a parameter's help, safe in a table."""
    return (parameter.help or INSTANT).replace("<", "&lt;").replace("|", "\\|")


def word(argument: TyperArgument) -> str:
    """Return what an argument is called in the usage line."""
    return argument.metavar or str(argument.name).upper()


def default(parameter: TyperArgument | TyperOption) -> str:
    """Return a parameter's default; nothing where the command finds one itself."""
    if parameter.required:
        return "required"
    value = parameter.default
    return "" if value is None or value is False else f"`{value}`"


if __name__ == "__main__":
    TARGET.write_text(render())
