"""An object store that is away: for some seconds it is not missed, for longer a sentence says so, whoever asks."""

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import plants
from tests.s3 import BUCKET, s3_store, use_s3
from tests.servers import free_port, listens

from smelt.lake.reader import LakeReader
from smelt.runs.request import Request
from smelt.runs.run import run

pytestmark = pytest.mark.system

AWAY_S = 8.0
LONGEST_S = 150  # generous: what is bounded takes a fifth of it, what is not takes twice as long
SAID = "no answer; tried again for a while"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """Where the store will be."""
    found = free_port()
    use_s3(monkeypatch, found)
    return found


@pytest.fixture
def plant(tmp_path: Path, port: int) -> Path:
    """A plant with landing zone and lake in a store that has been stopped."""
    local = plants.make_plant(tmp_path / "local", 2)
    with s3_store(tmp_path, port):
        root = plants.move_plant(local, tmp_path / "plant", lake_at(port), f"s3://{BUCKET}/{port}/raw")
        run(Request(root, {}), plants.clock)
    return root


def lake_at(port: int) -> str:
    """The lake's URL, another one for each store: a process keeps the stores that it has opened."""
    return f"s3://{BUCKET}/{port}/lake"


def started(*args: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "smelt", *(str(a) for a in args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextlib.contextmanager
def served(plant: Path) -> Iterator[str]:
    """The pages of the plant, from their own process."""
    web = free_port()
    process = started("serve", "--plant", plant, "--port", web)
    try:
        while not listens(web):
            assert process.poll() is None
            time.sleep(0.1)
        yield f"http://127.0.0.1:{web}"
    finally:
        process.terminate()
        process.communicate()


@contextlib.contextmanager
def silent(port: int) -> Iterator[None]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", port), backlog=200):
        yield


@pytest.mark.parametrize("is_silent", [False, True])
def test_a_store_that_is_away_is_said_by_all(tmp_path: Path, plant: Path, port: int, is_silent: bool) -> None:
    with contextlib.ExitStack() as stack:
        with s3_store(tmp_path, port):
            pages = stack.enter_context(served(plant))
        if is_silent:
            stack.enter_context(silent(port))
        asked = [("run",), ("ingest", "--once"), ("sql", "select count(*) from ops.runs")]
        processes = [started(name, "--plant", plant, *more) for name, *more in asked]
        with (
            pytest.raises(urllib.error.HTTPError) as caught,
            urllib.request.urlopen(f"{pages}/api/fleet", timeout=LONGEST_S),
        ):
            pass
        assert caught.value.code == 503 and SAID in json.loads(caught.value.read())["error"]
        for process in processes:
            _, errors = process.communicate(timeout=LONGEST_S)
            (line,) = errors.splitlines()
            assert line.startswith("smelt: store http://127.0.0.1:") and SAID in line
            assert process.returncode == 75


def test_a_store_that_is_away_for_some_seconds_is_not_missed(tmp_path: Path, plant: Path, port: int) -> None:
    processes = [started("run", "--plant", plant), started("sql", "--plant", plant, "select 1 from ops.runs limit 1")]
    time.sleep(AWAY_S)
    with s3_store(tmp_path, port):
        for process in processes:
            _, errors = process.communicate(timeout=LONGEST_S)
            assert process.returncode == 0, errors
        assert LakeReader(lake_at(port)).scan("copper/files").collect().height == 2
