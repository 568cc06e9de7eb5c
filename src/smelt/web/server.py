"""The server as a process: loopback without a token, anything else with one."""

import secrets
from collections.abc import Callable
from ipaddress import ip_address

import uvicorn

from smelt.lake.location import Location
from smelt.lake.reader import LakeReader
from smelt.runs.plant.classes import read_classes
from smelt.runs.plant.config import PlantFolder
from smelt.runs.probe import current_items, ended_items
from smelt.terms.errors import InputError
from smelt.web.app import create_app


def serve(folder: PlantFolder, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the pages until interrupted; prints the address, with a token where one is demanded.

    Raises
    ------
    InputError
        If there is no lake yet, or the port is taken.
    """
    location = Location.of(folder.lake_uri)
    location.check_format()
    if not location.exists():
        raise InputError(f"no lake at {location.uri}; run 'smelt run' first, then serve.")
    token = None if is_loopback(host) else secrets.token_urlsafe(24)
    reader = LakeReader(location.uri)
    classes = read_classes(folder.root, folder.plant, current_items(reader), ended_items(reader), must_exist=False)
    app = create_app(reader, folder.plant, token=token, mappings=classes.mappings, folder=folder)
    server = uvicorn.Server(uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False))
    shown = f"[{host}]" if ":" in host else host
    say(f"pages at http://{shown}:{port}/{f'?token={token}' if token else ''}  (Ctrl-C ends)")
    try:
        server.run()
    except SystemExit as error:
        raise InputError(f"port {port} on {host} is taken; expected a free one. Serve on another: --port N.") from error


def is_loopback(host: str) -> bool:
    """Say whether an address is this computer's own.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
