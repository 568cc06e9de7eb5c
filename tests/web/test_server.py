"""The server as a process: on loopback without a token, elsewhere with one, and a sentence where it cannot begin."""

import re
import socket
import warnings
from pathlib import Path
from typing import Any

import pytest
import typer
import uvicorn

from smelt.cli.guard import guarded
from smelt.lake.reader import LakeReader
from smelt.runs.plant.config import PlantFolder
from smelt.terms.errors import InputError
from smelt.terms.plant import Lake, Plant
from smelt.web.server import is_loopback, serve

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have httpx2; with httpx it does the same
    from fastapi.testclient import TestClient


@pytest.fixture
def folder(reader: LakeReader, plant: Plant, tmp_path: Path) -> PlantFolder:
    """A plant of the small lake, without mapping files."""
    (Path(reader.uri) / "lake.json").write_text('{"format": 2}')
    return PlantFolder(tmp_path, Plant(devices=plant.devices, lake=Lake(reader.uri)))


def served(folder: PlantFolder, host: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, TestClient, Any]:
    """What is said, the application as a browser sees it, and the server's settings."""
    seen: list[uvicorn.Config] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda self: seen.append(self.config))
    said: list[str] = []
    serve(folder, host, 8391, said.append)
    return said[0], TestClient(seen[0].app, base_url="http://127.0.0.1:8391"), seen[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_on_loopback_there_is_no_token(folder: PlantFolder, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said, client, config = served(folder, host, monkeypatch)
    assert said == f"pages at http://{host}:8391/  (Ctrl-C ends)"
    assert (config.host, config.port) == (host, 8391)
    assert client.get("/api/fleet").status_code == 200


def test_an_ipv6_address_is_written_as_urls_want_it(folder: PlantFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    said, _, config = served(folder, "::1", monkeypatch)
    assert said.startswith("pages at http://[::1]:8391/ ") and config.host == "::1"


def test_elsewhere_there_is_a_token_and_another_each_time(folder: PlantFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = []
    for _ in range(2):
        said, client, _ = served(folder, "0.0.0.0", monkeypatch)
        found = re.search(r"http://0\.0\.0\.0:8391/\?token=([\w-]{32})  ", said)
        assert found
        tokens.append(found[1])
        assert client.get("/api/fleet").status_code == 401
        assert client.get("/api/fleet", headers={"Authorization": f"Bearer {found[1]}"}).status_code == 200
    assert tokens[0] != tokens[1]


def test_a_taken_port_is_a_sentence_and_exit_code_2(folder: PlantFolder, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} on 127.0.0.1 is taken.*--port N"):
            serve(folder, "127.0.0.1", port, lambda _: None)
        with pytest.raises(typer.Exit) as ended:
            guarded(serve)(folder, "127.0.0.1", port, lambda _: None)
    assert ended.value.exit_code == 2
    assert f"smelt: port {port} on 127.0.0.1 is taken" in capsys.readouterr().err


def test_without_a_lake_there_is_nothing_to_serve(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no lake at .*; run 'smelt run' first"):
        serve(PlantFolder(tmp_path, Plant()), "127.0.0.1", 8391, lambda _: None)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.8.9.1", True), ("::1", True), ("localhost", True), ("::", False), ("10.0.0.1", False), ("shop", False)],
)
def test_what_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
