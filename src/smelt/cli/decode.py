"""The command `smelt decode`: what a puzzling file says."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smelt.cli.options import JsonOption, ProbeOption
from smelt.cli.output import say, say_json, table

if TYPE_CHECKING:
    from smelt.cli.decoded_file import ReadFile
    from smelt.terms.observation import Reject

_SHOWN_REJECTS = 20


def decode(
    files: Annotated[
        list[str],
        typer.Argument(help="Landing files, documents, logs, recorded streams; plain or gzip; - reads standard input."),
    ],
    summary: Annotated[bool, typer.Option("--summary", help="Print a line for each document or log instead.")] = False,
    probe: ProbeOption = None,
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            help="Name or uuid of the device whose log this is; else the file's name tells it.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print the observations of any file, one a line; exit code 1 if bytes could not be read."""
    from smelt.cli.decoded_file import Known, ReadFile
    from smelt.mtconnect.probe.decode import parse_probe

    known = Known(None if probe is None else parse_probe(Path(probe).read_bytes()), device)
    read = [ReadFile(Path(name), known) for name in files]
    rejected = _summarize(read, as_json) if summary else _list(read, as_json)
    if rejected:
        raise typer.Exit(1)


def _summarize(files: "Sequence[ReadFile]", as_json: bool) -> int:
    """Print a line a document; returns how many byte ranges could not be read."""
    from smelt.cli.decoded_summary import summarize

    found = []
    for file in files:
        documents = summarize(_shown(file.path), file.pieces(), file.rejects)
        for document in documents if as_json else ():
            say_json(asdict(document))
        found += documents
    if not as_json:
        names = [name for name in asdict(found[0]) if name != "rejects"] if found else []
        rows = [[getattr(d, name) for name in names] + [_told(d.rejects)] for d in found]
        table([*names, "rejects"], rows)
    return sum(len(document.rejects) for document in found)


def _told(rejects: "list[dict[str, object]]") -> str:
    return f"{len(rejects)}: {rejects[0]['reason']}" if rejects else "0"


def _list(files: "Sequence[ReadFile]", as_json: bool) -> int:
    """Print an observation a line; what could not be read goes to standard error, and its count is returned."""
    from smelt.cli.decoded_lines import columns, records

    rejected = 0
    for file in files:
        rejects: list[Reject] = []
        name = {"file": _shown(file.path)} if len(files) > 1 else {}
        for decoded in file.pieces():
            if as_json:
                for row in records(decoded):
                    say_json(name | row)
            else:
                for line in columns(decoded):
                    say(line)
            rejects += decoded.rejects
        rejects += file.rejects
        _say_rejects(file.path, rejects)
        rejected += len(rejects)
    return rejected


def _say_rejects(path: Path, rejects: "list[Reject]") -> None:
    for reject in rejects[:_SHOWN_REJECTS]:
        print(f"{_shown(path)}: {reject.length} bytes from byte {reject.offset}: {reject.reason}", file=sys.stderr)  # noqa: T201
    if len(rejects) > _SHOWN_REJECTS:
        more = len(rejects) - _SHOWN_REJECTS
        print(f"{_shown(path)}: and {more} more; --summary --json tells them all", file=sys.stderr)  # noqa: T201


def _shown(path: Path) -> str:
    """Return a path as text that can be printed, whatever bytes its name has."""
    return str(path).encode(errors="replace").decode()
