"""The small lake of page_lake.py, written once for all tests of the pages."""

import importlib.util
import warnings
from pathlib import Path
from types import ModuleType

import pytest

from smelt.lake.reader import LakeReader
from smelt.terms.plant import Plant
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
