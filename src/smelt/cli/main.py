"""The command `smelt`: its commands in the order of the way of the data."""

import typer

from smelt.cli import coverage, decode, look, mapping, plant, record, stages, warm
from smelt.cli.guard import guarded

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help="Raw machine data goes in as ore; copper, silver and gold come out, and alarms that people believe.",
    epilog="Every command takes --json where it prints figures. A plant is a folder with plant.toml.",
)

for name, command, panel in (
    ("init", plant.init, "Begin"),
    ("simulate", plant.simulate, "Begin"),
    ("warm", warm.warm, "Begin"),
    ("record", record.record, "The way of the data"),
    ("ingest", stages.ingest, "The way of the data"),
    ("run", stages.run, "The way of the data"),
    ("compact", stages.compact, "The way of the data"),
    ("mapping", mapping.mapping, "The way of the data"),
    ("exclude", stages.exclude, "The way of the data"),
    ("train", stages.train, "The way of the data"),
    ("score", stages.score, "The way of the data"),
    ("decode", decode.decode, "Look"),
    ("sql", look.sql, "Look"),
    ("coverage", coverage.coverage, "Look"),
    ("serve", look.serve, "Look"),
    ("doctor", look.doctor, "Look"),
    ("config", plant.config, "Look"),
):
    app.command(name, rich_help_panel=panel)(guarded(command))
