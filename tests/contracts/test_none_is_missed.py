"""Every engine and every recorder that smelt has is examined by its contract."""

import importlib.util
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import smelt.engines
import smelt.ingest
from smelt.engines.engine import Engine
from smelt.ingest.recorder import Recorder


def examined(contract: str, table: str) -> set[str]:
    """The names of the implementations that a contract's file examines, loaded from beside this file."""
    spec = importlib.util.spec_from_file_location(f"{table}_contract", Path(__file__).with_name(contract))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {kind.__name__ for kind in getattr(module, table)}


def implementations(package: ModuleType, protocol: type, *methods: str) -> set[str]:
    """The names of the classes of a package that have these methods."""
    found = set()
    for file in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{file.name}")
        for name, kind in inspect.getmembers(module, inspect.isclass):
            is_own = kind.__module__ == module.__name__ and kind is not protocol
            if is_own and all(callable(getattr(kind, method, None)) for method in methods):
                found.add(name)
    return found


def test_no_engine_is_missed() -> None:
    found = implementations(smelt.engines, Engine, "run")
    assert found == examined("test_engine.py", "ENGINES")
    assert found >= {"InProcess", "ProcessPool"}


def test_no_recorder_is_missed() -> None:
    found = implementations(smelt.ingest, Recorder, "run", "committed")
    assert found == examined("test_recorder.py", "RECORDERS")
    assert found >= {"AgentRecorder", "MqttRecorder", "KafkaRecorder", "KinesisRecorder", "ShdrRecorder"}
