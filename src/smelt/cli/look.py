"""Commands to look: sql, serve, doctor."""

import sys
from typing import Annotated

import typer

from smelt.cli.options import JsonOption, LakeOption, PlantOption
from smelt.cli.output import say, say_json, table

PortOption = Annotated[int, typer.Option("--port", help="Port of the pages.", min=0, max=65535)]
DEFAULT_PORT = 8391


def sql(
    query: Annotated[str, typer.Argument(help="One SELECT; tables are copper.observations, silver.<class>, …")],
    plant: PlantOption = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV that Excel and pandas read.")] = False,
) -> None:
    """Ask the lake's tables in SQL (DuckDB, read-only)."""
    from smelt.cli.context import open_plant
    from smelt.cli.csv_out import write_csv
    from smelt.lake.location import Location
    from smelt.lake.reader import LakeReader
    from smelt.runs import sql as lake_sql

    location = Location.of(open_plant(plant, lake).lake_uri)
    location.check_format()
    answer = lake_sql.query(LakeReader(location.uri), query)
    if as_json:
        say_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows()])
    elif as_csv:
        write_csv(answer.columns, answer.rows(), sys.stdout)
    else:
        table(answer.columns, answer.rows())


def serve(
    plant: PlantOption = None,
    lake: LakeOption = None,
    port: PortOption = DEFAULT_PORT,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; any but loopback demands a token.")
    ] = "127.0.0.1",
) -> None:
    """Serve the pages on loopback and print their address; ends with Ctrl-C."""
    from smelt.cli.context import open_plant
    from smelt.web.server import serve as serve_pages

    serve_pages(open_plant(plant, lake), host, port, say)


def doctor(
    plant: PlantOption = None, lake: LakeOption = None, port: PortOption = DEFAULT_PORT, as_json: JsonOption = False
) -> None:
    """Check Python, disk, port, plant, mappings and lake, and say how to mend what is wrong."""
    from smelt.cli.context import open_plant
    from smelt.runs.doctor import examine
    from smelt.terms.errors import InputError

    try:
        folder = open_plant(plant, lake)
    except InputError:
        folder = None
    checks = list(examine(folder, port))
    if as_json:
        say_json(checks)
    for check in () if as_json else checks:
        say(f"{'ok  ' if check.is_well else 'BAD '} {check.name:<9} {check.seen}")
        if not check.is_well and check.mend:
            say(f"               {check.mend}")
    if not all(check.is_well for check in checks):
        raise typer.Exit(1)
