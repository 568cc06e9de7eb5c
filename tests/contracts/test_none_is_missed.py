"""Every engine that smelt has is examined by the contract of engines."""

import importlib.util
import inspect
import pkgutil
from pathlib import Path

import smelt.engines
from smelt.engines.engine import Engine


def examined() -> set[str]:
    """The names in the ENGINES of test_engine.py, loaded from beside this file."""
    spec = importlib.util.spec_from_file_location("engines_contract", Path(__file__).with_name("test_engine.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {kind.__name__ for kind in module.ENGINES}


def test_no_engine_is_missed() -> None:
    found = set()
    for file in pkgutil.iter_modules(smelt.engines.__path__):
        module = importlib.import_module(f"smelt.engines.{file.name}")
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and kind is not Engine and callable(getattr(kind, "run", None)):
                found.add(name)
    assert found == examined()
    assert found >= {"InProcess", "ProcessPool"}
