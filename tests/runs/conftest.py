"""The small lake of tests/web/page_lake.py, for the queries behind the pages."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from smelt.lake.reader import LakeReader
from smelt.terms.plant import Plant


@pytest.fixture(scope="session")
def page_lake() -> ModuleType:
    path = Path(__file__).parents[1] / "web" / "page_lake.py"
    spec = importlib.util.spec_from_file_location("page_lake", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def page_plant(page_lake: ModuleType) -> Plant:
    return page_lake.SMALL


@pytest.fixture(scope="session")
def page_reader(page_lake: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    return page_lake.build(tmp_path_factory.mktemp("page_lake"))
