"""The small lake of page_lake.py, written once for all tests of the pages; its server and a browser."""

import importlib.util
import json
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest
import uvicorn
from tests.web.browsing import CHROMIUM, FLAGS

from smelt.ingest.recorder import Gap
from smelt.ingest.recorder_state import RecorderState, SourceState
from smelt.lake.reader import LakeReader
from smelt.runs.plant.config import PlantFolder
from smelt.terms.plant import Plant, Source
from smelt.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have httpx2; with httpx it does the same
    from fastapi.testclient import TestClient


@pytest.fixture(scope="session")
def page_lake() -> ModuleType:
    spec = importlib.util.spec_from_file_location("page_lake", Path(__file__).with_name("page_lake.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def plant(page_lake: ModuleType) -> Plant:
    return page_lake.SMALL


@pytest.fixture(scope="session")
def reader(page_lake: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    return page_lake.build(tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="session")
def client(page_lake: ModuleType, reader: LakeReader, plant: Plant) -> TestClient:
    mappings = dict.fromkeys(plant.classes, page_lake.MAPPING)
    return TestClient(create_app(reader, plant, token=None, mappings=mappings))


@pytest.fixture(scope="session")
def folder(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> PlantFolder:
    """A plant's folder with a recorder that cannot reach the landing zone."""
    root = tmp_path_factory.mktemp("plant")
    now_us = int(time.time() * 1e6)  # noqa: TID251 the page asks how long ago this was
    silence = Gap("lost", now_us, None, "nobody listened")
    sources = (
        SourceState("mill", "http://mill:5000", last_contact_us=now_us, lost=7, lateness_s=0.25),
        SourceState("press", "shdr://press:7878/PRESS", last_contact_us=now_us, gaps=(silence,)),
    )
    spooled = {"spooled_files": 3, "spooled_bytes": 4_000_000, "spool_limit_bytes": 1_000_000_000}
    state = RecorderState(
        "shop-1",
        "9@pi",
        now_us,
        now_us,
        "s3://ore/raw",
        error="landing zone s3://ore/raw: no route",
        sources=sources,
        **spooled,
    )
    (root / "raw/.recorders").mkdir(parents=True)
    (root / "raw/.recorders/shop-1.state.json").write_text(json.dumps(state.as_json()))
    return PlantFolder(root, replace(plant, source=Source(landing="raw")))


@pytest.fixture(scope="session")
def address(reader, plant, page_lake, folder) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    mappings = dict.fromkeys(plant.classes, page_lake.MAPPING)
    app = create_app(reader, plant, token=None, mappings=mappings, folder=folder)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")  # while it is open an event loop runs in this thread, and tests of others start one
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install 'smelt[test]' brings playwright")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, address):
    """A page in a fresh profile; afterwards nothing may have gone wrong and no other host been asked."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light", accept_downloads=True)
    tab = context.new_page()
    wrong, hosts = [], set()
    tab.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc or urlsplit(request.url).scheme))
    yield tab
    context.close()
    assert wrong == []
    assert hosts <= {urlsplit(address).netloc, "blob"}
